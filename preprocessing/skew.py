"""Skew of a page: by how many degrees its content is turned.

Thin dark marks (rules, print, writing) are projected along candidate directions, as in
Postl 1986: at the right one the profile of rows is sharpest, and the profiles of columns of
the upper, middle and lower page agree best, which only vertical rules make them do (the slant
of a hand does not). Frames and other thick dark areas are no thin marks. A page that is bent or
seen aslant has no single angle: the answer is then the mean direction of its rules and lines of
text, from `preprocessing.strips`: on a straight one, its angle to a few hundredths.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Floats, Image, Mask, odd, percentile, shrunk, shrunk_mask
from preprocessing.border import find_border
from preprocessing.strips import STRIPS, height_of, profiles, steps

Values = NDArray[np.float64]

SMALLEST = 32  # pixels of the short side below which nothing is said
_COARSE = 500  # pixels of the long side for the first search
_ROUGH = 0.25  # degrees to which it is exact
FINE = 1600  # and for the last
_MOST = 200_000  # marks that are looked at
_FEWEST = 50  # marks below which nothing can be said
_NARROW = 0.03  # marks all within this share of the page (standard deviation) say nothing
_GAPS = (2, 4, 6)  # strips between two that are compared at last
_REACH = 6  # pixels by which lines may still rise between them
_OFF = 0.8  # pixels by which a true comparison may miss
_STEPS = 60.0  # sum of weights of such comparisons from which their mean is believed
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
    if min(grey.shape) < SMALLEST:
        return 0.0
    return skew_of_marks(thin_marks(grey, find_border(grey) if border is None else border), options)


def skew_of_marks(darkness: Floats, options: SkewOptions = DEFAULT) -> float:
    """`skew_angle` of a page whose `thin_marks` are known."""
    coarse = _first_guess(Marks(shrunk(darkness, _COARSE)), options)
    if coarse is None:
        return 0.0
    angle = coarse
    for _ in range(2):  # the first guess may be a degree off where a page is bent
        mean = _mean_direction(darkness, angle)
        if mean is None:
            marks = Marks(darkness)
            angle = _climb(marks, _climb(marks, coarse, 0.1, 3), 0.02, 2)
            break
        angle += mean
    return round(angle, 3) + 0.0  # never -0.0


def thin_marks(grey: Image, border: Mask) -> Floats:
    """Darkness (0…1) of thin dark marks on a copy at most `FINE` pixels long, frame left out."""
    small = shrunk(grey, FINE)
    span = odd(0.008 * max(small.shape), least=5)
    hat = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((span, span), np.uint8))
    frame = cv2.dilate(shrunk_mask(border, FINE), np.ones((5, 5), np.uint8))
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
    angles = np.arange(-options.reach, options.reach + 0.01, 2 * _ROUGH)
    scores = {float(angle): marks.sharpness(float(angle)) for angle in angles}
    middle = float(np.median(list(scores.values())))
    near = max(scores, key=lambda angle: scores[angle])
    scores |= {angle: marks.sharpness(angle) for angle in (near - _ROUGH, near + _ROUGH)}
    best = max(scores, key=lambda angle: scores[angle])
    return best if scores[best] > options.evidence * middle else None


def _climb(marks: Marks, start: float, step: float, steps: int) -> float:
    """The sharpest angle near ``start``: the top of the parabola through the best three."""
    offsets = np.arange(-steps, steps + 1) * step
    scores = np.array([marks.sharpness(start + float(offset)) for offset in offsets])
    best = int(np.clip(np.argmax(scores), 1, len(scores) - 2))
    left, top, right = (float(score) for score in scores[best - 1 : best + 2])
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return start + float(offsets[best]) + min(1.0, max(-1.0, shift)) * step


def _mean_direction(darkness: Floats, angle: float) -> float | None:
    """Of lines, in degrees, on the page turned back by ``angle``; None where there are too few.

    The steps between strips are fitted by a slope that changes smoothly over the page (a
    quadratic: perspective and curl), reweighed so that false matches do not count.
    """
    height, width = darkness.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1.0)
    straight = cv2.warpAffine(darkness, turn, (width, height), flags=cv2.INTER_LINEAR)
    seen = steps(profiles(np.asarray(straight, dtype=np.float32)), _GAPS, _REACH)
    if seen.weight.sum() < _STEPS:
        return None
    run = (seen.second - seen.first) * (width / STRIPS)
    x, y = (seen.first + seen.second) / 2 / STRIPS - 0.5, height_of(seen.window) - 0.5
    terms = np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y])
    weight, slope = seen.weight, seen.fall / run
    fit: Values = np.zeros(terms.shape[1])
    for _ in range(6):
        scaled = terms * (weight * run**2)[:, None]
        ridge = 1e-6 * np.eye(len(fit))
        fit = np.asarray(np.linalg.solve(scaled.T @ terms + ridge, scaled.T @ slope), np.float64)
        weight = seen.weight / (1 + ((terms @ fit - slope) * run / _OFF) ** 2)
    slopes = np.degrees(np.arctan(terms @ fit))
    return -float(np.average(slopes, weights=weight * run**2))
