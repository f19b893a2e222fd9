"""How far two fields agree: levels, from the same to different; one table for each kind of field.

Levels are compared for many rows at once. 0 is always "missing": one side is empty, which says
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from common.text import fold
from extract.match.people import Date
from extract.match.rows import Rows
from extract.match.vocabulary import Vocabulary

PART = ("missing", "same", "marks", "sound", "shape", "near", "part", "initial", "differ")
DATE = (
    "missing", "full", "month", "year", "swapped", "digit", "two_digits", "day_month",
    "near_year", "differ", "year_digit", "near_partial", "differ_partial",
)  # fmt: skip
PLACE = ("missing", "same", "near", "coarse", "differ")
SEX = ("missing", "same", "differ")

Levels = NDArray[np.uint8]
_UNKNOWN = 255
_KEYS = ("shape", "sound", "fold", "spelling")  # loose to strict
_AT = {name: at for at, name in enumerate(PART)}
_LEVEL_OF_KEY = {"shape": "shape", "sound": "sound", "fold": "marks", "spelling": "same"}
_CACHED = 512


class PartLevels:
    """Levels between parts of names and those of a vocabulary, remembered."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._keys = {name: vocabulary.keys(name) for name in _KEYS}
        self._folds = vocabulary.key_texts("fold")
        self._lengths = np.array([len(text) for text in self._folds])
        self._several = np.array([" " in text for text in self._folds])
        self._known = lru_cache(maxsize=_CACHED)(self._unknown)

    def of(self, part: str, numbers: NDArray[np.int32]) -> Levels:
        """The level of each numbered part to ``part``."""
        if not part:
            return np.zeros(len(numbers), np.uint8)
        known = self._known(part)
        found = known[numbers]
        if (found == _UNKNOWN).any():
            new = np.unique(numbers[found == _UNKNOWN])
            known[new] = self._levels(part, new)
            found = known[numbers]
        return found

    def _unknown(self, part: str) -> Levels:
        levels = np.full(len(self._vocabulary), _UNKNOWN, np.uint8)
        levels[0] = 0
        return levels

    def _levels(self, part: str, numbers: NDArray[np.int32]) -> Levels:
        levels = np.full(len(numbers), _AT["differ"], np.uint8)
        for name in _KEYS:
            own = self._vocabulary.key_number(name, part)
            levels[self._keys[name][numbers] == own] = _AT[_LEVEL_OF_KEY[name]]
        rest = np.flatnonzero(levels == _AT["differ"])
        folded, others = fold(part), numbers[rest]
        close = near(folded, [self._folds[i] for i in others], self._lengths[others])
        levels[rest[close]] = _AT["near"]
        odd = self._several[others] | (" " in folded) | (self._lengths[others] <= 2)
        for at in rest[odd | (len(folded) <= 2)]:
            if levels[at] == _AT["differ"]:
                levels[at] = _AT[partly(folded, self._folds[numbers[at]])]
        return levels


def part_level(left: str, right: str) -> str:
    """How far two name parts agree: one of `PART`."""
    vocabulary = Vocabulary()
    number = vocabulary.number(right)
    return PART[int(PartLevels(vocabulary).of(left, np.array([number], np.int32))[0])]


def near(folded: str, others: Sequence[str], lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of ``others`` are one letter away; two, when six letters or more stand there."""
    if not others:
        return np.zeros(0, bool)
    apart = cdist([folded], others, scorer=Levenshtein.distance, score_cutoff=2, dtype=np.uint8)[0]
    longer = (lengths >= 6) | (len(folded) >= 6)
    return np.asarray((apart <= 1) | ((apart == 2) & longer))


def partly(left: str, right: str) -> str:
    """Whether one holds all syllables of the other, or is its first letters."""
    one, other = left.split(), right.split()
    if len(one) != len(other) and (set(one) <= set(other) or set(other) <= set(one)):
        return "part"
    if min(len(left), len(right)) <= 2 and (left.startswith(right) or right.startswith(left)):
        return "initial"
    return "differ"


def date_levels(query: Date | None, rows: Rows) -> Levels:
    """The level of each row's date. A 1 January beside another day counts as an unknown day."""
    if query is None:
        return np.zeros(len(rows), np.uint8)
    year, month, day = (rows[name].astype(np.int32) for name in ("year", "month", "day"))
    vague = (month == 1) & (day == 1) & ((query.month, query.day) != (1, 1))
    month, day = np.where(vague, 0, month), np.where(vague, 0, day)
    asked = Date(query.year, 0, 0) if (query.month, query.day) == (1, 1) else query
    exact = (year == query.year) & (rows["month"] == query.month) & (rows["day"] == query.day)
    if (query.month, query.day) == (1, 1):
        month, day = np.where(exact, 0, month), np.where(exact, 0, day)
    full = (day > 0) & (asked.day > 0)
    digits = _digits_apart(year, asked.year, 4)
    same_year = year == asked.year
    same_month = (month == asked.month) & (month > 0)
    levels = np.full(len(rows), DATE.index("differ_partial"), np.uint8)

    def put(name: str, where: NDArray[np.bool_]) -> None:
        levels[where] = DATE.index(name)

    put("near_partial", ~full & (abs(year - asked.year) <= 1))
    put("year_digit", ~full & (digits == 1))
    put("year", ~full & same_year & ((month == 0) | (asked.month == 0)))
    put("month", ~full & same_year & same_month)
    apart = digits + _digits_apart(month, asked.month, 2) + _digits_apart(day, asked.day, 2)
    put("differ", full)
    put("near_year", full & (abs(year - asked.year) <= 1))
    put("day_month", full & same_month & (day == asked.day))
    put("two_digits", full & (apart == 2))
    put("digit", full & (apart == 1))
    put("swapped", full & same_year & (month == asked.day) & (day == asked.month))
    put("full", exact & (full | (query.day > 0)))
    levels[year == 0] = 0
    return levels


def _digits_apart(values: NDArray[np.int32], asked: int, digits: int) -> NDArray[np.int32]:
    apart = np.zeros(len(values), np.int32)
    for power in range(digits):
        apart += values // 10**power % 10 != asked // 10**power % 10
    return apart


def place_levels(parts: Sequence[tuple[int, str]], rows: Rows, places: PartLevels) -> Levels:
    """The level of each row's place.

    Args:
        parts: the query's units, smallest first, with the number of each's sound.
    """
    own = rows["place"]
    levels = np.full(len(rows), PLACE.index("differ"), np.uint8)
    for at in range(len(parts) - 1, -1, -1):
        agree = places.of(parts[at][1], own.ravel()).reshape(own.shape)
        there = (agree >= _AT["same"]) & (agree <= _AT["sound"])
        close = (agree == _AT["shape"]) | (agree == _AT["near"])
        if at:
            levels[there.any(axis=1)] = PLACE.index("coarse")
        else:
            levels[close.any(axis=1)] = PLACE.index("near")
            levels[there.any(axis=1)] = PLACE.index("same")
    levels[own[:, 0] == 0] = 0
    return levels
