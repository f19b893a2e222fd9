"""Books of hard shapes, rendered and extracted as a vendor would: three pages, every page torn,
two generations in one book, a page of another register among the book's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from common.errors import InputError
from extract.evaluate import Score, asked_of, evaluate
from extract.reading.page import keep_image
from extract.record import Record, read_records
from extract.registers import load_register
from hotich.evaluation.extraction import Extraction, extract_call, run_extraction
from hotich.evaluation.rendered import BIRTHS, Order
from preprocessing.scans import open_scans

HEAD = (
    "| rendered book | pages | refused at first | cases | box holds the true centre | "
    "state right | value exact | records of no case |\n|---|---|---|---|---|---|---|---|"
)
_RIGHT, _STATE, _WRONG = (0, 140, 0), (230, 140, 0), (210, 0, 0)  # RGB
_SIDE, _QUALITY, _LINE = 900, 80, 4  # a picture's pixels, its JPEG quality; pixels of a frame


@dataclass(frozen=True)
class Shape:
    """One book: what it is, and its pages, each a page (from 1) of a rendered book."""

    name: str
    pages: tuple[tuple[Order, int], ...]

    @property
    def register_code(self) -> str:
        return self.pages[0][0].register_code

    @property
    def folder(self) -> str:
        return self.name.replace(" ", "-")


@dataclass(frozen=True)
class ShapeFigure:
    """What a book gave: its score, and the pages that its own form refused."""

    shape: Shape
    score: Score
    refused: tuple[int, ...]

    @property
    def row(self) -> str:
        """The figures as a row of a markdown table under `HEAD`."""
        score = self.score
        tallies = (score.cases, score.boxes, score.states, score.value)
        cells = " | ".join(f"{tally.right} of {tally.n}" for tally in tallies)
        refused = ", ".join(map(str, self.refused)) or "none"
        pages = len(self.shape.pages)
        return f"| {self.shape.name} | {pages} | {refused} | {cells} | {score.invented} |"


def shapes(seed: int) -> list[Shape]:
    """The books, of presses and faces that no training saw."""

    def whole(order: Order) -> tuple[tuple[Order, int], ...]:
        return tuple((order, page) for page in range(1, order.pages + 1))

    def births(form: str, pages: int) -> Order:
        return Order(BIRTHS, form, "moderate", pages, seed)

    torn = Order(BIRTHS, "tt15-2015", "severe", 5, seed, torn=True)
    older, newer = births("1976-1998", 4), births("1999-2005", 3)
    marriages = Order("KH", "1976-1998", "moderate", 3, seed)
    return [
        Shape("three pages", whole(births("rvn-1955-1975", 3))),
        Shape("every page torn", whole(torn)),
        Shape("two generations", (*whole(older), *whole(newer))),
        Shape("a page of marriages among births", (*whole(older), (marriages, 1))),
    ]


def evaluate_shape(shape: Shape, work: Path, pictures: Path | None = None) -> ShapeFigure:
    """Render and extract a book in ``work``, and score all its pages together.

    Pages that its form refused are then extracted once more as a book of their own: pages of
    another generation show their own form.

    ``pictures``: a folder for a picture of every page with what was found drawn over it.
    """
    folder = work / shape.folder
    shutil.rmtree(folder, ignore_errors=True)
    truth = list(_bound(shape, work, folder / "pages"))
    pages = range(1, len(shape.pages) + 1)
    first = _extracted(shape, pages, folder, "first")
    records = first.records()
    done = {record.page for record in records}
    refused = tuple(page for page in pages if page not in done)
    if refused and done:
        records += _read_again(shape, refused, folder)
    score = evaluate(records, truth, load_register(shape.register_code))
    if pictures:
        _draw(shape, folder / "pages", records, truth, pictures)
    return ShapeFigure(shape, score, refused)


def _bound(shape: Shape, work: Path, scans: Path) -> Iterator[Record]:
    """Bind the pages into one book; the truth of those that are of its register."""
    scans.mkdir(parents=True)
    for number, (order, page) in enumerate(shape.pages, start=1):
        source = order.rendered(work)
        shutil.copy(source / "pages" / f"{page:04d}.jpg", scans / f"{number:04d}.jpg")
        if order.register_code == shape.register_code:
            for record in read_records(source / "truth.jsonl"):
                if record.page == page:
                    yield replace(record, page=number)


def _extracted(shape: Shape, pages: Sequence[int], folder: Path, name: str) -> Extraction:
    """These pages of a book, extracted as a book."""
    scans = folder / f"{name}-pages"
    scans.mkdir()
    for page in pages:
        shutil.copy(folder / "pages" / f"{page:04d}.jpg", scans)
    out = folder / name
    call = extract_call(scans, out, shape.register_code, "--book", f"{shape.folder}-{name}")
    return run_extraction(call, out)


def _read_again(shape: Shape, pages: Sequence[int], folder: Path) -> list[Record]:
    """The records of refused pages, numbered as in the whole book; none where all of them are
    refused again."""
    try:
        found = _extracted(shape, pages, folder, "refused").records()
    except InputError:
        return []
    return [replace(record, page=pages[record.page - 1]) for record in found]


def _draw(
    shape: Shape, scans: Path, records: Sequence[Record], truth: Sequence[Record], out: Path
) -> None:
    """Every page with its fields framed: green where the value is right, orange where the state
    is, red where neither is."""
    out.mkdir(parents=True, exist_ok=True)
    true = {record.key: record for record in truth}
    register = load_register(shape.register_code)
    for scan in open_scans([scans]):
        image = scan.load().copy()
        for record in (r for r in records if r.page == scan.index and r.key in true):
            for code, _, wanted in asked_of(true[record.key], register):
                own = record.get(code)
                if own.box is not None:
                    right = own.value == wanted.value
                    same = _RIGHT if right else _STATE if own.status == wanted.status else _WRONG
                    cv2.rectangle(image, own.box[:2], own.box[2:], same, _LINE)
        keep_image(out / f"{shape.folder}-{scan.index}.jpg", image, _SIDE, _QUALITY)
