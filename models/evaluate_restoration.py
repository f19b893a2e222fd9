"""What restoring a page is worth: the reader's error on the same lines raw, with Sauvola, and ours.

    hotich evaluate restoration BOOK… [--unspoilt]

A book is what `models.synth.book` writes. Every field that holds one line of writing is cut by
its true box from the scan as it is (``raw``; the reader evens light and contrast itself, see
`models.normalise`), from Sauvola's binary page, from the page cleaned without the ink map, and
from the page restored with it, as ``hotich restore`` writes it (``ours``). ``--unspoilt`` draws
the book again and reads its pages as they were before they decayed: what is still wrong there no
restoring can put right.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from common.errors import InputError, MissingPartError, install_hint
from models.charset import default_charset
from models.evaluate_binarisation import sauvola
from models.handwriting import HandwritingReader, ReaderOptions
from models.ink_map import InkMap
from models.legibility import expected_error
from models.reading import Reading
from models.restore import restore_ink
from models.training.metrics import error_rates
from preprocessing.arrays import shrunk
from preprocessing.clean import CleanOptions, clean_page
from preprocessing.light import evenly_lit
from preprocessing.scans import open_scans

Pixels = NDArray[np.uint8]
Restorer = Callable[[Pixels], Pixels]
_DRAWN_BY = ("form", "pages", "seed", "severity", "split", "dpi", "covers")
_SIDE, _JPEG = 300, 2.0  # a scan differs from what was drawn by less grey levels, seen small
_PAD = 0.15  # of a box's height, around it
_KEPT = CleanOptions(keep_geometry=True, skew=None)


@dataclass(frozen=True)
class PageLines:
    """A page, its condition, and the boxes and texts of its lines in page pixels."""

    number: int
    severity: str
    page: Pixels
    boxes: list[tuple[int, int, int, int]]
    texts: list[str]

    def cut(self, page: Pixels) -> list[Pixels]:
        """The lines of ``page``, which lies as this one does, with a little room around."""
        crops = []
        for x0, y0, x1, y1 in self.boxes:
            pad = max(3, round(_PAD * (y1 - y0)))
            rows = slice(max(0, y0 - pad), y1 + pad)
            crops.append(page[rows, max(0, x0 - pad) : x1 + pad])
        return crops


def pages_of(book: Path) -> Iterator[PageLines]:
    """The pages of a rendered book that hold lines. Raises InputError where it is none."""
    severity = _facts(book)["severity"]
    try:
        marks = [json.loads(row) for row in (book / "layout.jsonl").open(encoding="utf-8")]
        records = [json.loads(row) for row in (book / "truth.jsonl").open(encoding="utf-8")]
    except (OSError, ValueError) as error:
        raise InputError("not a rendered book", where=str(book)) from error
    lost = {
        (record["page"], record["entry"], code)
        for record in records
        for code, field in record["fields"].items()
        if field["status"] == "illegible"
    }
    charset = default_charset()
    lines = defaultdict(list)
    for mark in marks:
        known = mark["kind"] == "field" and mark["box"] is not None
        spoilt = (mark["page"], mark["entry"], mark["code"]) in lost
        text = mark["text"]
        if known and not spoilt and any(map(str.isalnum, text)) and charset.covers(text):
            lines[mark["page"]].append((tuple(mark["box"]), text))
    for scan in open_scans(book / "pages"):
        if lines[scan.index]:
            boxes, texts = zip(*lines[scan.index], strict=True)
            yield PageLines(scan.index, severity, scan.load(), list(boxes), list(texts))


def unspoilt_pages(book: Path) -> Iterator[Pixels]:
    """A rendered book's pages as they were before they decayed, lying as their scans do.

    Raises InputError when the book is not drawn again as it is: another version drew it, or
    with another number of entries a page than its press prints; MissingPartError without the
    synthesiser's packages.
    """
    try:
        from models.synth.leaves import scans
        from models.synth.plan import BookOptions, plan_book
    except ImportError as error:
        hint = install_hint("synth")
        raise MissingPartError(f"{error.name} is not installed", hint=hint) from error

    facts = _facts(book)
    known = {name: facts[name] for name in _DRAWN_BY}
    options = BookOptions(register_code=facts["register"], **known)
    pages = open_scans(book / "pages")
    for scan in scans(plan_book(options)):
        page = pages[scan.number - 1].load()
        small = [shrunk(picture, _SIDE) for picture in (page, scan.image)]
        if page.shape != scan.image.shape or cv2.absdiff(*small).mean() > _JPEG:
            raise InputError("this book is drawn otherwise now", where=str(book), hint="render it")
        yield scan.geometry.warp(scan.page.plate, (255, 255, 255))


def _facts(book: Path) -> dict[str, Any]:
    """What book.json says. Raises InputError where there is none."""
    try:
        facts: dict[str, Any] = json.loads((book / "book.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("not a rendered book", where=str(book)) from error
    return facts


def restorers(ink_map: InkMap) -> dict[str, Restorer]:
    """Name → what makes a page of the same geometry from a page as scanned."""

    def ours(page: Pixels) -> Pixels:
        flat = evenly_lit(page)
        return restore_ink(cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY), ink_map(flat))

    return {
        "raw": lambda page: page,
        "sauvola": lambda page: np.where(sauvola(page), 0, 255).astype(np.uint8),
        "cleaned": lambda page: clean_page(page, _KEPT).grey,
        "ours": ours,
    }


@dataclass(frozen=True)
class Found:
    """What was read of one page's lines, by restorer."""

    lines: PageLines
    readings: dict[str, list[Reading]]

    def cer(self, name: str) -> float:
        return cer([self], name)


def cer(found: Sequence[Found], name: str) -> float:
    """Edits over characters, case folded, of all lines of these pages."""
    texts = [reading.text for page in found for reading in page.readings[name]]
    truths = [text for page in found for text in page.lines.texts]
    return error_rates(texts, truths, fold_case=True).cer


def read_books(
    books: Sequence[Path], weights: Path | None = None, every: int = 1, unspoilt: bool = False
) -> Iterator[Found]:
    """Every n-th page of the books, read once with each restorer; best paths only.

    ``unspoilt``: and as it was before it decayed.
    """
    methods = restorers(InkMap(weights))
    reader = HandwritingReader(options=ReaderOptions(beam=0))
    for book in books:
        before = list(unspoilt_pages(book)) if unspoilt else []
        for lines in islice(pages_of(book), 0, None, every):
            crops = {name: lines.cut(method(lines.page)) for name, method in methods.items()}
            if unspoilt:
                crops["unspoilt"] = lines.cut(before[lines.number - 1])
            yield Found(lines, {name: reader.read(cut) for name, cut in crops.items()})


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's: ties share their mean rank."""
    ranks = [[_rank(value, values) for value in values] for values in (first, second)]
    return float(np.corrcoef(np.asarray(ranks))[0, 1])


def _rank(value: float, values: Sequence[float]) -> float:
    return sum(other < value for other in values) + sum(other == value for other in values) / 2


def main(
    books: Annotated[list[Path], typer.Argument(help="Books written by models.synth.book.")],
    weights: Annotated[Path | None, typer.Option(help="Another ink map.")] = None,
    every: Annotated[int, typer.Option(min=1, help="Read every n-th page only.")] = 1,
    unspoilt: Annotated[
        bool, typer.Option("--unspoilt", help="And the pages before they decayed.")
    ] = False,
) -> None:
    """The reader's CER raw, with Sauvola and restored, by severity; and legibility's worth."""
    cv2.setNumThreads(1)
    found = list(read_books(books, weights, every, unspoilt))
    names = list(found[0].readings) if found else []
    typer.echo("rendered register pages, true boxes, case folded")
    heads = "".join(f"{name:>10}" for name in names)
    typer.echo(f"{'severity':<10}{'lines':>7}{heads}{'ours/raw':>10}")
    for severity in ("clean", "moderate", "severe"):
        pages = [page for page in found if page.lines.severity == severity]
        if not pages:
            continue
        rates = {name: cer(pages, name) for name in names}
        count = sum(len(page.lines.texts) for page in pages)
        shown = "".join(f"{rate:>10.4f}" for rate in rates.values())
        change = 100 * (rates["ours"] / max(rates["raw"], 1e-9) - 1)
        typer.echo(f"{severity:<10}{count:>7}{shown}{change:>+9.1f}%")
    errors = [page.cer("raw") for page in found]
    expected = [expected_error(page.readings["raw"]) for page in found]
    typer.echo(
        f"expected error and CER of a page: rank correlation"
        f" {rank_correlation(expected, errors):.2f}, n = {len(found)} pages"
    )
