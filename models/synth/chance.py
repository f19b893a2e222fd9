"""Weighted draws, years, and the letter case of a century's clerks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

OLD = 1976
"""Before this year syllables of a name are often joined by hyphens."""

_EARLY_TONE = re.compile(
    r"(?<![qQ])([oO])([\u0300\u0301\u0303\u0309\u0323])([aeAE])(?![\w\u0300-\u0323])"
    r"|(?<![qQ])([uU])([\u0300\u0301\u0303\u0309\u0323])([yY])(?![\w\u0300-\u0323])"
)

_SUMS: dict[int, tuple[Mapping[str, float], list[str], NDArray[np.float64]]] = {}


def pick(rng: Generator, weights: Mapping[str, float]) -> str:
    """One key, as often as its weight says. The sums of a (constant) mapping are kept."""
    if id(weights) not in _SUMS:
        sums = np.cumsum(np.asarray(list(weights.values()), np.float64))
        _SUMS[id(weights)] = (weights, list(weights), sums)
    _, keys, sums = _SUMS[id(weights)]
    return keys[int(np.searchsorted(sums, rng.random() * sums[-1], side="right"))]


def random_year(rng: Generator) -> int:
    """A year registers could have been written in or speak of."""
    return int(rng.integers(1930, 2024))


def random_date(rng: Generator) -> date:
    """A day of such a year."""
    return date(random_year(rng), 1, 1) + timedelta(days=int(rng.integers(365)))


def cased(rng: Generator, text: str, old: bool = False) -> str:
    """Title case mostly; sometimes capitals, small letters, or the hyphens of before 1976."""
    roll = rng.random()
    if old and roll < 0.45:
        first, *rest = text.split(" ")
        tail = [p if rng.random() < 0.35 else p.lower() for p in rest]
        return "-".join([first, *tail])
    if roll > 0.91:
        return text.upper()
    return text.lower() if roll > 0.87 else text


def late_tone(text: str) -> str:
    """The other usual placement of a tone: ``Hòa`` → ``Hoà``, ``Thúy`` → ``Thuý``."""
    decomposed = unicodedata.normalize("NFD", text)
    moved = _EARLY_TONE.sub(
        lambda m: "".join(m.group(i) or "" for i in (1, 3, 2, 4, 6, 5)), decomposed
    )
    return unicodedata.normalize("NFC", moved)
