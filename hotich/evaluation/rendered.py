"""Rendered books of presses and faces that no training saw, kept in a folder by what they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from common.errors import MissingPartError, install_hint

BIRTHS = "KS"


@dataclass(frozen=True)
class Order:
    """One book to render. ``torn``: every page of it, however well the book is kept."""

    register_code: str
    form: str
    severity: str
    pages: int
    seed: int
    torn: bool = False

    @property
    def name(self) -> str:
        """Its folder."""
        form = self.form if self.register_code == BIRTHS else f"{self.register_code}-{self.form}"
        torn = "-torn" if self.torn else ""
        return f"{form}-{self.severity}{torn}-{self.pages}-{self.seed}"

    @property
    def title(self) -> str:
        return (
            f"rendered book, register {self.register_code}, form {self.form}, "
            f"{self.severity} decay, {self.pages} pages, seed {self.seed}, split test"
        )

    def rendered(self, work: Path) -> Path:
        """The book's folder in ``work``, rendered unless it lies there already."""
        folder = work / self.name
        if (folder / "truth.jsonl").exists():
            return folder
        try:
            from models.synth.book import BookOptions, render_book
        except ImportError as error:
            raise MissingPartError(
                f"rendering needs {error.name}", hint=install_hint("synth")
            ) from error
        options = BookOptions.of(
            form=self.form,
            register_code=self.register_code,
            severity=self.severity,
            pages=self.pages,
            seed=self.seed,
            torn=self.torn,
            split="test",
        )
        return render_book(options, folder)
