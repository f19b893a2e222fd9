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

    def _claim(self, mine: dict[str, str]) -> None:
        if not self.belongs.is_file():
            self.belongs.write_text(json.dumps(mine, ensure_ascii=False) + "\n", encoding="utf-8")
            return
        held = json.loads(self.belongs.read_text(encoding="utf-8"))
        if held != mine:
            raise UsageError(
                f"the folder holds book {held['book']}, register {held['register']}",
                where=str(self.root),
                hint="one folder a book: give another --out",
            )
