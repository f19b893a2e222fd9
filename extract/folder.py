"""Where each thing of one extracted book lies. The only module that knows these names."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from common.errors import UsageError


@dataclass(frozen=True)
class BookFolder:
    """The folder that ``extract --out`` writes."""

    root: Path

    @property
    def records(self) -> Path:
        return self.root / "records.jsonl"

    @property
    def report(self) -> Path:
        return self.root / "report.html"

    @property
    def store_url(self) -> str:
        """The default store: one SQLite file in the folder."""
        return f"sqlite:///{self.root / 'store.sqlite'}"

    @property
    def form(self) -> Path:
        return self.root / "form.yaml"

    @property
    def overlay(self) -> Path:
        """The form's places, drawn over it."""
        return self.root / "overlay.png"

    def page_image(self, page: int) -> Path:
        """The page as scanned, made small enough to show (at most 2,000 pixels)."""
        return self.root / "pages" / f"{page:04d}.jpg"

    def crop(self, page: int, entry: int, field: str) -> Path:
        """The field as the reader saw it, cleaned, for a person to look at."""
        return self.root / "crops" / f"{page:04d}-{entry}-{field}.jpg"

    def crops(self, page: int) -> list[Path]:
        """Every such picture of a page."""
        return sorted((self.root / "crops").glob(f"{page:04d}-*.jpg"))

    @property
    def belongs(self) -> Path:
        """Whose folder it is: the book and its register."""
        return self.root / "book.json"

    def prepare(self) -> None:
        """Make the folder and its parts."""
        for part in ("pages", "crops"):
            (self.root / part).mkdir(parents=True, exist_ok=True)

    @contextmanager
    def taken(self, book: str, register: str) -> Iterator[None]:
        """Make the folder, and keep it to this run and this book.

        Raises:
            UsageError: another run works in it, or it holds another book.
        """
        self.prepare()
        with (self.root / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UsageError(
                    "another run is at work in this folder",
                    where=str(self.root),
                    hint="wait for it, or give another --out",
                ) from error
            self._claim({"book": book, "register": register})
            yield

    def matched_with(self, existing: Path | None, present: float | None = None) -> None:
        """Remember the list of existing records that the book was checked against, and the share
        of its people that is said to be in it."""
        where = {"against": str(existing.resolve())} if existing else {}
        share = {} if present is None else {"present": str(present)}
        names = ("against", "present")
        held = {name: text for name, text in self._known().items() if name not in names}
        self._write(held | where | share)

    @property
    def existing(self) -> Path | None:
        """That list, while it is where it was."""
        where = Path(self._known().get("against", ""))
        return where if where.name and where.exists() else None

    @property
    def present(self) -> float | None:
        """The share of the book's people in that list, when it was said."""
        share = self._known().get("present")
        return None if share is None else float(share)

    def _known(self) -> dict[str, str]:
        if not self.belongs.is_file():
            return {}
        known: dict[str, str] = json.loads(self.belongs.read_text(encoding="utf-8"))
        return known

    def _write(self, known: dict[str, str]) -> None:
        self.belongs.write_text(json.dumps(known, ensure_ascii=False) + "\n", encoding="utf-8")

    def _claim(self, mine: dict[str, str]) -> None:
        held = self._known()
        if not held:
            self._write(mine)
        elif any(held[name] != text for name, text in mine.items()):
            raise UsageError(
                f"the folder holds book {held['book']}, register {held['register']}",
                where=str(self.root),
                hint="one folder a book: give another --out",
            )
