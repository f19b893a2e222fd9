"""Ledgers: the labels head the columns of one table, and every row under them is a case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from common.geometry import Box
from extract.form.book_form import Entry, FieldSlot
from extract.form.decode import Found
from extract.registers import Label
from models.rules import Rules, Segment

_NEAR = 0.005  # of the form's longer side: pieces so near lie on one rule
_CROSSED = 0.5  # share of the table that a rule of it crosses, at least
_COLUMNS, _ROWS = 5, 3  # fewest of a ledger
_EVEN = 0.15  # by which its rows may differ in height
_HEAD = (0.25, 2.5)  # heights of a row that its head may be high
_HEADED = 0.5  # share of a case's labels that stand in the head of a ledger
_EDGE = 2.0  # pixels of a cell that are its rules'


@dataclass(frozen=True)
class Ledger:
    """A table of even rows.

    Attributes:
        columns: (x0, x1) of each, left to right.
        bands: (y0, y1) where its headings may stand: above the even rows, or in the first.
        rows: (y0, y1) of the even rows, from the top.
    """

    columns: tuple[tuple[float, float], ...]
    bands: tuple[tuple[float, float], ...]
    rows: tuple[tuple[float, float], ...]

    def cells(self) -> list[Box]:
        """Where headings may stand."""
        return [Box(x0, y0, x1, y1) for y0, y1 in self.bands for x0, x1 in self.columns]


def find_ledger(rules: Rules, size: tuple[int, int]) -> Ledger | None:
    """The table of even rows that a form of this size (width, height) is; None where it is none."""
    near = _NEAR * max(size)
    width = max((s.x1 for s in rules.horizontal), default=0.0)
    width -= min((s.x0 for s in rules.horizontal), default=0.0)
    levels = _crossing(((_middle(s), s.x1 - s.x0) for s in rules.horizontal), width, near)
    run = _even_run(levels)
    if len(run) <= _ROWS:
        return None
    high = run[-1] - run[0]
    inside = [s for s in rules.vertical if s.y1 > run[0] + near and s.y0 < run[-1] - near]
    pieces = (((s.x0 + s.x1) / 2, min(s.y1, run[-1]) - max(s.y0, run[0])) for s in inside)
    columns = _ruled(pairwise(_crossing(pieces, high, near)), rules.horizontal, run, near)
    if len(columns) < _COLUMNS:
        return None
    rows = tuple(pairwise(run))
    above = [y for y in levels if y < run[0] - near]
    step = high / len(rows)
    head = [(above[-1], run[0])] if above and _within(run[0] - above[-1], step) else []
    return Ledger(columns, (*head, rows[0]), rows)


def _ruled(
    columns: Iterable[tuple[float, float]],
    rules: Sequence[Segment],
    run: Sequence[float],
    near: float,
) -> tuple[tuple[float, float], ...]:
    """The columns that the rules between rows reach; the paper's edge beside a table is a line too.

    A quarter of the rules may be shorter, or be an edge themselves.
    """
    rows = [[s for s in rules if abs(_middle(s) - level) < near] for level in run]
    starts = [min(s.x0 for s in own) for own in rows if own]
    ends = [max(s.x1 for s in own) for own in rows if own]
    left, right = np.percentile(starts, 25), np.percentile(ends, 75)
    return tuple((x0, x1) for x0, x1 in columns if left < (x0 + x1) / 2 < right)


def in_ledger(case: Sequence[Found], ledger: Ledger) -> dict[Found, Box]:
    """The labels that head columns, with their heading's cell; none where most stand elsewhere.

    All stand in one band: what looks like a label in the first row is writing.
    """
    labels = [item for item in case if item.state.codes and item.state.label]
    headed: dict[Found, Box] = {}
    for y0, y1 in ledger.bands:
        cells = [Box(x0, y0, x1, y1) for x0, x1 in ledger.columns]
        own = {i: c for i in labels for c in cells if c.contains(*i.occurrence.box.centre)}
        headed = max(headed, own, key=len)
    return headed if len(headed) >= max(_COLUMNS, _HEADED * len(labels)) else {}


def entries_of(
    headed: dict[Found, Box],
    ledger: Ledger,
    number: Label | None = None,
    notes: Label | None = None,
) -> tuple[Entry, ...]:
    """A case for every row under the headings, with the cell of each label's column.

    ``number``, ``notes``: the labels of the cases' number, and of notes. Where no heading was read
    over the first column, or right of all others, and no other column has them, they stand there,
    as in every ledger. (What follows the column of notes is the paper's edge, taken for a rule.)
    """
    columns = [_column(item, cell) for item, cell in headed.items()]
    foot = max(column.cell.y1 for column in columns)
    left, right = ledger.columns[0][0], ledger.columns[-1][1]
    top = columns[0].cell.y0
    after = [extent for extent in ledger.columns if extent[0] >= max(c.cell.x1 for c in columns)]
    ends = ((number, ledger.columns[0]), (notes, after[0] if after else ledger.columns[-1]))
    for label, (x0, x1) in ends:
        bare = all(column.cell.x0 != x0 for column in columns)
        had = {code for column in columns for code in column.codes}
        if label and bare and not had & set(label.codes):
            cell = Box(x0, top, x1, foot)
            columns.append(_Column(label.codes, label.kind, cell, cell))
    rows = [(y0, y1) for y0, y1 in ledger.rows if y0 > foot - (y1 - y0) / 2]
    return tuple(
        Entry(index, Box(left, y0, right, y1), _cells(columns, y0, y1))
        for index, (y0, y1) in enumerate(rows, start=1)
    )


class _Column(NamedTuple):
    """A column's codes, the kind of what is written in it, its label, and its heading's cell."""

    codes: tuple[str, ...]
    kind: str
    label: Box
    cell: Box


def _column(item: Found, cell: Box) -> _Column:
    label = item.state.label
    assert label is not None
    return _Column((*item.state.codes, *label.also), label.kind, item.occurrence.box, cell)


def _cells(columns: Sequence[_Column], y0: float, y1: float) -> dict[str, FieldSlot]:
    slots: dict[str, FieldSlot] = {}
    for codes, kind, label, head in columns:
        slot = FieldSlot((Box(head.x0, y0, head.x1, y1).grown(-_EDGE, -_EDGE),), label, kind)
        for code in codes:
            slots.setdefault(code, slot)
    return slots


def _middle(rule: Segment) -> float:
    return (rule.y0 + rule.y1) / 2


def _within(gap: float, step: float) -> bool:
    return _HEAD[0] * step < gap < _HEAD[1] * step


def _crossing(pieces: Iterable[tuple[float, float]], whole: float, near: float) -> list[float]:
    """Where pieces (place, length) lie on one line and together cross most of a table."""
    lines: list[list[tuple[float, float]]] = []
    for piece in sorted(pieces):
        if lines and piece[0] - lines[-1][-1][0] < near:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [
        float(np.average([p for p, _ in line], weights=[max(length, 1.0) for _, length in line]))
        for line in lines
        if sum(length for _, length in line) > _CROSSED * whole
    ]


def _even_run(levels: Sequence[float]) -> list[float]:
    """The longest run of levels at even distances."""
    best: list[float] = []
    for start in range(len(levels) - 1):
        run = list(levels[start : start + 2])
        step = run[1] - run[0]
        for level in levels[start + 2 :]:
            if abs(level - run[-1] - step) > _EVEN * step:
                break
            run.append(level)
        best = max(best, run, key=len)
    return best
