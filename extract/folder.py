"""Where each thing of one extracted book lies. The only module that knows these names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


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

    def prepare(self) -> None:
        """Make the folder and its parts."""
        for part in ("pages", "crops"):
            (self.root / part).mkdir(parents=True, exist_ok=True)
