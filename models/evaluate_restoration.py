"""What recovering a page is worth: the reader's error on the same lines raw, with Sauvola, ours.

    hotich evaluate restoration BOOK…

A book is what `models.synth.book` writes. It is drawn again, so that every line of writing is known
where it was written, and how the page lay on the glass. Each line of writing is cut as it lies, by
an upright box around it, from

- ``raw``: the scan as it is (the reader evens light and contrast itself, see `models.normalise`);
- ``sauvola``: the scan made black and white by Sauvola's thresholds;
- ``straight``: the page straight, flat and evenly lit, its ink as it was;
- ``ours``: as `hotich extract` reads it and `hotich restore` writes it, its grain and pale ink
  seen to as well;
- ``restored``: as `hotich restore --ink-map` writes it;
- ``lying``: as drawn, without decay, but lying as the scan does: what restoring ink could give;
- ``drawn``: as drawn, without decay, straight and flat: what a perfect recovery could give.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from common.errors import InputError, MissingPartError, install_hint
from models.evaluate_binarisation import sauvola
from models.handwriting import HandwritingReader, ReaderOptions
from models.ink_map import InkMap
from models.legibility import expected_error
from models.reading import Reading
from models.restore import restored_page
from models.training.metrics import error_rates
from preprocessing.arrays import shrunk
from preprocessing.clean import FOR_BINARY, clean_page
from preprocessing.scans import open_scans

Pixels = NDArray[np.uint8]
Points = NDArray[np.floating[Any]]
_DRAWN_BY = ("form", "pages", "seed", "severity", "split", "dpi", "covers")
_SIDE, _JPEG = 300, 2.0  # a scan differs from what was drawn by less grey levels, seen small
_PAD = 0.15  # of a line's height, around it
_PAPER = (255, 255, 255)
_DRAWINGS = 2000


@dataclass(frozen=True)
class PageLines:
    """A page as scanned and as drawn, and its lines.

    Attributes:
        scan: (H, W, 3) RGB.
        drawn: the page before it decayed, straight and flat.
        lying: the same, lying as ``scan`` does.
        on_scan: the points (N, 2) around each line, in pixels of ``scan``.
        on_drawn: the same points in pixels of ``drawn``.
        texts: what is written there.
    """

    number: int
    severity: str
    scan: Pixels
    drawn: Pixels
    lying: Pixels
    on_scan: list[Points]
    on_drawn: list[Points]
    texts: list[str]

    def crops(self, ink_map: InkMap) -> dict[str, list[Pixels]]:
        """The lines cut from the page in each of its states, by the state's name."""
        page = clean_page(self.scan)
        on_page = [page.transform.forward(points) for points in self.on_scan]
        lit = clean_page(self.scan, FOR_BINARY)
        restored = restored_page(lit, ink_map(lit.colour))
        binary = np.where(sauvola(self.scan), 0, 255).astype(np.uint8)
        states: dict[str, tuple[Pixels, Sequence[Points]]] = {
            "raw": (self.scan, self.on_scan),
            "sauvola": (binary, self.on_scan),
            "straight": (lit.colour, on_page),
            "ours": (page.grey, on_page),
            "restored": (restored, on_page),
            "lying": (self.lying, self.on_scan),
            "drawn": (self.drawn, self.on_drawn),
        }
        return {
            name: [_cut(picture, points) for points in around]
            for name, (picture, around) in states.items()
        }


def _cut(picture: Pixels, points: Points) -> Pixels:
    """The upright box around these points, with a little room."""
    (x0, y0), (x1, y1) = np.floor(points.min(axis=0)), np.ceil(points.max(axis=0))
    pad = max(3, round(_PAD * (y1 - y0)))
    rows = slice(max(0, int(y0) - pad), int(y1) + pad)
    return picture[rows, max(0, int(x0) - pad) : int(x1) + pad]


def pages_of(book: Path) -> Iterator[PageLines]:
    """The pages of a rendered book that hold lines.

    Raises InputError where it is none, or is not drawn again as it is: another version drew it, or
    with another number of entries a page than its press prints; MissingPartError without the
    synthesiser's packages.
    """
    try:
        from models.synth.leaves import scans
        from models.synth.page_lines import legible_lines
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
        lines = list(legible_lines(scan))
        if lines:
            yield PageLines(
                scan.number, facts["severity"], page, scan.page.plate,
                scan.geometry.warp(scan.page.plate, _PAPER),
                [scan.geometry.forward(line.points) for line in lines],
                [line.points for line in lines], [line.text for line in lines],
            )  # fmt: skip


def _facts(book: Path) -> dict[str, Any]:
    """What book.json says. Raises InputError where there is none."""
    try:
        facts: dict[str, Any] = json.loads((book / "book.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("not a rendered book", where=str(book)) from error
    return facts


@dataclass(frozen=True)
class Found:
    """What was read of one page's lines, by the page's state."""

    severity: str
    texts: list[str]
    readings: dict[str, list[Reading]]

    def cer(self, name: str) -> float:
        return cer([self], name)


def cer(found: Sequence[Found], name: str) -> float:
    """Edits over characters, case folded, of all lines of these pages."""
    texts = [reading.text for page in found for reading in page.readings[name]]
    truths = [text for page in found for text in page.texts]
    return error_rates(texts, truths, fold_case=True).cer


def change(found: Sequence[Found], name: str = "ours") -> tuple[float, float, float]:
    """By how much a state's errors differ from raw's, as a share of these, and between which bounds
    95 of 100 drawings of as many pages lie."""
    pages = np.array(
        [[page.cer(state) * sum(map(len, page.texts)) for state in (name, "raw")] for page in found]
    )
    drawn = np.random.default_rng(0).integers(len(pages), size=(_DRAWINGS, len(pages)))
    sums = np.concatenate([pages.sum(axis=0)[None], pages[drawn].sum(axis=1)])
    ratios = sums[:, 0] / np.maximum(sums[:, 1], 1e-9) - 1
    low, high = np.percentile(ratios[1:], (2.5, 97.5))
    return float(ratios[0]), float(low), float(high)


def read_books(
    books: Sequence[Path], weights: Path | None = None, every: int = 1
) -> Iterator[Found]:
    """Every n-th page of the books, read once in each state; best paths only."""
    ink_map = InkMap(weights)
    reader = HandwritingReader(options=ReaderOptions(beam=0))
    for book in books:
        for page in islice(pages_of(book), 0, None, every):
            crops = page.crops(ink_map)
            readings = {name: reader.read(cut) for name, cut in crops.items()}
            yield Found(page.severity, page.texts, readings)


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
) -> None:
    """The reader's CER raw, with Sauvola and restored, by severity; and legibility's worth."""
    cv2.setNumThreads(1)
    for book in books:
        _facts(book)  # what is no book is said before an hour is spent on the others
    found = list(read_books(books, weights, every))
    names = list(found[0].readings) if found else []
    typer.echo("rendered register pages, true lines, case folded")
    heads = "".join(f"{name:>10}" for name in names)
    typer.echo(f"{'severity':<10}{'lines':>7}{heads}{'ours/raw':>10}  95 of 100 drawings")
    for severity in ("clean", "moderate", "severe"):
        pages = [page for page in found if page.severity == severity]
        if not pages:
            continue
        rates = {name: cer(pages, name) for name in names}
        count = sum(len(page.texts) for page in pages)
        shown = "".join(f"{rate:>10.4f}" for rate in rates.values())
        by, low, high = (100 * share for share in change(pages))
        typer.echo(f"{severity:<10}{count:>7}{shown}{by:>+9.1f}%  {low:+.1f} to {high:+.1f}")
    errors = [page.cer("raw") for page in found]
    expected = [expected_error(page.readings["raw"]) for page in found]
    typer.echo(
        f"expected error and CER of a page: rank correlation"
        f" {rank_correlation(expected, errors):.2f}, n = {len(found)} pages"
    )
