"""Skew of a page: by how many degrees its content is turned.

Thin dark marks (rules, print, writing) are projected along candidate directions, as in
Postl 1986: at the right one the profile of rows is sharpest, and the profiles of columns of
the upper, middle and lower page agree best, which only vertical rules make them do (the slant
of a hand does not). Frames and other thick dark areas are no thin marks.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Floats, Image, Mask, odd, percentile, shrunk
from preprocessing.border import find_border

Values = NDArray[np.float64]

_COARSE = 500  # pixels of the long side for the first search
_FINE = 1600  # and for the last
_MOST = 400_000  # marks that are looked at
_FEWEST = 50  # marks below which nothing can be said
_NARROW = 0.03  # marks all within this share of the page (standard deviation) say nothing
_BANDS = 3  # of the page's height, whose profiles of columns are compared


class SkewOptions(Options):
    """How far to look and when to believe it.

    Attributes:
        reach: degrees to either side.
        evidence: how many times sharper the best direction must be than the middling one;
            below it the answer is 0.
    """

    reach: float = Field(default=16.0, gt=0, le=40)
    evidence: float = Field(default=2.0, gt=1)


DEFAULT = SkewOptions()


class Marks:
    """Thin dark marks as points: ``x``, ``y`` from the centre, in pixels, and ``weight`` 0…1."""

    def __init__(self, darkness: Floats) -> None:
        rows, columns = np.nonzero(darkness > 0.05)
        weight = darkness[rows, columns]
        if len(weight) > _MOST:
            kept = np.argpartition(weight, -_MOST)[-_MOST:]
            rows, columns, weight = rows[kept], columns[kept], weight[kept]
        self.x = columns - darkness.shape[1] / 2
        self.y = rows - darkness.shape[0] / 2
        self.weight = weight.astype(np.float64)
        self.band = rows * _BANDS // darkness.shape[0]
        self.side = max(darkness.shape)

    def sharpness(self, angle: float) -> float:
        """How sharp the profiles are along and across ``angle`` degrees counter-clockwise."""
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        rows = self.y * cos + self.x * sin
        columns = self.x * cos - self.y * sin
        lines = np.diff(_profile(rows, self.weight))
        rules = np.diff(_profile(columns, self.weight, self.band), axis=-1)
        agreement = float((rules[:-1] * rules[1:]).sum()) * _BANDS**2 / (_BANDS - 1)
        return float(np.square(lines).sum()) + max(0.0, agreement)

    def tell(self) -> bool:
        """Whether there are enough marks, and far enough apart, to show a direction."""
        if len(self.weight) < _FEWEST:
            return False
        return max(float(self.x.std()), float(self.y.std())) > _NARROW * self.side


def skew_angle(image: Image, options: SkewOptions = DEFAULT, border: Mask | None = None) -> float:
    """Degrees by which the content is turned counter-clockwise; 0.0 where nothing tells.

    ``image``: (H, W) grey or (H, W, 3) RGB uint8; ``border``: its frame, when already known.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    if min(grey.shape) < 32:
        return 0.0
    darkness = thin_marks(grey, find_border(grey) if border is None else border)
    coarse = _first_guess(Marks(shrunk(darkness, _COARSE)), options)
    if coarse is None:
        return 0.0
    marks = Marks(darkness)
    angle = _climb(marks, coarse, 0.1, 3)
    return round(_climb(marks, angle, 0.02, 2), 3) + 0.0  # never -0.0


def thin_marks(grey: Image, border: Mask) -> Floats:
    """Darkness (0…1) of thin dark marks on a copy at most `_FINE` pixels long, frame left out."""
    small = shrunk(grey, _FINE)
    span = odd(0.008 * max(small.shape), least=5)
    hat = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((span, span), np.uint8))
    frame = cv2.dilate(shrunk(border, _FINE), np.ones((5, 5), np.uint8))
    hat[frame > 0] = 0
    edge = span // 2
    hat[:edge], hat[-edge:], hat[:, :edge], hat[:, -edge:] = 0, 0, 0, 0
    noise, strong = percentile(hat, 50), max(30, percentile(hat, 99))
    levels = (np.arange(256, dtype=np.float32) - 2 * noise - 6) / strong
    return np.asarray(cv2.LUT(hat, np.clip(levels, 0, 1)), dtype=np.float32)


def _profile(places: Values, weight: Values, band: NDArray[np.int64] | int = 0) -> Values:
    """Profiles (bands, bins) of marks by their ``places``.

    Each mark is shared between two bins, so that a profile changes smoothly with the angle.
    """
    places = places - places.min()
    low = places.astype(np.int64)
    share = (places - low) * weight
    size = int(low.max()) + 2
    bands = int(np.max(band)) + 1
    low += band * size
    total = bands * size
    profile = np.bincount(low, weight - share, total) + np.bincount(low + 1, share, total)
    return np.asarray(profile.reshape(bands, size))


def _first_guess(marks: Marks, options: SkewOptions) -> float | None:
    """The best angle of a rough scan, or None when no direction stands out."""
    if not marks.tell():
        return None
    angles = np.arange(-options.reach, options.reach + 0.01, 0.25)
    scores = np.array([marks.sharpness(float(angle)) for angle in angles])
    middle = float(np.median(scores))
    best = int(np.argmax(scores))
    return float(angles[best]) if scores[best] > options.evidence * middle else None


def _climb(marks: Marks, start: float, step: float, steps: int) -> float:
    """The sharpest angle near ``start``: the top of the parabola through the best three."""
    offsets = np.arange(-steps, steps + 1) * step
    scores = np.array([marks.sharpness(start + float(offset)) for offset in offsets])
    best = int(np.clip(np.argmax(scores), 1, len(scores) - 2))
    left, top, right = (float(score) for score in scores[best - 1 : best + 2])
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return start + float(offsets[best]) + min(1.0, max(-1.0, shift)) * step
