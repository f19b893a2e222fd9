"""How well forms are found from few pages: the generation, cases and field boxes of rendered books.

A field counts as hit when the centre of its true box lies inside one of the boxes found for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.errors import FormError
from common.geometry import Box
from extract.form import BookForm, discover_form, place_form
from extract.reading.page import reduced
from extract.record import Record, read_records
from extract.registers import Register, load_register
from models.reading import Image
from preprocessing.clean import clean_page
from preprocessing.scans import open_scans
from preprocessing.transform import Mapping

HEAD = (
    "| rendered book | learnt from | form | pages laid on it | cases | field boxes | s to learn |\n"
    "|---|---|---|---|---|---|---|"
)


@dataclass
class Taught:
    """Counts over books whose form so many pages taught."""

    books: int = 0
    told: int = 0
    pages: int = 0
    laid: int = 0
    cases: int = 0
    cases_found: int = 0
    fields: int = 0
    hits: int = 0
    seconds: float = 0.0

    def add(self, other: Taught) -> None:
        for name, count in vars(other).items():
            setattr(self, name, getattr(self, name) + count)

    def row(self, name: str, learn: int) -> str:
        """The counts as a row of a markdown table under `HEAD`."""
        share = self.hits / max(self.fields, 1)
        return (
            f"| {name} | {learn} pages | {self.told} of {self.books} told | {self.laid} of "
            f"{self.pages} | {self.cases_found} of {self.cases} | {share:.1%} ({self.fields}) | "
            f"{self.seconds / max(self.books, 1):.0f} |"
        )


@dataclass(frozen=True)
class _Ready:
    """A page as the run sees it: its position, clean grey, and the way back to the scan."""

    index: int
    grey: Image
    scale: float
    transform: Mapping


def evaluate_form(folder: Path, learn: Sequence[int]) -> Iterator[tuple[int, Taught]]:
    """One rendered book, its form learnt from so many pages spread over it; each in turn."""
    truth = read_records(folder / "truth.jsonl")
    pages = list(_ready(folder))
    register = load_register(truth[0].register)
    for count in learn:
        found = Taught(books=1, pages=len(pages), cases=len(truth))
        found.fields = sum(len(_placed(record, register)) for record in truth)
        at = np.unique(np.linspace(0, len(pages) - 1, min(count, len(pages))).round().astype(int))
        started = time.process_time()
        try:
            form = discover_form([pages[i].grey for i in at], register)
        except FormError:
            yield count, found
            continue
        found.seconds = time.process_time() - started
        found.told = int(form.generation == truth[0].form)
        for page in pages:
            _score(page, [record for record in truth if record.page == page.index], form, found)
        yield count, found


def _ready(folder: Path) -> Iterator[_Ready]:
    for scan in open_scans([folder / "pages"]):
        clean = clean_page(scan.load())
        grey, scale = reduced(clean.grey)
        yield _Ready(scan.index, grey, scale, clean.transform)


def _placed(record: Record, register: Register) -> dict[str, Box]:
    """The fields of a case that are written on the page, with their boxes on the scan."""
    derived = dict(register.generation(record.form).derived)
    return {
        code: Box(*value.box)
        for code, value in record.fields.items()
        if value.box is not None and code not in derived
    }


def _score(page: _Ready, records: Sequence[Record], form: BookForm, found: Taught) -> None:
    try:
        placed = place_form(page.grey, form)
    except FormError:
        return
    found.laid += 1
    fields = placed.fields(form)
    register = load_register(form.register)
    for record in records:
        if record.entry > len(fields):
            continue
        found.cases_found += 1
        ours = fields[record.entry - 1]
        for code, true in _placed(record, register).items():
            x, y = (edge * page.scale for edge in page.transform.box_forward(true).centre)
            found.hits += any(box.contains(x, y) for box in ours.get(code, ()))
