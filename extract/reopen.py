"""A book that was extracted, opened again: by review, delivery and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from common.errors import InputError
from extract.folder import BookFolder
from extract.log.logged import note_decided
from extract.match import MatchOptions, inform
from extract.match.existing import open_existing
from extract.record import MACHINE, Record, read_records, write_records
from extract.registers import Register, load_register
from extract.run import decide
from extract.store import Store


@dataclass(frozen=True)
class Extracted:
    """The folder that ``extract`` wrote, its store, and the book's name in it."""

    folder: BookFolder
    store: Store
    name: str

    @classmethod
    def open(cls, root: Path, store_url: str = "") -> Self:
        """Open a folder; use it as a context manager.

        Args:
            store_url: address of the store; empty takes the one in the folder.

        Raises:
            InputError: the folder is not one that ``extract`` wrote, or its store lacks the book.
        """
        folder = BookFolder(root)
        if not folder.records.is_file():
            raise InputError(
                "no records here", where=str(root), hint="give a folder that hotich extract wrote"
            )
        store = Store.open(store_url or folder.store_url)
        records = read_records(folder.records)
        names = {records[0].book} if records else set(store.books())
        if len(names) != 1 or not names <= set(store.books()):
            store.close()
            raise InputError(
                f"the store does not hold this book ({', '.join(sorted(names)) or 'it is empty'})",
                where=str(root),
                hint="give the store that extract used with --store",
            )
        return cls(folder, store, names.pop())

    def records(self) -> list[Record]:
        """The records with their latest values, in book order."""
        return self.store.records(self.name)

    def settle(self) -> int:
        """Decide the book again from its pages' readings and people's answers; how many of the
        machine's values are others now.

        The records get the new values, in the store and in ``records.jsonl``. A book whose pages'
        readings are not in the store stays as it is.
        """
        before = self.records()
        pages = [page for page in self.store.pages(self.name) if page.payload.get("entries")]
        if not before or not pages:
            return 0
        register, answers = load_register(before[0].register), self.store.answers(self.name)
        decided = decide(self.folder, self.name, pages, register, before[0].form, answers)
        known = {record.key: record for record in before}
        records = self._matched(decided.records, known, register)
        self.store.save_records(self.name, decided.unsaid(records))
        write_records(self.folder.records, records)
        note_decided(self.folder, self.store, self.name)
        return sum(
            not value.agrees(known[record.key].get(code))
            for record in records
            if record.key in known
            for code, value in record.fields.items()
            if value.author == MACHINE
        )

    def _matched(
        self,
        records: Sequence[Record],
        before: Mapping[tuple[int, int], Record],
        register: Register,
    ) -> list[Record]:
        """With what the list of existing records says; where that is gone, with the old matches."""
        if existing := self.folder.existing:
            options = MatchOptions(present=self.folder.present)
            return inform.against(open_existing(existing), register, options)(records)
        return [
            replace(record, matches=before[record.key].matches if record.key in before else ())
            for record in records
        ]

    def picture_scale(self, page: int) -> float:
        """Pixels of the page's picture for one pixel of its scan."""
        for stored in self.store.pages(self.name):
            if stored.page == page:
                return float(stored.payload.get("picture_scale", 1.0))
        return 1.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()
