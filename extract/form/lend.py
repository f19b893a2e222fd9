"""Cases on one page are the same print: a label read in one shows where to look in the others."""

from __future__ import annotations

from collections.abc import Container, Sequence

import cv2
import numpy as np

from common.geometry import Box
from extract.form.align import correlate
from extract.form.decode import Found
from extract.form.occurrences import Occurrence
from extract.form.wordings import State
from extract.form.words import Word
from models.reading import Image

_REACH = 12  # pixels searched around the place where the label should stand
_ALIKE = 0.5  # least correlation with the print it is lent from
_SURELY = 0.7  # the same, where the place is not known
_LIKELY, _AHEAD = 0.6, 0.15  # the same, where no other place is nearly as like
_LENDS = 0.85  # least likeness to its wording of a label that lends


def lent(
    cases: Sequence[Sequence[Found]], states: Sequence[State], blank: Image, once: Container[str]
) -> tuple[tuple[Found, ...], ...]:
    """The cases with the labels added that are printed there too, though no reader saw them.

    A label may be lent by another case, or by a like label of the same case (the mother's
    *Tuổi* shows what the father's looks like). Nothing is added on trust: the print at the place
    must look like the label it is lent from.

    Args:
        blank: (H, W) the form, its rules lifted.
        once: ids of sections that are printed once a page: they are lent to no other case.
    """
    full = [list(case) for case in cases]
    for to, case in enumerate(cases):
        have = {item.index for item in case}
        for source, other in enumerate(cases):
            shift = _shift(other, case) if source != to else None
            if shift is None:
                continue
            for item in other:
                if item.index in have or item.state.label is None or item.state.section in once:
                    continue
                moved = _found_at(item, shift, blank)
                if moved is not None:
                    full[to].append(moved)
                    have.add(item.index)
    for case in full:
        for index, state in enumerate(states):
            seen = [item for item in case if item.state.label is not None]
            if state.label is not None and index not in {item.index for item in seen}:
                found = _like_another(index, state, seen, blank)
                if found is not None:
                    case.append(found)
    return tuple(tuple(case) for case in full)


def _like_another(index: int, state: State, case: Sequence[Found], blank: Image) -> Found | None:
    """A label no reader saw, by the print of the same wording elsewhere in the case.

    It is sought in the rows of its section, in whatever order the press prints them, and must be
    likest there by far, or very like.
    """
    alike = [
        item for item in case if item.score > _LENDS and set(item.state.keys) & set(state.keys)
    ]
    section = [item for item in case if item.state.section == state.section]
    if not alike or not any(item.index < index for item in section):
        return None
    lender = max(alike, key=lambda item: item.score)
    x0, y0, x1, y1 = (max(0, edge) for edge in lender.occurrence.box.rounded())
    patch = blank[y0:y1, x0:x1]
    top, bottom = _rows_of(index, section, case)
    first = max(0, round(top - 0.5 * (y1 - y0)))
    area = blank[first : round(bottom + 0.5 * (y1 - y0))]
    if not patch.size or area.shape[0] < patch.shape[0]:
        return None
    response = cv2.matchTemplate(area, patch, cv2.TM_CCOEFF_NORMED)
    for item in case:
        left, upper, right, lower = item.occurrence.box.rounded()
        rows = slice(max(0, upper - first - (y1 - y0) + 1), max(0, lower - first))
        response[rows, max(0, left - (x1 - x0) + 1) : max(0, right)] = 0
    _, score, _, (x, y) = cv2.minMaxLoc(response)
    around = np.s_[max(0, y - (y1 - y0)) : y + (y1 - y0), max(0, x - (x1 - x0)) : x + (x1 - x0)]
    response[around] = 0
    ahead = score - float(response.max())
    if score < _SURELY and (score < _LIKELY or ahead < _AHEAD):
        return None
    moved = _moved(lender, x - x0, y + first - y0, score)
    return Found(state, index, moved.occurrence, moved.score)


def _rows_of(index: int, section: Sequence[Found], case: Sequence[Found]) -> tuple[float, float]:
    """From the first of a section's labels to its last, or to the label found after ``index``."""
    boxes = [item.occurrence.box for item in section]
    top = min(box.y0 for box in boxes)
    after = [item.occurrence.box.y1 for item in case if item.index > index]
    return top, max([*(box.y1 for box in boxes), min((y for y in after if y > top), default=top)])


def _shift(source: Sequence[Found], to: Sequence[Found]) -> tuple[float, float] | None:
    """The usual way from a label in one case to the same label in another."""
    places = {item.index: item.occurrence.box for item in source}
    steps = [
        (
            item.occurrence.box.x0 - places[item.index].x0,
            item.occurrence.box.y1 - places[item.index].y1,
        )
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
        to_x >= _REACH
        and to_x + (x1 - x0) + _REACH <= width
        and to_y >= _REACH
        and to_y + (y1 - y0) + _REACH <= height
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
    return _moved(item, dx, dy, float(response[row, column]))


def _moved(item: Found, dx: float, dy: float, likeness: float) -> Found:
    words = tuple(
        Word(word.text, Box(word.box.x0 + dx, word.box.y0 + dy, word.box.x1 + dx, word.box.y1 + dy))
        for word in item.occurrence.words
    )
    occurrence = Occurrence(words, item.occurrence.key)
    return Found(item.state, item.index, occurrence, item.score * likeness)
