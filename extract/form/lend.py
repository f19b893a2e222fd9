"""Cases on one page are the same print: a label read in one shows where to look in the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from common.geometry import Box
from extract.form.align import correlate
from extract.form.decode import Found
from extract.form.words import Word
from extract.form.wordings import Occurrence
from models.reading import Image

_REACH = 12  # pixels searched around the place where the label should stand
_ALIKE = 0.5  # least correlation with the print it is lent from


def lent(cases: Sequence[Sequence[Found]], blank: Image) -> tuple[tuple[Found, ...], ...]:
    """The cases with the labels added that another case shows and that stand here too.

    Nothing is added on trust: the print at the place must look like the other case's label.
    """
    full = [list(case) for case in cases]
    for to, case in enumerate(cases):
        have = {item.index for item in case}
        for source, other in enumerate(cases):
            if source == to:
                continue
            shift = _shift(other, case)
            if shift is None:
                continue
            for item in other:
                if item.index in have or item.state.label is None:
                    continue
                moved = _found_at(item, shift, blank)
                if moved is not None:
                    full[to].append(moved)
                    have.add(item.index)
    return tuple(tuple(case) for case in full)


def _shift(source: Sequence[Found], to: Sequence[Found]) -> tuple[float, float] | None:
    """The usual way from a label in one case to the same label in another."""
    places = {item.index: item.occurrence.box for item in source}
    steps = [
        (item.occurrence.box.x0 - places[item.index].x0, item.occurrence.box.y1 - places[item.index].y1)
        for item in to
        if item.index in places and item.state.label is not None
    ]
    if len(steps) < 4:
        return None
    dx, dy = np.median(np.array(steps), axis=0)
    return float(dx), float(dy)


def _found_at(item: Found, shift: tuple[float, float], blank: Image) -> Found | None:
    """The label where the shift leads, if its print is there."""
    height, width = blank.shape
    x0, y0, x1, y1 = item.occurrence.box.rounded()
    to_x, to_y = round(x0 + shift[0]), round(y0 + shift[1])
    inside = (
        _REACH <= to_x and to_x + (x1 - x0) + _REACH <= width
        and _REACH <= to_y and to_y + (y1 - y0) + _REACH <= height
    )
    if not inside or x1 - x0 < 4 or y1 - y0 < 4 or x0 < 0 or y0 < 0:
        return None
    patch = blank[y0:y1, x0:x1].astype(np.float32)
    area = blank[
        to_y - _REACH : to_y + (y1 - y0) + _REACH, to_x - _REACH : to_x + (x1 - x0) + _REACH
    ].astype(np.float32)
    response = correlate(patch[None], area[None])[0]
    row, column = np.unravel_index(int(response.argmax()), response.shape)
    if response[row, column] < _ALIKE:
        return None
    dx, dy = to_x + int(column) - _REACH - x0, to_y + int(row) - _REACH - y0
    words = tuple(
        Word(word.text, Box(word.box.x0 + dx, word.box.y0 + dy, word.box.x1 + dx, word.box.y1 + dy))
        for word in item.occurrence.words
    )
    score = item.score * float(response[row, column])
    return Found(item.state, item.index, Occurrence(words, item.occurrence.key), score)
