"""Which way up a page lies: 0, 90, 180 or 270 degrees counter-clockwise.

Lines of text run along the page: without rules, the profile across them is far livelier than
the profile along them, which tells 0 and 180 from 90 and 270. Latin writing and print have their
own up and down (more ascenders than descenders, signs above vowels, bowls and joins that close
below, leaders and rules under the words): the histogram of small binary patterns (Ojala 1996) at
several scales, minus that of the page turned by 180 degrees, is weighed by a linear rule learnt
from pages (`python -m preprocessing.train_orientation`). It gives opposite answers for opposite
pages by construction. Nothing is said where the parts of a page do not agree.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Floats, Image, Mask, shrunk, shrunk_mask
from preprocessing.border import find_border
from preprocessing.skew import thin_marks

Values = NDArray[np.float64]

WEIGHTS = "orientation.csv"
SCALES = (1, 2, 4, 8)  # pixels of a pattern's cell, at `_SIDE`
_SIDE = 1200  # pixels of the long side at which a page is looked at
_SMALLEST = 64  # pixels of the short side below which nothing is said
_LEVEL = 0.3  # degrees of skew that do not matter
_SWELL = 61  # pixels of the profile's slow changes, which are no lines
_PARTS = 3  # bands of the page, and columns of each, that vote
_RULE = 0.05  # share of the long side from which a straight run is a rule
_INKED = 0.18  # darkness from which a cell counts as inked
_FEWEST = 400  # patterns with ink below which a part of the page says nothing
_RING = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))  # clockwise


class OrientationOptions(Options):
    """When an orientation is believed; below, the page is left as it lies.

    Attributes:
        lines: how many times livelier the profile across the lines must be.
        vote: mean vote of the page's parts for one of up and down; an upright page has about 1.
        evidence: how many standard errors that mean must be from nothing.
    """

    lines: float = Field(default=1.6, ge=1)
    vote: float = Field(default=0.38, ge=0)
    evidence: float = Field(default=2.0, ge=0)


DEFAULT = OrientationOptions()


class Orientation(NamedTuple):
    """``degrees`` the content is turned counter-clockwise, and whether to believe it.

    Attributes:
        sure: all that tells is above its bar.
        lines: how much livelier the profile across the lines is than along them (≥ 1).
        evidence: of the page's up and down, in standard errors (≥ 0).
    """

    degrees: int
    sure: bool
    lines: float
    evidence: float


def orientation(
    image: Image,
    options: OrientationOptions = DEFAULT,
    border: Mask | None = None,
    skew: float = 0.0,
) -> Orientation:
    """How ``image`` ((H, W) grey or (H, W, 3) RGB) lies, beside its known ``skew`` in degrees."""
    if min(image.shape[:2]) < _SMALLEST:
        return Orientation(0, False, 1.0, 0.0)
    marks = straightened(text_marks(image, border), skew)
    ratio = liveliness(marks)
    on_side = ratio < 1
    if on_side:
        marks = np.ascontiguousarray(np.rot90(marks, -1))  # as if turned by 90
    votes = part_features(marks) @ _weights()
    mean, error = _vote(votes)
    degrees = (90 if on_side else 0) + (180 if mean < 0 else 0)
    lines = max(ratio, 1 / ratio) if ratio > 0 else 1.0
    evidence = abs(mean) / error if error else 0.0
    agreed = abs(mean) >= options.vote and evidence >= options.evidence
    sure = lines >= options.lines and agreed
    return Orientation(degrees, sure, lines, evidence)


def straightened(marks: Floats, skew: float) -> Floats:
    """Marks turned back by their skew in degrees; what leaves the picture is lost."""
    height, width = marks.shape
    if abs(skew) < _LEVEL:
        return marks
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -skew, 1.0)
    return np.asarray(cv2.warpAffine(marks, turn, (width, height)), dtype=np.float32)


def text_marks(image: Image, border: Mask | None = None) -> Floats:
    """Darkness (0…1) of thin marks without rules, on a copy at most `_SIDE` pixels long."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    small = shrunk(grey, _SIDE)
    frame = find_border(small) if border is None else shrunk_mask(border, _SIDE)
    marks = thin_marks(small, frame)
    span = max(9, round(_RULE * max(marks.shape)))
    for kernel in (np.ones((1, span), np.uint8), np.ones((span, 1), np.uint8)):
        wide = cv2.dilate(marks, np.ones((3, 3), np.uint8))
        rule = cv2.morphologyEx(wide, cv2.MORPH_OPEN, kernel)
        marks = np.where(rule > _INKED, np.float32(0), marks)
    return marks


def liveliness(marks: Floats) -> float:
    """How many times livelier profiles of rows are than those of columns; 1.0: nothing tells."""
    across, along = _energy(marks), _energy(np.ascontiguousarray(marks.T))
    return across / along if across > 0 and along > 0 else 1.0


def part_features(marks: Floats) -> Values:
    """(parts, features): each part's patterns minus those of the part turned by 180 degrees."""
    height, width = marks.shape
    rows, columns = max(1, height // _PARTS), max(1, width // _PARTS)
    parts = [
        _antisymmetric(marks[y : y + rows, x : x + columns])
        for y in range(0, rows * _PARTS, rows)
        for x in range(0, columns * _PARTS, columns)
    ]
    told = [part for part in parts if part is not None]
    return np.stack(told) if told else np.empty((0, 512 * len(SCALES)))


def _energy(marks: Floats) -> float:
    """Variance over mean of the profiles of rows, of strips one sixth wide, swells left out."""
    total = weight = 0.0
    for strip in np.array_split(marks, 6, axis=1):
        rows = strip.sum(axis=1, dtype=np.float64)[None]
        profile = (cv2.blur(rows, (5, 1)) - cv2.blur(rows, (_SWELL, 1)))[0]
        mean = float(rows.mean())
        if mean > 0:
            total += float(profile.var()) / mean
            weight += mean
    return total / weight if weight else 0.0


def _antisymmetric(part: Floats) -> Values | None:
    patterns = [_patterns(part, scale) for scale in SCALES]
    if patterns[0].sum() < _FEWEST:
        return None
    shares = [counts / max(counts.sum(), 1.0) for counts in patterns]
    return np.asarray(np.concatenate([share - share[_turned_codes()] for share in shares]))


def _patterns(part: Floats, scale: int) -> Values:
    """How often each of the 512 binary patterns of 3×3 cells stands in ``part``, ink in it."""
    cells = cv2.blur(part, (scale, scale)) if scale > 1 else part
    inked = (cells > _INKED / (1 + 0.15 * (scale - 1))).astype(np.uint16)
    height, width = (size - 2 * scale for size in inked.shape)
    if height < 1 or width < 1:
        return np.zeros(512)
    step = max(1, scale // 2)

    def shifted(row: int, column: int) -> NDArray[np.uint16]:
        y, x = scale * (1 + row), scale * (1 + column)
        return inked[y : y + height : step, x : x + width : step]

    codes = shifted(0, 0) << 8
    for bit, (row, column) in enumerate(_RING):
        codes = codes | (shifted(row, column) << bit)
    counts = np.bincount(codes.ravel(), minlength=512).astype(np.float64)
    counts[0] = 0  # empty paper says nothing
    return counts


@lru_cache(maxsize=1)
def _turned_codes() -> NDArray[np.int64]:
    """For each pattern the one that it becomes when turned by 180 degrees."""
    codes = np.arange(512)
    ring = codes & 255
    return (codes & 256) | ((ring << 4) & 255) | (ring >> 4)


@lru_cache(maxsize=1)
def _weights() -> Values:
    text = files("preprocessing").joinpath(WEIGHTS).read_text(encoding="utf-8")
    rows = np.loadtxt(text.splitlines(), delimiter=",", skiprows=1, dtype=np.float64)
    weights = np.zeros(512 * len(SCALES))
    places = rows[:, 0].astype(int) * 512 + rows[:, 1].astype(int)
    weights[places] = rows[:, 2]
    return weights


def _vote(votes: Values) -> tuple[float, float]:
    """The parts' mean vote and its standard error; (0, 0) for too few parts."""
    if len(votes) < 2:
        return 0.0, 0.0
    error = max(float(votes.std(ddof=1)), 0.15) / np.sqrt(len(votes))
    return float(votes.mean()), float(error)
