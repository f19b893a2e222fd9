"""One book in numbers, for the reports of many books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extract.folder import BookFolder
from extract.log.logged import CORRECTED, EXPORTED, READ, log_of
from extract.promise import state_of
from extract.reopen import Extracted
from extract.report.levels import level
from extract.report.seen import Seen, seen_by_people


@dataclass(frozen=True)
class BookSummary:
    """How far a book is, and how good.

    Attributes:
        place: the folders that it lies in, from the highest: a district, a commune.
        report: where its own report is.
        unread: pages that failed or were refused.
        levels: its fields by how sure they are, see `extract.report.levels.level`.
        waiting: fields that a person must look at.
        read, answered: pages read and answers given, by day.
        delivered: day of the last package, or empty.
        promise: state of its promise, or empty where none was begun.
    """

    name: str
    place: tuple[str, ...]
    report: Path
    register: str
    pages: int
    unread: int
    cases: int
    levels: Mapping[str, int]
    waiting: int
    seen: Seen
    read: Mapping[str, int] = field(default_factory=dict)
    answered: Mapping[str, int] = field(default_factory=dict)
    delivered: str = ""
    promise: str = ""

    @property
    def fields(self) -> int:
        """Fields that the form has."""
        return sum(self.levels.values())


def book_folders(roots: Sequence[Path]) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Every folder that ``extract`` wrote at or below these, with the folders that it lies in.

    Of several roots the name of each is the highest of them.
    """
    for root in roots:
        above = (root.resolve().name,) if len(roots) > 1 else ()
        for records in sorted(root.rglob(BookFolder(Path()).records.name)):
            folder = records.parent
            inside = folder.relative_to(root).parts[:-1]
            yield folder, (*above, *inside) if folder != root else ()


def summary_of(root: Path, place: tuple[str, ...], store_url: str = "") -> BookSummary:
    """A book's numbers, from its store, its log and its promise.

    Raises:
        InputError: not a book that ``extract`` wrote.
    """
    with Extracted.open(root, store_url) as book:
        records, histories = book.store.told(book.name)
        outcomes = Counter(book.store.outcomes(book.name))
    seen = seen_by_people(records, histories)
    shown = [v for r in records for v in r.fields.values() if v.status != "absent_on_form"]
    days: dict[str, Counter[str]] = {READ: Counter(), CORRECTED: Counter(), EXPORTED: Counter()}
    for line in log_of(book.folder).lines():
        if line.note.did in days:
            days[line.note.did][line.time[:10]] += 1
    return BookSummary(
        name=book.name,
        place=place,
        report=book.folder.report,
        register=records[0].register if records else "",
        pages=outcomes.total(),
        unread=outcomes["failed"] + outcomes["refused"],
        cases=len(records),
        levels=Counter(map(level, shown)),
        waiting=sum(value.review for value in shown),
        seen=seen,
        read=days[READ],
        answered=days[CORRECTED],
        delivered=max(days[EXPORTED], default=""),
        promise=state_of(book.folder),
    )
