"""What two rows have in common, field by field, as evidence that adds up.

Fellegi and Sunter (1969): a field whose agreement has level L says log(m / u): how likely L is when
both are one person (m, learnt, in ``weights.yaml``), over how likely it is by chance (u). For
agreement u is counted in the list itself: how many bear this very name, this sound of it, this
year. So a shared rare name says more than a shared Nguyễn Văn Anh.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.tables import yaml_table
from common.text import fold
from extract.match.index import PeopleIndex
from extract.match.levels import (
    DATE,
    PART,
    PLACE,
    SEX,
    Levels,
    PartLevels,
    date_levels,
    near,
    place_levels,
)
from extract.match.names import parse_name
from extract.match.people import Person, parse_date, parse_sex
from extract.match.rows import PARTS, SEXES, Rows, place_parts

WEIGHTS = Path(__file__).parent / "weights.yaml"
FIELDS = (*PARTS, "birth", "sex", "place")
LEVELS: Mapping[str, tuple[str, ...]] = dict.fromkeys(PARTS, PART) | {
    "birth": DATE, "sex": SEX, "place": PLACE
}  # fmt: skip
FAMILY = tuple(field for field in FIELDS if field in ("own_surname", "place") or "ther_" in field)
"""Fields that brothers and sisters share."""

_DAYS, _MONTHS = 365.25, 12.0
_GLANCE = {"year": 4.0, "month": 2.5, "day": 3.4}  # logs of how many years, months, days there are
CROWD = 10.0  # people at large who are counted with a list's: a short one tells little of chance
_FLOOR = 0.5  # rows that a level is taken to have by chance at least


@dataclass(frozen=True)
class Learnt:
    """``weights.yaml``: m and u of every level of every field, and how the fields are weighed."""

    m: Mapping[str, NDArray[np.float64]]
    u: Mapping[str, NDArray[np.float64]]
    weight: NDArray[np.float64]
    siblings: float
    twins: float

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Learnt:
        def read(name: str) -> dict[str, NDArray[np.float64]]:
            return {
                field: np.array([float(table[name][field].get(level, 1.0)) for level in levels])
                for field, levels in LEVELS.items()
            }

        weight = np.array([float(table["weight"][field]) for field in FIELDS])
        others = (float(table[name]) for name in ("siblings", "twins"))
        return cls(read("m"), read("u"), weight, *others)


@lru_cache(maxsize=1)
def learnt() -> Learnt:
    """The package's own weights."""
    return Learnt.of(yaml_table(WEIGHTS))


class Evidence:
    """Compares queries with rows of one index."""

    def __init__(self, index: PeopleIndex, weights: Learnt | None = None) -> None:
        self.index, self.learnt = index, weights or learnt()
        self._parts, self._places = PartLevels(index.parts), PartLevels(index.places)
        self._chances = lru_cache(maxsize=4096)(self._part_chances)

    def promising(self, query: Person, rows: Rows, count: int) -> NDArray[np.int64]:
        """The ``count`` rows with the most in common, at a glance: parts of the same sound, by
        their rarity, and parts of the date. All rows where they are no more."""
        if len(rows) <= count:
            return np.arange(len(rows))
        glance = np.zeros(len(rows))
        for at, (column, part) in enumerate(_parts_of(query).items()):
            number = self.index.parts.key_number("sound", part) if part else 0
            if number > 0:
                share = self.index.counts.share(at, "sound", number)
                glance += -math.log(max(share, 1e-7)) * (self._sounds[rows[column]] == number)
        for part, known in zip(_GLANCE, parse_date(query.birth) or (), strict=False):
            glance += _GLANCE[part] * (rows[part] == known) if known else 0.0
        return np.asarray(np.argpartition(-glance, count)[:count])

    def levels(self, query: Person, rows: Rows) -> Levels:
        """The level of every field of every row: (rows, fields)."""
        out = np.zeros((len(rows), len(FIELDS)), np.uint8)
        texts = _parts_of(query)
        for at, (column, part) in enumerate(texts.items()):
            out[:, at] = self._parts.of(part, rows[column])
        out[self._bears_fathers(texts, rows), FIELDS.index("father_surname")] = 0
        out[:, FIELDS.index("birth")] = date_levels(parse_date(query.birth), rows)
        sex = SEXES.get(parse_sex(query.sex), 0)
        known = (rows["sex"] > 0) & (sex > 0)
        out[:, FIELDS.index("sex")] = np.where(known, np.where(rows["sex"] == sex, 1, 2), 0)
        parts = [(0, part) for part in place_parts(query.place)]
        if parts:
            out[:, FIELDS.index("place")] = place_levels(parts, rows, self._places)
        return out

    def tables(self, query: Person) -> list[NDArray[np.float64]]:
        """What each level of each field says of this query: log(m / u), 0 for what is missing."""
        chances = [
            *(self._chances(at, part) for at, part in enumerate(_parts_of(query).values())),
            self._date_chances(query),
            self._sex_chances(query),
            self._place_chances(query),
        ]
        tables = []
        people = len(self.index)
        for field, counted in zip(FIELDS, chances, strict=True):
            chance = (people * counted + CROWD * self.learnt.u[field]) / (people + CROWD)
            said = np.log(self.learnt.m[field]) - np.log(chance)
            said[0] = 0.0
            tables.append(said)
        return tables

    def compare(self, query: Person, rows: Rows) -> tuple[Levels, NDArray[np.float64]]:
        """Levels and what they say, (rows, fields) each; not yet weighed."""
        levels = self.levels(query, rows)
        said = np.empty(levels.shape)
        for at, table in enumerate(self.tables(query)):
            said[:, at] = table[levels[:, at]]
        return levels, said

    def total(self, said: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log odds that each row is the query's person, against anyone of the list.

        Who agrees by chance may be a stranger, a brother or sister (who shares `FAMILY`), or a
        twin (who shares the birth, too): a mixture, so that parents alone never make a match.
        """
        people = max(len(self.index), 1)
        return total(said, self.learnt, people) - math.log(people)

    def _bears_fathers(self, texts: Mapping[str, str], rows: Rows) -> NDArray[np.bool_]:
        """Both bear their father's surname: then his says no more than their own."""
        own, father = (
            self.index.parts.key_number("sound", texts[name])
            for name in ("own_surname", "father_surname")
        )
        sounds = self._sounds
        same = sounds[rows["own_surname"]] == sounds[rows["father_surname"]]
        return np.asarray(same & (own == father))

    @cached_property
    def _sounds(self) -> NDArray[np.int32]:
        return self.index.parts.keys("sound")

    def _part_chances(self, column: int, part: str) -> NDArray[np.float64]:
        """u of each level of a name's part."""
        u = self.learnt.u[PARTS[column]].copy()
        counts, vocabulary = self.index.counts, self.index.parts
        if not part:
            return u
        floor = _FLOOR / max(len(self.index), 1)
        share = {
            key: counts.share(column, key, vocabulary.key_number(key, part))
            for key in ("spelling", "fold", "sound", "shape")
        }
        u[PART.index("same")] = max(share["spelling"], floor)
        u[PART.index("marks")] = max(share["fold"] - share["spelling"], floor)
        u[PART.index("sound")] = max(share["sound"] - share["fold"], floor)
        u[PART.index("shape")] = max(share["shape"] - share["fold"], floor)
        close = near(fold(part), counts.common, counts.common_lengths)
        beside = float(counts.common_shares[column][close].sum()) - share["fold"]
        u[PART.index("near")] = max(beside, 10 * floor, 1e-4)
        return u

    def _date_chances(self, query: Person) -> NDArray[np.float64]:
        u = self.learnt.u["birth"].copy()
        date = parse_date(query.birth)
        if date:
            share = self.index.counts.year_share(date.year)
            u[DATE.index("full")] = share / _DAYS
            u[DATE.index("month")] = share / _MONTHS
            u[DATE.index("year")] = share
            u[DATE.index("swapped")] = share / _DAYS
        return u

    def _sex_chances(self, query: Person) -> NDArray[np.float64]:
        sexes = self.index.counts.sexes
        own = SEXES.get(parse_sex(query.sex), 0)
        share = (sexes[own] + 1) / (sexes[1:].sum() + 2) if own else 0.5
        return np.array([1.0, share, 1.0 - share])

    def _place_chances(self, query: Person) -> NDArray[np.float64]:
        u = self.learnt.u["place"].copy()
        parts = place_parts(query.place)
        people, places = len(self.index), self.index.places
        floor = _FLOOR / max(people, 1)
        shares = [
            min(self.index.counts.place_share(places.key_number("sound", part), people), 0.95)
            for part in parts
        ]
        if shares:
            u[PLACE.index("same")] = max(shares[0], floor)
            u[PLACE.index("coarse")] = max(max(shares) - shares[0], floor)
        return u


def total(
    said: NDArray[np.float64], weights: Learnt, people: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Log odds against anyone of a list of ``people``, the list's size not yet taken off; ``said``
    is (rows, fields)."""
    by_chance, _ = others(said, weights, people)
    return np.asarray((said * weights.weight).sum(axis=1) - by_chance)


def others(
    said: NDArray[np.float64],
    weights: Learnt,
    people: float | NDArray[np.float64],
    middle: float = 0.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log odds of what is said, were the row another's: a stranger's, a brother's or sister's or a
    twin's; and those of a twin alone.

    Args:
        middle: of brothers and sisters, the share who bear one middle name.
    """
    weighed = said * weights.weight
    family = weighed[:, _IS_FAMILY].sum(axis=1)
    if middle:
        own = weighed[:, FIELDS.index("own_middle")]
        family = family + np.logaddexp(math.log(1 - middle), math.log(middle) + own)
    kin = math.log(weights.siblings) - np.log(people) + family
    twin = math.log(weights.twins) + kin + weighed[:, FIELDS.index("birth")]
    return np.logaddexp(np.logaddexp(0.0, kin), twin), twin


_IS_FAMILY = np.array([field in FAMILY for field in FIELDS])


def _parts_of(query: Person) -> dict[str, str]:
    texts = (query.name, query.father, query.mother)
    parts = [part for text in texts for part in parse_name(text) or ("", "", "")]
    return dict(zip(PARTS, parts, strict=True))
