"""Vietnamese marks as strokes of their own, the way hurried hands write them.

A mark is a short pen stroke near its letter. A clerk has habits: how large and how flat the marks
are, how far they drift to the right of their vowel, how often two of them melt into one stroke.
Coordinates are x-heights, y up, relative to the top centre of the letter's body.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Points = NDArray[np.float32]

HAT, BREVE, HORN, DOT = "\u0302", "\u0306", "\u031b", "\u0323"
GRAVE, ACUTE, TILDE, HOOK = "\u0300", "\u0301", "\u0303", "\u0309"

# control points of each stroke, before the clerk's habits
SHAPES: dict[str, tuple[tuple[float, float], ...]] = {
    GRAVE: ((-0.22, 0.32), (-0.05, 0.2), (0.06, 0.02)),
    ACUTE: ((-0.05, 0.0), (0.08, 0.14), (0.24, 0.36)),
    TILDE: ((-0.3, 0.04), (-0.14, 0.26), (0.1, 0.0), (0.3, 0.22)),
    HOOK: ((-0.1, 0.3), (0.06, 0.42), (0.16, 0.28), (0.02, 0.16), (0.02, 0.02)),
    DOT: ((-0.03, 0.02), (0.0, -0.01), (0.04, -0.05)),
    HAT: ((-0.28, 0.0), (-0.04, 0.3), (0.0, 0.3), (0.27, 0.02)),
    BREVE: ((-0.26, 0.24), (-0.18, 0.02), (0.16, 0.02), (0.27, 0.25)),
    HORN: ((-0.1, -0.08), (0.1, -0.04), (0.2, 0.1), (0.1, 0.26)),
}
OWN = frozenset(SHAPES)


@dataclass(frozen=True)
class MarkHabits:
    """How one clerk writes marks. Lengths in x-heights."""

    size: float = 1.0
    hat_flatness: float = 0.0
    drift: float = 0.0
    lift: float = 0.18
    tilt: float = 0.0
    hurry: float = 0.3

    @classmethod
    def random(cls, rng: Generator) -> MarkHabits:
        hurry = float(rng.beta(1.6, 2.0))
        return cls(
            size=float(rng.uniform(0.6, 1.35)),
            hat_flatness=float(np.clip(rng.normal(0.9 * hurry - 0.2, 0.25), 0, 0.9)),
            drift=float(rng.normal(0.02 + 0.5 * hurry, 0.14)),
            lift=float(rng.uniform(0.05, 0.42)),
            tilt=float(rng.normal(0, 0.22)),
            hurry=hurry,
        )


def bare(char: str) -> str:
    """The letter without the marks this module can draw (``ấ`` → ``a``, ``ç`` → ``ç``)."""
    decomposed = unicodedata.normalize("NFD", char)
    if len(decomposed) == 1 or not set(decomposed[1:]) <= OWN:
        return char
    return decomposed[0]


def mark_strokes(
    char: str,
    top: tuple[float, float],
    right: float,
    low: float,
    habits: MarkHabits,
    rng: Generator,
) -> list[Points]:
    """The strokes of the marks of ``char``.

    Args:
        char: the precomposed letter.
        top: (x, y) of the top centre of the letter's body.
        right: x of its right edge near the top, where the horn sits.
        low: y below which a dot goes.
        habits: the clerk's.
        rng: source of what differs from letter to letter.

    Returns:
        Polylines (N, 2), in the letter's own coordinates.
    """
    marks = set(unicodedata.normalize("NFD", char)[1:])
    strokes: list[Points] = []
    drift = habits.drift + float(rng.normal(0, 0.06 + 0.14 * habits.hurry))
    x, y = top[0] + drift, top[1] + habits.lift * float(rng.uniform(0.7, 1.3))
    if HORN in marks:
        loose = max(0.0, habits.hurry - 0.4) * float(rng.uniform(0, 0.5))
        strokes.append(_stroke(HORN, habits, rng) + _at(right + loose, top[1] + loose))
    vowel = HAT if HAT in marks else BREVE if BREVE in marks else None
    if vowel:
        strokes.append(_stroke(vowel, habits, rng) + _at(x - 0.6 * drift, y))
    for tone in (GRAVE, ACUTE, TILDE, HOOK):
        if tone in marks:
            strokes.append(_tone(tone, vowel, x, y, habits, rng))
    if vowel and len(strokes) > 1 and rng.random() < 0.3 * habits.hurry:
        strokes[-2:] = [np.concatenate(strokes[-2:])]
    if DOT in marks:
        dx, dy = rng.normal(0.3 * drift, 0.08), rng.uniform(0.12, 0.4)
        strokes.append(_stroke(DOT, habits, rng) + _at(top[0] + dx, low - dy))
    return strokes


def _tone(
    tone: str, vowel: str | None, x: float, y: float, habits: MarkHabits, rng: Generator
) -> Points:
    """A tone mark: alone over its vowel, or beside and above the hat or breve."""
    if vowel:
        beside = 0.0 if tone == TILDE else rng.uniform(0.1, 0.45)
        if tone == GRAVE and rng.random() < 0.5:
            beside = -beside
        height = 0.26 * habits.size * (1 - 0.7 * habits.hat_flatness)
        x, y = x + beside, y + height * rng.uniform(0.5, 1.2)
    return _stroke(tone, habits, rng) + _at(x, y)


def _stroke(mark: str, habits: MarkHabits, rng: Generator) -> Points:
    points = np.asarray(SHAPES[mark], np.float32)
    spread = 0.02 + 0.05 * habits.hurry
    points = points + rng.normal(0, spread, points.shape).astype(np.float32)
    if mark in (HAT, BREVE, TILDE):
        points[:, 1] *= 1 - habits.hat_flatness * rng.uniform(0.6, 1.1)
    if mark == HOOK and habits.hurry > 0.5 and rng.random() < 0.5:
        points = points[:-1]
    if mark == DOT and habits.hurry > 0.6:
        points = points * np.float32(rng.uniform(1.0, 2.2))
    size = habits.size * rng.uniform(0.75, 1.25, 2)
    angle = (0.0 if mark in (DOT, HORN) else habits.tilt) + rng.normal(0, 0.1)
    cos, sin = np.cos(angle), np.sin(angle)
    turned = (points * size) @ np.asarray([[cos, sin], [-sin, cos]])
    return smooth(turned.astype(np.float32))


def smooth(points: Points, rounds: int = 2) -> Points:
    """Chaikin's corner cutting, ends kept."""
    for _ in range(rounds):
        first, second = points[:-1], points[1:]
        cut = np.empty((2 * len(first), 2), np.float32)
        cut[0::2], cut[1::2] = 0.75 * first + 0.25 * second, 0.25 * first + 0.75 * second
        points = np.concatenate([points[:1], cut, points[-1:]])
    return points


def _at(x: float, y: float) -> Points:
    return np.asarray([x, y], np.float32)
