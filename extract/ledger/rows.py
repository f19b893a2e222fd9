"""The rows of a ledger: where its numbers stand, and which lines of writing belong to which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extract.ledger.columns import Table
from models.lines import TextLine
from models.reading import Reading

_FIGURES = 0.5  # share of a number's characters that are figures, at least
_MARGIN = 0.7  # of the number column's width: a number may stand left of its column
_LIKELY = re.compile(r"[0-9OoIlSZzBqg]")  # figures, and what they are taken for


@dataclass(frozen=True)
class Mark:
    """A line of the number column, with its reading."""

    line: TextLine
    reading: Reading


def column_of(line: TextLine, table: Table) -> int | None:
    """The column, from 0, in which the middle of a line's writing lies; -1 for a number's place
    left of the first column, None outside the table."""
    x, y = line.box.centre
    edges = table.edges(y)
    if not table.body < y < table.bottom + line.box.height:
        return None
    if edges[0] - _MARGIN * (edges[1] - edges[0]) < x < edges[0]:
        return -1
    found = int(np.searchsorted(edges, x)) - 1
    return found if 0 <= found < len(edges) - 1 else None


def is_number(reading: Reading) -> bool:
    """Whether a line of the number column can be a number; the run of numbers settles which."""
    text = re.sub(r"[\s.,\-–—]", "", reading.text)
    return bool(re.search(r"\d", text)) and len(_LIKELY.findall(text)) >= _FIGURES * len(text)


def starts(marks: Sequence[Mark]) -> list[Mark]:
    """The marks that begin rows, from top to bottom; of two at one height the likelier number."""
    numbers = sorted(
        (mark for mark in marks if is_number(mark.reading)), key=lambda mark: mark.line.box.y0
    )
    kept: list[Mark] = []
    for mark in numbers:
        if kept and _level(kept[-1].line, mark.line):
            kept[-1] = max(kept[-1], mark, key=lambda one: one.reading.confidence)
        else:
            kept.append(mark)
    return kept


def row_of(line: TextLine, begun: Sequence[Mark]) -> int:
    """The row that a line belongs to, from 0: the last one that begins above its middle; -1 for
    what stands above the first, the end of a row of the page before."""
    middle = line.box.centre[1]
    return sum(mark.line.box.y0 < middle for mark in begun) - 1


def _level(first: TextLine, second: TextLine) -> bool:
    overlap = min(first.box.y1, second.box.y1) - max(first.box.y0, second.box.y0)
    return overlap > 0.5 * min(first.box.height, second.box.height)
