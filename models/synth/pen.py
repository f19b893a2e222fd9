"""Pens, ribbons and press: from outlines to an ink layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Points = NDArray[np.float32]
Layer = NDArray[np.float32]
SHIFT = 4  # fixed-point bits of OpenCV's drawing coordinates
FINEST = 1.2  # no pen writes finer than this many pixels of the result
FINE = 34  # x-height, in pixels, that letters are drawn at before they are scaled down

BLUE_BLACK, BLACK, VIOLET = (32, 38, 74), (28, 26, 28), (84, 48, 122)
BLUE, BLUE_PALE, BROWN, GRAPHITE = (36, 52, 150), (70, 92, 178), (84, 58, 40), (88, 88, 92)
PENS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "dip": (BLUE_BLACK, BLACK, VIOLET, BROWN),
    "fountain": (BLUE_BLACK, BLUE, VIOLET, BLACK),
    "ballpoint": (BLUE, BLUE, BLUE_PALE, BLACK),
    "gel": (BLACK, BLUE),
    "pencil": (GRAPHITE,),
}
MACHINES = {"ribbon": (BLACK, VIOLET, BLUE_BLACK), "press": (BLACK, BLACK, BROWN)}


@dataclass(frozen=True)
class Pen:
    """What leaves the ink. ``weight`` scales the pen width the face is drawn with."""

    kind: str
    colour: tuple[int, int, int]
    weight: float = 1.0
    strength: float = 0.95
    pressure: float = 0.0
    grain: float = 0.0
    running_dry: float = 0.0

    @classmethod
    def random(cls, rng: Generator, kind: str) -> Pen:
        """A pen of one kind: dip, fountain, ballpoint, gel, pencil; or ribbon, press."""
        colours = PENS.get(kind) or MACHINES[kind]
        base = np.asarray(colours[int(rng.integers(len(colours)))]) + rng.normal(0, 8, 3)
        red, green, blue = (int(c) for c in np.clip(base, 8, 200))
        colour = (red, green, blue)
        draw = rng.uniform
        if kind == "press":
            return cls(kind, colour, draw(0.9, 1.1), draw(0.8, 1), draw(0, 0.25), draw(0, 0.15))
        if kind == "ribbon":
            wear, weave, dry = draw(0.1, 0.5), draw(0.05, 0.35), draw(0, 0.3)
            return cls(kind, colour, draw(0.85, 1.35), draw(0.6, 1), wear, weave, dry)
        if kind == "pencil":
            press, tooth = draw(0.1, 0.4), draw(0.12, 0.4)
            return cls(kind, colour, draw(0.85, 1.4), draw(0.5, 0.9), press, tooth)
        if kind == "ballpoint":
            press, tooth = draw(0.05, 0.3), draw(0, 0.2)
            return cls(kind, colour, draw(0.75, 1.2), draw(0.7, 1), press, tooth)
        if kind == "gel":
            return cls(kind, colour, draw(0.8, 1.4), draw(0.85, 1), draw(0, 0.15))
        wet = draw(0.15, 0.6) if kind == "dip" else draw(0.05, 0.25)
        dry = draw(0, 0.45) if kind == "dip" else 0.0
        return cls(kind, colour, draw(0.75, 1.5), draw(0.75, 1), wet, draw(0, 0.1), dry)


def fill(
    letters: Sequence[Sequence[Points]],
    strokes: Sequence[Points],
    x_height: float,
    face_width: float,
    pen: Pen,
    rng: Generator,
) -> tuple[Layer, float, float]:
    """Fill contours and draw strokes with a pen.

    Args:
        letters: closed contours, a group a glyph (holes by the even-odd rule), in x-heights, y up.
        strokes: open polylines in the same units.
        x_height: pixels of one x-height in the result.
        face_width: the pen width the contours were drawn with, in x-heights.
        pen: the pen.
        rng: source of pressure and grain.

    Returns:
        alpha (H, W) float32, the baseline's row and the origin's column in it.
    """
    points = [c for group in letters for c in group] + list(strokes)
    if not points:
        return np.zeros((max(1, round(2 * x_height)), 1), np.float32), 1.5 * x_height, 0.0
    finer = int(np.clip(round(FINE / x_height), 1, 4))
    scale = x_height * finer
    joined = np.concatenate(points)
    pad = 2 * finer + round(0.25 * scale)
    left = np.floor(joined[:, 0].min() * scale) - pad
    top = np.ceil(joined[:, 1].max() * scale) + pad
    width = int(np.ceil((joined[:, 0].max() * scale - left + pad) / finer)) * finer
    height = int(np.ceil((top - joined[:, 1].min() * scale + pad) / finer)) * finer
    mask = np.zeros((height, width), np.uint8)
    axes = np.asarray([scale, -scale], np.float32) * (1 << SHIFT)
    origin = np.asarray([-left, top], np.float32) * (1 << SHIFT)
    pen_width = float(np.clip(face_width * pen.weight, max(0.07, FINEST / x_height), 0.24))
    thicker = (pen_width - face_width) * scale
    for group in letters:
        fixed = [(c * axes + origin).astype(np.int32) for c in group]
        cv2.fillPoly(mask, fixed, 255, cv2.LINE_8, SHIFT)
        if thicker >= 1:
            cv2.polylines(mask, fixed, True, 255, round(thicker), cv2.LINE_8, SHIFT)
    for stroke in strokes:
        thickness = max(1, round(pen_width * scale * rng.uniform(0.75, 1.1)))
        fixed_stroke = (stroke * axes + origin).astype(np.int32)
        cv2.polylines(mask, [fixed_stroke], False, 255, thickness, cv2.LINE_8, SHIFT)
    alpha = _inked(mask, pen_width * scale, thicker, pen, rng)
    small = cv2.resize(alpha, (width // finer, height // finer), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / 255, float(top) / finer, -float(left) / finer


def _inked(
    mask: NDArray[np.uint8], stroke: float, thicker: float, pen: Pen, rng: Generator
) -> NDArray[np.uint8]:
    """Pressure as a moving threshold on the blurred mask; grain and dryness as lost ink."""
    sigma = float(np.clip(0.3 * stroke, 0.6, 2.0))
    soft = cv2.GaussianBlur(mask, (0, 0), sigma)
    thin = float(np.clip(-thicker / (2.2 * max(stroke, 1.0)), 0, 0.22))
    height, width = mask.shape
    wave = smooth_field(rng, height, width, 6 * stroke + 8)
    threshold = np.float32(128 + 255 * thin) + np.float32(70 * pen.pressure) * wave
    alpha = (soft.astype(np.float32) - threshold) * np.float32(5.0 / sigma) + np.float32(128)
    np.clip(alpha, 0, 255, out=alpha)
    alpha *= np.float32(pen.strength)
    if pen.running_dry:
        alpha *= 1 - np.float32(pen.running_dry) * _dips(rng, width, stroke)
    if pen.pressure:
        alpha *= 1 - np.float32(0.35 * pen.pressure) * (wave + 1) / 2
    if pen.grain:
        tooth = noise(rng, height, width)
        lost = np.float32(pen.grain) * (np.float32(0.4) + np.float32(0.6) * tooth)
        alpha *= np.clip(1 - lost, 0, 1)
    return np.asarray(np.clip(alpha, 0, 255), np.uint8)


def _dips(rng: Generator, width: int, stroke: float) -> Layer:
    """How far the pen has run dry along the line: 0 after each dip, rising to 1."""
    period = float(rng.uniform(60, 220)) * max(stroke, 1.0)
    columns = np.arange(width, dtype=np.float32) / np.float32(period)
    return ((columns + np.float32(rng.uniform(0, 1))) % 1)[None, :]


@lru_cache(maxsize=1)
def _noise_tile() -> Layer:
    """A large tile of paper tooth (mean 0, deviation 1), cut at random: faster than drawing."""
    tile = np.random.default_rng(20).standard_normal((1024, 4096)).astype(np.float32)
    tile = tile + 1.5 * cv2.GaussianBlur(tile, (0, 0), 1.2) * 3
    return np.asarray((tile - tile.mean()) / tile.std(), np.float32)


def noise(rng: Generator, height: int, width: int) -> Layer:
    """Fine noise (H, W), mean 0, deviation 1."""
    tile = _noise_tile()
    if height > tile.shape[0] or width > tile.shape[1]:
        reps = (-(-height // tile.shape[0]), -(-width // tile.shape[1]))
        return np.ascontiguousarray(np.tile(tile, reps)[:height, :width])
    y = int(rng.integers(tile.shape[0] - height + 1))
    x = int(rng.integers(tile.shape[1] - width + 1))
    return tile[y : y + height, x : x + width]


def smooth_field(rng: Generator, height: int, width: int, grain: float) -> Layer:
    """A smooth random field (H, W) in about -1…1 with features ``grain`` pixels wide."""
    rows, columns = max(2, int(height / grain) + 2), max(2, int(width / grain) + 2)
    coarse = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height)), np.float32)
