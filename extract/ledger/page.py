"""One page of a ledger, on its own: cleaned, its columns and rows found, every cell read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from common.geometry import Box
from extract.ledger.columns import Table
from extract.ledger.form import LedgerForm, load_ledger, place_ledger
from extract.ledger.rows import Mark, column_of, row_of, starts
from extract.reading.page import PageStep, keep_image, reduced
from extract.reading.readings import EntryReading, PageReading, SlotReading
from models.lines import TextLine, find_lines
from models.reading import Image, Reader, Reading
from models.rules import find_rules, lift_rules
from preprocessing.clean import CleanPage

LEDGER_SIDE = 3000
"""Pixels of the longer side at which ledgers are read: their writing is small."""
_AROUND = 0.12  # of a line's height, kept above and below it

Cells = Mapping[tuple[int, int], Sequence[tuple[TextLine, Reading]]]
"""Row and column, both from 0 → the lines written there, from top to bottom."""


class ReadLedgerPage(PageStep):
    """Reads a page of a ledger that nobody described."""

    def _read(self, page: int, clean: CleanPage) -> PageReading:
        form = _form(self.folder.form, self.folder.form.stat().st_mtime_ns)
        grey, scale = reduced(clean.grey, LEDGER_SIDE)
        found = read_ledger(grey, form, self.reader)

        def to_scan(box: Box) -> Box:
            return clean.transform.box_back(Box(*(edge / scale for edge in box)))

        for row in range(len(found.tops)):
            for column, name in enumerate(form.names):
                crop = _cut(grey, found.box(row, column))
                path = self.folder.crop(page, row + 1, name)
                keep_image(path, crop, max(crop.shape), self.options.quality)
        return PageReading(page, entries_of(found, form, to_scan))


@dataclass(frozen=True)
class LedgerPage:
    """What was found on a page, in pixels of the image it was found on.

    Attributes:
        table: the columns.
        tops: where each row begins, from top to bottom.
        cells: what is written in them.
    """

    table: Table
    tops: tuple[float, ...]
    cells: Cells

    def box(self, row: int, column: int) -> Box:
        """What is written in a cell, or where it would be when nothing is."""
        lines = self.cells.get((row, column), ())
        if lines:
            box = lines[0][0].box
            for line, _ in lines[1:]:
                box = box.union(line.box)
            return box
        y0 = self.tops[row]
        y1 = self.tops[row + 1] if row + 1 < len(self.tops) else self.table.bottom
        edges = self.table.edges((y0 + y1) / 2)
        return Box(float(edges[column]), y0, float(edges[column + 1]), max(y1, y0 + 1))


def read_ledger(grey: Image, form: LedgerForm, reader: Reader) -> LedgerPage:
    """Find and read the rows of one clean page (H, W).

    Writing above the first number belongs to a row that began on the page before: it is a row
    of its own here, the first, without a number.

    Raises:
        FormError: the page does not show the book's table.
    """
    table = place_ledger(grey, form)
    rules = find_rules(grey)
    placed = [(line, column_of(line, table)) for line in find_lines(grey)]
    within = [(line, column) for line, column in placed if column is not None]
    lifted = lift_rules(grey, rules)
    read = reader.read([_cut(lifted, line.box) for line, _ in within])
    begun = starts(
        [
            Mark(line, reading)
            for (line, column), reading in zip(within, read, strict=True)
            if column == form.numbers or (column == -1 and form.numbers == 0)
        ]
    )
    cells: dict[tuple[int, int], list[tuple[TextLine, Reading]]] = {}
    for (line, column), reading in zip(within, read, strict=True):
        if reading.text:
            cells.setdefault((row_of(line, begun), max(column, 0)), []).append((line, reading))
    tops = [mark.line.box.y0 for mark in begun]
    if any(row < 0 for row, _ in cells):
        tops = [table.body, *tops]
        cells = {(row + 1, column): lines for (row, column), lines in cells.items()}
    for lines in cells.values():
        lines.sort(key=lambda one: one[0].baseline[:, 1].mean())
    return LedgerPage(table, tuple(tops), cells)


def entries_of(
    found: LedgerPage, form: LedgerForm, to_scan: Callable[[Box], Box]
) -> tuple[EntryReading, ...]:
    """The rows of a page as readings, their places mapped by ``to_scan``."""
    return tuple(
        EntryReading(
            row + 1,
            tuple(
                _slot(
                    name,
                    to_scan(found.box(row, column)).rounded(),
                    found.cells.get((row, column), ()),
                )
                for column, name in enumerate(form.names)
            ),
        )
        for row in range(len(found.tops))
    )


def _slot(
    name: str,
    box: tuple[int, int, int, int],
    lines: Sequence[tuple[TextLine, Reading]],
) -> SlotReading:
    readings = [reading for _, reading in lines]
    if not readings:
        return SlotReading(name, "text", box)
    sure = math.prod(reading.confidence for reading in readings)
    texts = [(" ".join(reading.text for reading in readings), sure)]
    if len(readings) == 1:
        texts += readings[0].alternatives
    return SlotReading(
        name,
        "text",
        box,
        written=max(reading.written for reading in readings),
        candidates=tuple(texts),
        weakest=min((p for reading in readings for _, p in reading.chars), default=sure),
        source=readings[0].source,
    )


def _cut(page: Image, box: Box) -> Image:
    grown = box.grown(_AROUND * box.height, _AROUND * box.height)
    x0, y0, x1, y1 = grown.clipped(page.shape[1], page.shape[0]).rounded()
    return np.ascontiguousarray(page[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)])


@lru_cache(maxsize=2)
def _form(path: Path, stamp: int) -> LedgerForm:
    return load_ledger(path)
