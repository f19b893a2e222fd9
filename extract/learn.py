"""The book's form: given by a person, found by an earlier run, or learnt from pages of the book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from common.errors import FormError
from common.executor import Pool, Ray, Serial, run
from common.options import Options
from extract.folder import BookFolder
from extract.form import BookForm, discover_form, load_form, save_form
from extract.reading.page import FORM_SIDE, reduced
from extract.registers import Register
from models.reading import Image
from preprocessing.clean import CleanOptions, clean_page
from preprocessing.ink import InkOptions
from preprocessing.scans import Scan, Scans

Progress = Callable[[str, int, int], None]
How = Serial | Pool | Ray | None


def silent(phase: str, done: int, of: int) -> None:
    """Progress that nobody watches."""


class LearnOptions(Options):
    """How a form is learnt.

    Attributes:
        clean: how pages are cleaned for it: worn print is brought back stroke by stroke. Brought
            back as writing is, alike over 2 % of the page, it cost 108 of 1,260 places of five
            severe development books, so 24.
        pages: how many, spread over the book.
    """

    clean: CleanOptions = CleanOptions(ink=InkOptions(reach=0.003))
    pages: int = 24


def learn_form(
    scans: Scans,
    register: Register,
    folder: BookFolder,
    given: Path | None,
    options: LearnOptions,
    how: How = None,
    progress: Progress = silent,
) -> BookForm:
    """The book's form: given by a person, found by an earlier run, or learnt from its pages.

    It is always read back from the folder, so that a resumed run sees the very same form.
    """
    if given is not None:
        _save(load_form(given), folder)
    elif not folder.form.is_file():
        pages = sample_pages(scans, options, FORM_SIDE, how, progress)
        _save(discover_form(pages, register), folder)
    return load_form(folder.form)


def _save(form: BookForm, folder: BookFolder) -> None:
    """Write the form's files, ``form.yaml`` last: a run killed meanwhile learns it again."""
    waiting = folder.root / "form.part"
    waiting.mkdir(exist_ok=True)
    save_form(form, waiting)
    names = sorted((path.name for path in waiting.iterdir()), key=lambda n: n == folder.form.name)
    for name in names:
        (waiting / name).replace(folder.root / name)
    waiting.rmdir()


def sample_pages(
    scans: Scans, options: LearnOptions, side: int, how: How = None, progress: Progress = silent
) -> list[Image]:
    """Clean grey pages spread over the book, their longer side at most ``side`` pixels.

    Why one cannot be used is recorded when that page's turn comes.

    Raises:
        FormError: none of them can be used.
    """
    count = min(options.pages, len(scans))
    chosen = [scans[round(i * (len(scans) - 1) / max(count - 1, 1))] for i in range(count)]
    pages: list[Image] = []
    causes: list[str] = []
    progress("form", 0, count)
    for done, outcome in enumerate(run(_CleanPage(options.clean, side), chosen, how), start=1):
        if outcome.value is not None:
            pages.append(outcome.value)
        elif outcome.error:
            causes.append(str(outcome.error))
        progress("form", done, count)
    if not pages:
        said = "; ".join(dict.fromkeys(causes))[:300] or "nothing is on them"
        raise FormError(f"no page of the book can be used: {said}", hint="see the scans")
    return pages


@dataclass(frozen=True)
class _CleanPage:
    """The step: a scan in, its clean grey page out; None when nothing is on it."""

    options: CleanOptions
    side: int

    def __call__(self, scan: Scan) -> Image | None:
        clean = clean_page(scan.load(), self.options)
        return None if clean.blank else reduced(clean.grey, self.side)[0]
