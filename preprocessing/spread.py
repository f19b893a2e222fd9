"""Spreads: an open book scanned whole, split at its gutter into its two pages.

The gutter shows as a shadow, or as a corridor without any mark, near the middle and from top to
bottom; both sides must be written or printed on. Else the picture stays one page.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Image, shrunk, uint8
from preprocessing.border import find_border
from preprocessing.skew import thin_marks
from preprocessing.transform import Transform

Values = NDArray[np.float64]

_WORK = 1000  # pixels of the long side at which the gutter is looked for
_BANDS = 10  # down the page, most of which must show the gutter


class SpreadOptions(Options):
    """When a picture is believed to be two pages.

    Attributes:
        wide: width over height from which a picture can be a spread.
        middle: how far from the middle the gutter may lie, as a share of the width.
        shadow: how much darker than the pages beside it the gutter's shadow is.
        corridor: width of a gutter without marks, as a share of the picture's.
        bands: share of the bands down the page that must show the gutter.
        balance: ink of the emptier page over that of the fuller one, at least.
    """

    wide: float = Field(default=1.15, gt=0)
    middle: float = Field(default=0.1, gt=0, lt=0.3)
    shadow: float = Field(default=0.1, gt=0, lt=1)
    corridor: float = Field(default=0.025, gt=0, lt=0.3)
    bands: float = Field(default=0.7, gt=0, le=1)
    balance: float = Field(default=0.15, ge=0, le=1)


DEFAULT = SpreadOptions()


class View(NamedTuple):
    """One page of a picture: its pixels, and the map picture → view."""

    image: Image
    transform: Transform


def split_spread(image: Image, options: SpreadOptions = DEFAULT) -> list[View]:
    """The pages of a picture, left to right; the picture itself where no gutter is sure.

    ``image``: (H, W) grey or (H, W, 3) RGB. Views share its memory.
    """
    gutter = find_gutter(image, options)
    if gutter is None:
        return [View(image, Transform.identity())]
    return [
        View(image[:, :gutter], Transform.identity()),
        View(image[:, gutter:], Transform.shift(-gutter, 0)),
    ]


def find_gutter(image: Image, options: SpreadOptions = DEFAULT) -> int | None:
    """The column at which a spread is to be cut, in pixels; None when it is one page."""
    height, width = image.shape[:2]
    if min(height, width) < 100 or width < options.wide * height:
        return None
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    small = shrunk(grey, _WORK)
    border = find_border(small)
    marks = thin_marks(small, border)
    column = _shadow(small, border, options)
    if column is None:
        column = _corridor(marks, options)
    if column is None or not _balanced(marks, column, options.balance):
        return None
    return round((column + 0.5) * width / small.shape[1])


def _shadow(small: Image, border: Image, options: SpreadOptions) -> int | None:
    """The column of a dark valley in the paper's light that most bands show."""
    width = small.shape[1]
    span = max(3, width // 100)
    light = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))
    found = []
    for band in np.array_split(light, _BANDS):
        profile = cv2.blur(np.percentile(band, 60, axis=0)[None], (span, 1))[0]
        low, high = (round((0.5 + by * options.middle) * width) for by in (-1, 1))
        darkest = low + int(np.argmin(profile[low:high]))
        reach = round(0.12 * width)
        sides = profile[max(0, darkest - reach) : darkest], profile[darkest : darkest + reach]
        bright = min(float(np.percentile(side, 75)) for side in sides)
        if profile[darkest] < (1 - options.shadow) * bright:
            found.append(darkest)
    return _agreed(found, width, options.bands)


def _corridor(marks: NDArray[np.float32], options: SpreadOptions) -> int | None:
    """The middle of the widest run of columns without marks that most bands show."""
    width = marks.shape[1]
    low, high = (round((0.5 + by * options.middle) * width) for by in (-1, 1))
    inked = np.stack([(band > 0.2).mean(axis=0) for band in np.array_split(marks, _BANDS)])
    quiet = (inked[:, low:high] < 0.01).mean(axis=0) >= options.bands
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(int), [0]])))
    runs = edges.reshape(-1, 2)
    if not len(runs):
        return None
    start, end = runs[np.argmax(runs[:, 1] - runs[:, 0])]
    return int(low + (start + end) // 2) if end - start >= options.corridor * width else None


def _agreed(found: list[int], width: int, bands: float) -> int | None:
    """The column on which enough bands agree (a gutter may lean a little)."""
    if len(found) < bands * _BANDS:
        return None
    middle = float(np.median(found))
    near = [column for column in found if abs(column - middle) < 0.03 * width]
    return round(float(np.mean(near))) if len(near) >= bands * _BANDS else None


def _balanced(marks: NDArray[np.float32], column: int, least: float) -> bool:
    """Whether both sides of ``column`` are written or printed on."""
    inked = uint8(marks > 0.2).sum(axis=0, dtype=np.float64)
    away = max(1, round(0.02 * len(inked)))
    left, right = float(inked[: column - away].sum()), float(inked[column + away :].sum())
    return min(left, right) > max(20.0, least * max(left, right))
