"""What two rows have in common, as named numbers that add up.

Every feature is 0 when either side is empty, so a missing field is neutral. Agreement on a name
counts by how rare it is (``…_rarity``: log of 1 in how many people of the existing list would agree
by chance), after Fellegi and Sunter (1969); the weights stand in ``weights.yaml``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from common.text import fold
from extract.match.names import LEVELS, Name, parse_name, part_level, sound
from extract.match.people import Date, Person, parse_date, parse_sex

_PARTS = ("surname", "middle", "given")
_WHOLE = ("same", "sound", "near", "differ")
_DATE = ("full", "partial", "swapped", "one_digit", "near_year", "differ")

FEATURES = (
    "bias",
    *(f"name_{part}_{level}" for part in _PARTS for level in LEVELS),
    "name_rarity",
    "name_likeness",
    *(f"birth_{level}" for level in _DATE),
    "birth_rarity",
    "sex_same",
    "sex_differ",
    *(f"{who}_{level}" for who in ("father", "mother") for level in _WHOLE),
    "father_rarity",
    "mother_rarity",
    "place_likeness",
)
_AT = {name: column for column, name in enumerate(FEATURES)}


class Rarity:
    """How often each surname, middle and given name (by sound) stands in a list of people."""

    def __init__(self, names: Iterable[str]) -> None:
        self._counts: tuple[Counter[str], ...] = (Counter(), Counter(), Counter())
        self._total = 0
        for text in names:
            name = parse_name(text)
            if name:
                self._total += 1
                for counts, part in zip(self._counts, name, strict=True):
                    counts[sound(part)] += 1

    def of(self, position: int, part: str) -> float:
        """log(1 / share of people with this part); a part never seen counts as seen half once."""
        count = self._counts[position][sound(part)] or 0.5
        return math.log((self._total + 1) / count)


def compare(query: Person, other: Person, rarity: Rarity) -> NDArray[np.float64]:
    """The evidence that ``query`` and ``other`` are one person: a vector in `FEATURES` order."""
    row = np.zeros(len(FEATURES))
    row[_AT["bias"]] = 1.0
    _names(row, parse_name(query.name), parse_name(other.name), rarity)
    _births(row, parse_date(query.birth), parse_date(other.birth))
    sexes = parse_sex(query.sex), parse_sex(other.sex)
    if all(sexes):
        row[_AT["sex_same" if sexes[0] == sexes[1] else "sex_differ"]] = 1.0
    _parent(row, "father", query.father, other.father, rarity)
    _parent(row, "mother", query.mother, other.mother, rarity)
    if query.place and other.place:
        likeness = fuzz.token_set_ratio(fold(query.place), fold(other.place)) / 100
        row[_AT["place_likeness"]] = likeness - 0.5
    return row


def _names(row: NDArray[np.float64], left: Name | None, right: Name | None, rarity: Rarity) -> None:
    if left is None or right is None:
        return
    for position, part in enumerate(_PARTS):
        level = part_level(left[position], right[position])
        if level == "missing":
            continue
        row[_AT[f"name_{part}_{level}"]] = 1.0
        if level in ("same", "marks", "sound"):
            row[_AT["name_rarity"]] += rarity.of(position, right[position])
    row[_AT["name_likeness"]] = fuzz.ratio(left.folded, right.folded) / 100 - 0.5


def _parent(row: NDArray[np.float64], who: str, left: str, right: str, rarity: Rarity) -> None:
    one, other = parse_name(left), parse_name(right)
    if one is None or other is None:
        return
    levels = [part_level(a, b) for a, b in zip(one, other, strict=True)]
    agree = [level in ("same", "marks", "sound", "missing", "initial") for level in levels]
    if all(level in ("same", "missing") for level in levels):
        whole = "same"
    elif all(agree):
        whole = "sound"
    else:
        whole = "near" if fuzz.ratio(one.folded, other.folded) >= 80 else "differ"
    row[_AT[f"{who}_{whole}"]] = 1.0
    row[_AT[f"{who}_rarity"]] = sum(
        rarity.of(position, other[position])
        for position, level in enumerate(levels)
        if level in ("same", "marks", "sound")
    )


def _births(row: NDArray[np.float64], left: Date | None, right: Date | None) -> None:
    if left is None or right is None:
        return
    level = _date_level(left, right)
    row[_AT[f"birth_{level}"]] = 1.0
    if level in ("full", "partial"):
        known = [all(pair) for pair in zip(left, right, strict=True)]
        chances = (60.0, 12.0, 30.4)
        row[_AT["birth_rarity"]] = sum(
            math.log(chance) for chance, both in zip(chances, known, strict=True) if both
        )


def _date_level(left: Date, right: Date) -> str:
    pairs = list(zip(left, right, strict=True))
    if all(a == b for a, b in pairs if a and b):
        return "full" if all(a and b for a, b in pairs) else "partial"
    if left.year == right.year and (left.month, left.day) == (right.day, right.month):
        return "swapped"
    if Levenshtein.distance(_digits(left, right), _digits(right, left)) == 1:
        return "one_digit"
    return "near_year" if abs(left.year - right.year) <= 1 else "differ"


def _digits(date: Date, other: Date) -> str:
    """The eight digits of ``date``, with zeros for what ``other`` does not know."""
    year, month, day = (a if b else 0 for a, b in zip(date, other, strict=True))
    return f"{year:04d}{month:02d}{day:02d}"
