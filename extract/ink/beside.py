"""Ink at the edges of places: what is left of the form there, and what runs into the next place.

A table's cells touch: a long name is written across the rule into the next cell, and there it
must not be read as the beginning of what stands in that cell.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from extract.ink.lift import PAPER, InkOptions, window_of
from models.reading import Image

_RULE = 60  # pixels from which a straight dark run on the blank form is a rule
_PRINTED = 100  # grey levels under the paper that such a run is dark
_AROUND = 11  # pixels about the crossing of two rules in which ink is a rest of them
_MOSTLY = 0.5  # share of a stroke that stands in a place
_DOT = 0.2  # heights up to which ink is a dot
_NEXT = 0.6  # heights, or widths of narrow ones, between two places side by side, at most
_LEVEL = 0.3  # heights by which the middles of two lines of one row differ, at most
_TALLER = 1.7  # heights from which a place is more than a line
_TOUCH = 0.2  # heights of a gap that goes on within a word
_REACH = 3.0  # heights about the edge that are looked at
_LEAST, _FAR = 0.1, 1.0  # heights that writing runs into the next place, at least and at most
_FROM = 0.5  # heights left of the edge from which what crosses it has come


def crossings(blank: Image) -> NDArray[np.bool_]:
    """Where rules of the blank form cross: lifted, they leave knots there."""
    dark = (blank < PAPER - _PRINTED).astype(np.uint8)
    along = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, _RULE), np.uint8))
    down = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((_RULE, 1), np.uint8))
    near = np.ones((_AROUND, _AROUND), np.uint8)
    return np.asarray((cv2.dilate(along, near) & cv2.dilate(down, near)) > 0)


def bare_places(
    blank: Image, places: Sequence[Box], labels: Sequence[Box], options: InkOptions
) -> Image:
    """The blank form without strokes that stand in places: what many pages have in common there,
    as the first figure of a number, is handwriting, and so is what of it stands out of the place.

    A leader's dots are lower, a label's colon is made of such; a rule that strokes stand on, and
    print at ``labels``, are no part of them.
    """
    bare = blank.copy()
    darkest = (blank < PAPER - options.colon).astype(np.uint8)
    ink = (blank < PAPER - options.print_dark).astype(np.uint8)
    ink[cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, _RULE), np.uint8)) > 0] = 0
    known = np.zeros(ink.shape, np.bool_)
    for label in labels:
        known[window_of(label, ink)] = True
    for place in places:
        about = min(place.height, place.width) * options.reach
        area = window_of(place.grown(about, about), ink)
        count, pieces, stats, _ = cv2.connectedComponentsWithStats(ink[area])
        within = np.zeros(ink.shape, np.bool_)
        within[window_of(place, ink)] = True
        held = np.bincount(pieces[within[area]], minlength=count)
        strokes = stats[:, cv2.CC_STAT_HEIGHT] > _DOT * place.height
        strokes &= held > _MOSTLY * stats[:, cv2.CC_STAT_AREA]
        end = place.x0 + options.lead * place.height - area[1].start
        first = stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH] < end
        strokes &= ~(first & _of_dots(pieces, darkest[area], _DOT * place.height))
        strokes[pieces[known[area]]] = False
        strokes[0] = False
        near = cv2.dilate(strokes[pieces].astype(np.uint8), np.ones((3, 3), np.uint8))
        bare[area][near > 0] = PAPER
    return bare


def _of_dots(
    pieces: NDArray[np.int32], darkest: NDArray[np.uint8], high: float
) -> NDArray[np.bool_]:
    """Which pieces are dots where they are darkest, none of them higher than this: a colon."""
    _, dots, stats, _ = cv2.connectedComponentsWithStats(darkest)
    most = np.zeros(pieces.max() + 1)
    np.maximum.at(most, pieces[dots > 0], stats[dots[dots > 0], cv2.CC_STAT_HEIGHT])
    return np.asarray((most > 0) & (most <= high))


def own_page(
    lifted: Image, place: Box, others: Sequence[Box], options: InkOptions, line: float = 0.0
) -> Image:
    """The page with only this place's ink about it: without what runs in from the place on its
    left, and in the place on its right only what runs over from here.

    ``line``: pixels of a usual line, where places may be cells of several.
    """
    page = lifted
    height = line if line and place.height > _TALLER * line else place.height
    for other in others:
        if beside(other, place):
            over, area = _run_over(lifted, other, place, height, options)
            page = page.copy() if page is lifted else page
            page[area][over] = PAPER
        elif beside(place, other):
            over, area = _run_over(lifted, place, other, height, options)
            page = page.copy() if page is lifted else page
            edge = round((place.x1 + other.x0) / 2) - area[1].start
            strange = ~over
            strange[:, :edge] = False
            page[area][strange] = PAPER
            page[area[0], area[1].stop :] = PAPER
        elif other.x0 > place.x1 and _level(place, other):
            page = page.copy() if page is lifted else page
            high = options.reach * place.height
            rows = slice(max(0, round(place.y0 - high)), round(place.y1 + high))
            page[rows, round(other.x0) :] = PAPER
    return page


def beside(left: Box, right: Box) -> bool:
    """Whether the second stands just right of the first, on the same line."""
    least = min(left.height, right.height, left.width, right.width)
    return _level(left, right) and abs(right.x0 - left.x1) < _NEXT * least


def _level(one: Box, other: Box) -> bool:
    """Whether two places are lines of one height in one row; a column for notes is none."""
    low, high = sorted((one.height, other.height))
    middles = (one.y0 + one.y1) / 2, (other.y0 + other.y1) / 2
    return high < _TALLER * low and abs(middles[0] - middles[1]) < _LEVEL * low


def _run_over(
    lifted: Image, left: Box, right: Box, height: float, options: InkOptions
) -> tuple[NDArray[np.bool_], tuple[slice, slice]]:
    """Where the left place's writing, of lines of this height, stands about and beyond the edge
    between two places, and the area that was looked at."""
    high = options.reach * left.height
    edge = (left.x1 + right.x0) / 2
    window = Box(edge - _REACH * height, left.y0 - high, edge + _REACH * height, left.y1 + high)
    x0, y0, x1, y1 = window.clipped(*lifted.shape[::-1]).rounded()
    area = slice(y0, y1), slice(x0, x1)
    ink = (lifted[area] < PAPER - options.dark).astype(np.uint8)
    reach = np.ones((3, 2 * round(_TOUCH * height / 2) + 1), np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(ink, reach))
    start = stats[:, cv2.CC_STAT_LEFT]
    end = start + stats[:, cv2.CC_STAT_WIDTH]
    middle = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] / 2 + y0
    at = edge - x0
    crossing = (start < at - _FROM * height) & (end > at)
    crossing &= (middle > left.y0) & (middle < left.y1)
    crossing[0] = False
    over = crossing[labels]
    if (end[crossing] > at + _FAR * height).any():  # it touches what is written there
        first, last = round(at + _LEAST * height), round(at + (_FAR + 0.5) * height)
        over[:, first + _thinnest(ink[:, first:last], height) :] = False
    return np.asarray(over), area


def _thinnest(ink: NDArray[np.uint8], height: float) -> int:
    """The middle of the widest gap between columns with ink; the thinnest column without a gap."""
    columns = cv2.blur(ink.sum(axis=0, dtype=np.float32)[None], (round(0.05 * height) | 1, 1))[0]
    free = np.concatenate([[0], columns < 0.5, [0]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(free))
    gaps = [(int(b - a), int(a + b) // 2) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return max(gaps)[1] if gaps else int(columns.argmin())
