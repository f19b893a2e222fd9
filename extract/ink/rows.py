"""The written lines of a place that is higher than one line: a note's column, a signature's."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from extract.ink.lift import PAPER, InkOptions, letters_of
from models.reading import Image

_SMOOTH = 0.1  # of a line's height, by which the profile of its ink is smoothed
_VALLEY = 0.12  # share of the strongest row under which there is nothing between two lines
_WORD = 0.35  # of a line's height: the least height of a word that stands alone in its line
_LOWEST = 0.2  # of a line's height: what is lower is dirt
_HIGHEST = 1.8  # of a line's height: what is higher is two lines that touch
_BAND = 0.65  # of a line's height: letters with their marks
_LEFT = 1.5  # lines' heights left of a place in which it is looked where writing comes from
_CAME = 0.3  # of a line's height, from which what crosses the edge has come from the left


def rows_in(lifted: Image, place: Box, height: float, options: InkOptions) -> list[Box]:
    """The lines of ``place`` that bear writing, top to bottom, each as wide as the place.

    Args:
        lifted: (H, W) the page without its print.
        height: pixels of a usual line.
    """
    x0, y0, x1, y1 = place.clipped(*lifted.shape[::-1]).rounded()
    ink = letters_of(lifted[y0:y1, x0:x1], height, options)
    if not ink.any():
        return []
    profile = cv2.GaussianBlur(
        ink.sum(axis=1, dtype=np.float32)[:, None], (1, 0), 0, sigmaY=_SMOOTH * height
    )[:, 0]
    runs = _split(_with_short(_runs(profile), profile, height), profile, height)
    rows = [
        (top, bottom)
        for top, bottom in runs
        if bottom - top >= _LOWEST * height
        and np.ptp(np.flatnonzero(ink[top:bottom].any(axis=0))) >= options.short * height
    ]
    return [_row(place, y0, rows, index, height) for index in range(len(rows))]


def without_run_in(lifted: Image, place: Box, height: float, options: InkOptions) -> Image:
    """The page without the writing that runs into ``place`` from the place left of it: what
    comes over its left edge, and what goes on from there. What only begins on the edge stays."""
    reach = options.step * height
    wide = Box(place.x0 - _LEFT * height, *place[1:])
    x0, y0, x1, y1 = wide.clipped(*lifted.shape[::-1]).rounded()
    ink = (lifted[y0:y1, x0:x1] < PAPER - options.dark).astype(np.uint8)
    joined = cv2.dilate(ink, np.ones((1, 2 * round(reach / 2) + 1), np.uint8))
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    edge = round(place.x0) - x0
    crossing = np.unique(labels[:, edge][ink[:, max(0, edge - 2) : edge + 3].any(axis=1)])
    before = slice(0, max(0, edge - round(_CAME * height)))
    come = np.unique(labels[:, before][ink[:, before] > 0])
    running = np.isin(labels, np.intersect1d(crossing[crossing > 0], come))
    page = lifted.copy()
    page[y0:y1, x0:x1][running] = PAPER
    return page


def fullest_band(lifted: Image, row: Box, height: float, options: InkOptions) -> Box:
    """The part of a row, as high as writing, that holds most ink of letters: a name under a stamp
    whose ring and words stand above and below it."""
    x0, y0, x1, y1 = row.clipped(*lifted.shape[::-1]).rounded()
    profile = letters_of(lifted[y0:y1, x0:x1], height, options).sum(axis=1, dtype=np.float32)
    high = min(round(_BAND * height), len(profile))
    if not high:
        return row
    top = y0 + int(np.convolve(profile, np.ones(high), "valid").argmax())
    return row._replace(y0=float(top), y1=float(top + high))


def _runs(profile: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Stretches of rows with ink."""
    inked = np.concatenate([[False], profile > max(0.5, _VALLEY * profile.max()), [False]])
    edges = np.flatnonzero(inked[1:] != inked[:-1])
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _with_short(
    runs: list[tuple[int, int]], profile: NDArray[np.float32], height: float
) -> list[tuple[int, int]]:
    """The runs, and those of a word alone between, above or below long lines, beside which it has
    hardly any ink; tails and marks of a line are lower."""
    edges = [0, *(edge for run in runs for edge in run), len(profile)]
    found = list(runs)
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        rest = _runs(profile[top:bottom]) if bottom - top >= _WORD * height else []
        found += [(top + a, top + b) for a, b in rest if b - a >= _WORD * height]
    return sorted(found)


def _split(
    runs: list[tuple[int, int]], profile: NDArray[np.float32], height: float
) -> list[tuple[int, int]]:
    """Runs that hold several lines cut at the thinnest row of their middle."""
    found: list[tuple[int, int]] = []
    for top, bottom in runs:
        if bottom - top <= _HIGHEST * height:
            found.append((top, bottom))
            continue
        first, last = top + round(0.7 * height), bottom - round(0.7 * height)
        cut = first + int(np.argmin(profile[first : max(last, first + 1)]))
        found += _split([(top, cut), (cut, bottom)], profile, height)
    return found


def _row(place: Box, y0: int, rows: list[tuple[int, int]], index: int, height: float) -> Box:
    """The box of a row, as high as a line where its neighbours leave room."""
    top, bottom = rows[index]
    above = (rows[index - 1][1] + top) / 2 if index else place.y0 - y0
    below = (bottom + rows[index + 1][0]) / 2 if index + 1 < len(rows) else place.y1 - y0
    spare = max(0.0, height - (bottom - top)) / 2
    return Box(place.x0, y0 + max(above, top - spare), place.x1, y0 + min(below, bottom + spare))
