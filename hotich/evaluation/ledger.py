"""The ledger that nobody described, measured on the 24 real pages of ``register_pages_fr``.

``ledger_truth.jsonl`` is our own truth for them, in pixels of the images: where each column begins
and ends at the middle of the table's height, and the number and height (y0, y1) of every numbered
row. Columns: from the layout's boxes of the set (HTR-United/lectaurep-repertoires, CC-BY 4.0), and
by hand for the four pages that have none; rows: from its transcriptions, three slips of the
transcribers put right by the run of numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from common.errors import FormError
from extract.ledger.columns import Table
from extract.ledger.decide import decide_ledger
from extract.ledger.form import LedgerForm, learn_ledger
from extract.ledger.page import LEDGER_SIDE, LedgerPage, entries_of, read_ledger
from extract.reading.page import reduced
from extract.reading.readings import PageReading
from models.handwriting import HandwritingReader
from models.print_reader import PrintReader
from models.reading import Image, Reader
from preprocessing.clean import clean_page
from preprocessing.scans import open_scans

Points = NDArray[np.float64]
ToScan = Callable[[Points], Points]
TRUTH = Path(__file__).with_name("ledger_truth.jsonl")
_NEAR = 0.02
"""Of the page's width: how far an inner edge may lie from the true one."""
_FRAME = 0.035
"""The same for the outer edges: the true boxes were drawn around the thick frame, or inside it."""
_SAME = 0.5  # of the lower of two heights: a row is found where they overlap so much


@dataclass(frozen=True)
class LedgerFigure:
    """What was found on pages, added up."""

    pages: int = 0
    columns_right: int = 0
    rows: int = 0
    found: int = 0
    numbers_right: int = 0
    extra: int = 0

    def __add__(self, other: LedgerFigure) -> LedgerFigure:
        return LedgerFigure(*(a + b for a, b in zip(_counts(self), _counts(other), strict=True)))

    def row(self) -> str:
        """The figures of one line of the table."""
        return (
            f"{self.columns_right:>4}/{self.pages:<4} {self.found:>5}/{self.rows:<5}"
            f" {self.numbers_right:>7} {self.extra:>6}"
        )


def evaluate_ledger(
    data: Path, say: Callable[[str], None], pictures: Path | None = None
) -> LedgerFigure:
    """Read every page as a book of its own and compare; a row a page, and all together.

    ``pictures``: a folder for each page with what was found drawn over it.
    """
    reader, printed = HandwritingReader(), PrintReader()
    say(f"{'page':<32} {'columns':>9} {'rows found':>11} {'numbers':>7} {'extra':>6}")
    total = LedgerFigure()
    for truth in _truths():
        figure, picture = _page(data / truth["image"], truth, reader, printed)
        if pictures is not None and picture is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(pictures / truth["image"]), picture)
        say(f"{truth['image']:<32} {figure.row()}")
        total += figure
    say(f"{'all, real pages':<32} {total.row()}")
    return total


def _truths() -> Iterator[dict[str, Any]]:
    for line in TRUTH.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _page(
    path: Path, truth: dict[str, Any], reader: Reader, printed: PrintReader
) -> tuple[LedgerFigure, Image | None]:
    missed = LedgerFigure(pages=1, rows=len(truth["rows"]))
    clean = clean_page(open_scans([path])[0].load())
    grey, scale = reduced(clean.grey, LEDGER_SIDE)
    try:
        form = learn_ledger([grey], printed)
        found = read_ledger(grey, form, reader)
    except FormError:
        return missed, None

    def to_scan(points: Points) -> Points:
        return clean.transform.back(points / scale)

    right = _columns_right(found.table, to_scan, truth["edges"], clean.colour.shape[1])
    figure = LedgerFigure(0, int(right), 0, *_rows(found, form, to_scan, truth["rows"]))
    return missed + figure, drawn(grey, found)


def drawn(grey: Image, found: LedgerPage) -> Image:
    """A page with its columns in blue, the beginning of each row in red, the cells in green."""
    picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    for rule in found.table.rules:
        ends = [(round(rule.x0), round(rule.y0)), (round(rule.x1), round(rule.y1))]
        cv2.line(picture, ends[0], ends[1], (200, 80, 0), 5)
    for top in found.tops:
        left, right = (round(float(x)) for x in found.table.edges(top)[[0, -1]])
        cv2.line(picture, (left, round(top)), (right, round(top)), (0, 0, 220), 3)
    for row, column in found.cells:
        x0, y0, x1, y1 = found.box(row, column).rounded()
        cv2.rectangle(picture, (x0, y0), (x1, y1), (0, 150, 0), 3)
    return np.asarray(picture, dtype=np.uint8)


def _columns_right(table: Table, to_scan: ToScan, edges: list[int], width: int) -> bool:
    middle = (table.body + table.bottom) / 2
    points = np.array([[x, middle] for x in table.edges(middle)])
    mine = to_scan(points)[:, 0]
    if len(mine) != len(edges):
        return False
    off = np.abs(mine - np.array(edges)) / width
    return bool((off[1:-1] <= _NEAR).all() and (off[[0, -1]] <= _FRAME).all())


def _rows(
    found: LedgerPage, form: LedgerForm, to_scan: ToScan, rows: list[list[int]]
) -> tuple[int, int, int]:
    """Rows found, numbers right, and rows found where none is."""
    page = PageReading(1, entries_of(found, form, lambda box: box))
    records = decide_ledger("", [page], form, {}).records
    name = form.names[form.numbers]
    mine = []
    for record in records:
        value = record.get(name)
        if value.status == "read" and value.box:
            x0, y0, x1, y1 = value.box
            top, bottom = to_scan(np.array([[(x0 + x1) / 2, y0], [(x0 + x1) / 2, y1]]))
            mine.append((value.value, float(top[1]), float(bottom[1])))
    hit = right = 0
    for number, y0, y1 in rows:
        same = next((one for one in mine if _overlap(one[1:], (y0, y1)) >= _SAME), None)
        if same is not None:
            mine.remove(same)
            hit += 1
            right += same[0] == str(number)
    return hit, right, len(mine)


def _overlap(first: tuple[float, ...], second: tuple[float, float]) -> float:
    shared = min(first[1], second[1]) - max(first[0], second[0])
    return shared / max(1.0, min(first[1] - first[0], second[1] - second[0]))


def _counts(figure: LedgerFigure) -> tuple[int, ...]:
    return (
        figure.pages,
        figure.columns_right,
        figure.rows,
        figure.found,
        figure.numbers_right,
        figure.extra,
    )
