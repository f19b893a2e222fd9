"""How a hand bends the letters of a face: each letter's own form, and the line as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from models.synth.outlines import Points


@dataclass(frozen=True, kw_only=True)
class Bends:
    """How far a hand bends its lines. Lengths are in x-heights, angles in radians."""

    slant: float = 0.0
    stretch: float = 1.0
    ascender: float = 1.0
    descender: float = 1.0
    wobble: float = 0.0
    tremble: float = 0.0
    baseline_drift: float = 0.0


@dataclass(frozen=True)
class Form:
    """How one clerk always deforms one letter: proportions, lean, and a bulge."""

    matrix: Points
    bulge: float
    sag: float

    def __call__(self, points: Points) -> Points:
        bent = points @ self.matrix
        if self.bulge or self.sag:
            bent[:, 0] += self.bulge * np.sin(np.pi * points[:, 1])
            bent[:, 1] += self.sag * np.sin(2 * np.pi * points[:, 0])
        return bent


@lru_cache(maxsize=512)
def _habits_of_form(seed: int, style: float) -> NDArray[np.float64]:
    """Six figures for each of 256 letters."""
    return np.random.default_rng(seed).normal(0, style, (256, 6))


@lru_cache(maxsize=20_000)
def letter_form(seed: int, char: str, style: float) -> Form:
    """The form of one letter in one hand; ``style`` is how far hands depart from the face."""
    a, b, c, d, bulge, sag = _habits_of_form(seed, style)[ord(char) % 256]
    matrix = np.asarray([[1 + 0.1 * a, 0.03 * b], [0.07 * c, 1 + 0.07 * d]], np.float32)
    return Form(matrix, 0.05 * float(bulge), 0.03 * float(sag))


class Warp:
    """A line's smooth deformation: slant, proportions, wobble, tremble, baseline."""

    def __init__(self, bends: Bends, rng: Generator) -> None:
        self.bends = bends
        lengths = np.asarray([0.9, 1.3, 2.0, 3.2, 5.0, 9.0]) * rng.uniform(0.8, 1.25, 6)
        angles = rng.uniform(0, 2 * np.pi, 6)
        directions = np.stack([np.cos(angles), np.sin(angles)])
        self.waves = (2 * np.pi / lengths * directions).astype(np.float32)
        self.phases = rng.uniform(0, 2 * np.pi, (2, 6)).astype(np.float32)
        self.sizes = (0.009 * bends.wobble * lengths**0.8).astype(np.float32)
        self.slope = float(rng.normal(0, 0.08)) * bends.baseline_drift
        self.bow = float(rng.normal(0, 1)) * bends.baseline_drift
        self.period = float(rng.uniform(8, 40))
        self.tremor = np.float32(rng.uniform(14, 26))

    def bend(
        self, letters: list[list[Points]], strokes: list[Points]
    ) -> tuple[list[list[Points]], list[Points]]:
        """All contours and strokes under the same deformation."""
        flat = [c for group in letters for c in group] + strokes
        if not flat:
            return letters, strokes
        ends = np.cumsum([len(c) for c in flat])[:-1]
        bent = iter(np.split(self._points(np.concatenate(flat).astype(np.float32)), ends))
        return [[next(bent) for _ in group] for group in letters], list(bent)

    def _points(self, points: Points) -> Points:
        bends = self.bends
        x: NDArray[np.floating[Any]] = points[:, 0]
        y: NDArray[np.floating[Any]] = points[:, 1]
        y = np.where(y > 1, 1 + (y - 1) * bends.ascender, np.where(y < 0, y * bends.descender, y))
        x = (x + bends.slant * y) * bends.stretch
        if bends.wobble:
            phase = np.stack([x, y], axis=1) @ self.waves
            x = x + np.sin(phase + self.phases[0]) @ self.sizes
            y = y + np.sin(phase + self.phases[1]) @ self.sizes
        if bends.tremble:
            size = 0.018 * bends.tremble
            x, y = x + size * np.sin(self.tremor * y), y + size * np.sin(self.tremor * x)
        y = y + self.slope * x + self.bow * np.sin(2 * np.pi * x / self.period)
        return np.stack([x, y], axis=1).astype(np.float32)
