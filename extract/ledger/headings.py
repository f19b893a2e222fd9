"""What stands above a table's columns: a name for each, with the name of what spans several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from common.geometry import Box
from common.text import squeeze
from extract.ledger.columns import Table
from models.print_reader import PrintReader
from models.reading import Image
from models.rules import Rules, ink_mask, lift_rules

UNNAMED = "cột {number}"
"""The name of the n-th column when nothing can be read above it."""
_LATE = 0.3  # of the heading's height: a rule that begins lower has a heading above it
_BARE = 0.004  # share of ink under which nothing is printed in a cell
_INSET = 5  # pixels of a cell's edge that are the rules' own
_SURE = 0.3  # of a word's being right
_SCALE = 2.0  # small print is read better enlarged
_LONGEST = 90
_STRANGE = re.compile(r"[^\w\s.,'°-]")
Heading = list[tuple[str, float]]
"""The words above a column in reading order, each with its probability."""


def without_guides(grey: Image, table: Table, rules: Rules) -> Table:
    """The table without rules that only guide the writing.

    A column that nothing is printed above is part of the neighbour from which the rule that
    begins lowest parts it.
    """
    print_only = ink_mask(lift_rules(grey, rules)) > 0
    kept = list(table.rules)
    at = 0
    while at < len(kept) - 1:
        cell = _own_cell(replace(table, rules=tuple(kept)), at)
        x0, y0, x1, y1 = cell.grown(-_INSET, -_INSET).rounded()
        inner = [rule for rule in (at, at + 1) if 0 < rule < len(kept) - 1]
        if inner and print_only[y0:y1, x0:x1].mean() < _BARE:
            del kept[max(inner, key=lambda rule: kept[rule].y0)]
            at = max(0, at - 1)
        else:
            at += 1
    return replace(table, rules=tuple(kept))


def read_headings(grey: Image, table: Table, rules: Rules, reader: PrintReader) -> list[Heading]:
    """The words above each column; those of a heading that spans several are said of each."""
    lifted = lift_rules(grey, rules)
    headings = []
    for group in _groups(table):
        shared: Heading = []
        if len(group) > 1:
            late = min(table.rules[column].y0 for column in group[1:])
            shared = _words(lifted, _cell(table, group[0], group[-1], table.top, late), reader)
        for column in group:
            headings.append(shared + _words(lifted, _own_cell(table, column), reader))
    return headings


def name_of(heading: Heading) -> str:
    """A column's name: its words as printed, without signs that no file's name may bear."""
    return squeeze(_STRANGE.sub("", " ".join(text for text, _ in heading)))[:_LONGEST].strip()


def distinct(names: Sequence[str]) -> list[str]:
    """The names, each once: the second of two alike is numbered, an empty one is its place."""
    seen: list[str] = []
    for number, name in enumerate(names, start=1):
        wanted = name or UNNAMED.format(number=number)
        seen.append(wanted if wanted not in seen else f"{wanted} {number}")
    return seen


def _groups(table: Table) -> Iterator[list[int]]:
    """Columns that one heading spans: the rules between them begin below it."""
    group: list[int] = []
    for column in range(len(table.rules) - 1):
        if group and not _is_late(table, column):
            yield group
            group = []
        group.append(column)
    yield group


def _is_late(table: Table, rule: int) -> bool:
    return table.rules[rule].y0 > table.top + _LATE * (table.body - table.top)


def _own_cell(table: Table, column: int) -> Box:
    """The part of the heading that is the column's alone."""
    late = [table.rules[rule].y0 for rule in (column, column + 1) if _is_late(table, rule)]
    return _cell(table, column, column, max([table.top, *late]), table.body)


def _cell(table: Table, first: int, last: int, top: float, bottom: float) -> Box:
    edges = table.edges((top + bottom) / 2)
    return Box(float(edges[first]), top, float(edges[last + 1]), bottom)


def _words(lifted: Image, cell: Box, reader: PrintReader) -> Heading:
    x0, y0, x1, y1 = cell.grown(-_INSET, -_INSET).clipped(*lifted.shape[::-1]).rounded()
    if x1 - x0 < _INSET or y1 - y0 < _INSET:
        return []
    padded = np.pad(lifted[y0:y1, x0:x1], 2 * _INSET, constant_values=255)
    return [
        (word.text, word.confidence)
        for word in reader.read_page(padded, psm=6, scale=_SCALE)
        if word.confidence >= _SURE and re.search(r"\w", word.text)
    ]
