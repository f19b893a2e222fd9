"""Skew of a page: by how many degrees its content is turned.

Thin dark marks (rules, print, writing) are projected along candidate directions, as in
Postl 1986: at the right one the profile of rows is sharpest. The same is done with columns,
which brings in vertical rules; frames and other thick dark areas are no thin marks.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from preprocessing.border import find_border

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]

_COARSE = 500  # pixels of the long side for the first search
_FINE = 1600  # and for the last
_MOST_POINTS = 400_000


class SkewOptions(Options):
    """How far to look and when to believe it.

    Attributes:
        reach: degrees to either side.
        evidence: how far the best direction's sharpness must stand above that of all
            directions, in their standard deviations (robust); below it the answer is 0.
    """

    reach: float = Field(16.0, gt=0, le=40)
    evidence: float = Field(8.0, gt=0)


def skew_angle(image: Image, options: SkewOptions = SkewOptions()) -> float:
    """Degrees by which the content is turned counter-clockwise; 0.0 where nothing tells.

    ``image``: (H, W) grey or (H, W, 3) RGB uint8.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    if min(grey.shape) < 32:
        return 0.0
    marks = thin_marks(grey)
    coarse = _first_guess(_points(marks, _COARSE), options)
    if coarse is None:
        return 0.0
    points = _points(marks, _FINE)
    angle = coarse
    for step in (0.1, 0.02):
        angle = _climb(points, angle, step)
    return round(float(angle), 3)


def thin_marks(grey: Image) -> NDArray[np.float32]:
    """Darkness (0…1) of thin dark marks, at most `_FINE` pixels long; frames are left out."""
    scale = min(1.0, _FINE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = np.asarray(small, dtype=np.uint8)
    span = 2 * max(2, round(max(small.shape) * 0.004)) + 1
    kernel = np.ones((span, span), np.uint8)
    marks = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, kernel).astype(np.float32)
    border = cv2.dilate(find_border(small), np.ones((5, 5), np.uint8))
    marks[border > 0] = 0
    edge = max(2, span // 2)
    marks[:edge], marks[-edge:], marks[:, :edge], marks[:, -edge:] = 0, 0, 0, 0
    noise = float(np.median(marks))
    strong = max(30.0, float(np.percentile(marks, 99)))
    return np.clip((marks - 2 * noise - 6) / strong, 0, 1)


def _points(marks: NDArray[np.float32], side: int) -> tuple[Floats, Floats, Floats]:
    """x, y (from the centre) and weight of the marks on a copy ``side`` pixels long.

    Coordinates are in pixels of that copy.
    """
    scale = min(1.0, side / max(marks.shape))
    if scale < 1:
        marks = cv2.resize(marks, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rows, columns = np.nonzero(marks > 0.05)
    weights = marks[rows, columns].astype(np.float64)
    if len(rows) > _MOST_POINTS:
        keep = weights >= np.partition(weights, -_MOST_POINTS)[-_MOST_POINTS]
        rows, columns, weights = rows[keep], columns[keep], weights[keep]
    return columns - marks.shape[1] / 2, rows - marks.shape[0] / 2, weights


def _sharpness(along: Floats, across: Floats, weights: Floats, angle: float) -> float:
    """Sharpness of the profile of marks projected along ``angle`` (counter-clockwise).

    Sum of squared differences of neighbouring bins; each mark is shared between two bins so
    that the value changes smoothly with the angle.
    """
    slope = np.radians(angle)
    place = across * np.cos(slope) + along * np.sin(slope)
    place -= place.min()
    low = place.astype(np.int64)
    share = (place - low) * weights
    size = int(low.max()) + 2
    profile = np.bincount(low, weights - share, size) + np.bincount(low + 1, share, size)
    return float(np.square(np.diff(profile)).sum())


def _both(points: tuple[Floats, Floats, Floats], angle: float) -> float:
    """Sharpness of rows and of columns together."""
    x, y, weights = points
    return _sharpness(x, y, weights, angle) + _sharpness(-y, x, weights, angle)


def _first_guess(points: tuple[Floats, Floats, Floats], options: SkewOptions) -> float | None:
    """The best angle of a rough scan, or None when no direction stands out."""
    if len(points[2]) < 50:
        return None
    angles = np.arange(-options.reach, options.reach + 0.01, 0.25)
    scores = np.array([_both(points, angle) for angle in angles])
    middle = float(np.median(scores))
    spread = 1.4826 * float(np.median(np.abs(scores - middle)))
    best = int(np.argmax(scores))
    if scores[best] - middle < options.evidence * max(spread, 0.01 * middle):
        return None
    return float(angles[best])


def _climb(points: tuple[Floats, Floats, Floats], start: float, step: float) -> float:
    """The sharpest angle near ``start``: steps, then the top of the parabola through three."""
    offsets = np.arange(-4, 5) * step
    scores = np.array([_both(points, start + offset) for offset in offsets])
    best = int(np.clip(np.argmax(scores), 1, len(scores) - 2))
    left, top, right = scores[best - 1 : best + 2]
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(start + offsets[best] + np.clip(shift, -1, 1) * step)
