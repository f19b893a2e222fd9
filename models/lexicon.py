"""Names, places, work and phrases of the registers, with weights, from `lexicons/*.tsv`.

The tables are plain text a clerk can correct; `lexicons/README.md` says where each comes from.
Weights are relative: a count of people, units or uses. Everything is NFC.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from common.errors import UsageError
from common.text import nfc

TABLES = Path(__file__).parent / "lexicons"
SEXES = ("male", "female")
OLD_NAME_WEIGHT = 60.0
"""What one mark in ``old_male``/``old_female`` counts: as a name of sixty people would."""


class Unit(NamedTuple):
    """A commune with what it belongs to; ``district`` is empty for the units of 2025."""

    province: str
    district: str
    commune: str


@cache
def surnames() -> Mapping[str, float]:
    """Surnames and how many bear them."""
    return _weights({row["surname"]: float(row["count"]) for row in _rows("surnames")})


@cache
def middle_names(sex: str | None = None) -> Mapping[str, float]:
    """Middle names (chữ đệm) of one sex (``male``, ``female``), or of both."""
    return _weights(_by_sex("middle_names", sex))


@cache
def given_names(sex: str | None = None, old: bool = False) -> Mapping[str, float]:
    """Given names of one sex, or of both.

    The counts come from young people; ``old`` gives the names of the first half of the
    twentieth century instead (own knowledge, unsourced).
    """
    if not old:
        return _weights(_by_sex("given_names", sex))
    marks = {r["name"]: _sum(r, "old_", sex) * OLD_NAME_WEIGHT for r in _rows("given_names")}
    return _weights(marks)


@cache
def units() -> tuple[Unit, ...]:
    """Every commune as it stood before July 2025: 63 provinces with their districts."""
    rows = _rows("units_before_2025")
    return tuple(Unit(r["province"], r["district"], r["commune"]) for r in rows)


@cache
def units_2025() -> tuple[Unit, ...]:
    """Every commune since July 2025: 34 provinces, no districts."""
    return tuple(Unit(r["province"], "", r["commune"]) for r in _rows("units_2025"))


@cache
def provinces() -> Mapping[str, float]:
    """Provinces of today and of every earlier time, without ``tỉnh`` or ``thành phố``."""
    found = Counter(row["name"] for row in _rows("provinces_historical"))
    found.update({bare_unit(unit.province) for unit in (*units(), *units_2025())})
    return _weights({name: float(weight) for name, weight in found.items()})


@cache
def places() -> Mapping[str, float]:
    """Names of provinces, districts and communes, old and new, without the kind of unit."""
    found: Counter[str] = Counter(dict.fromkeys(provinces(), 5))
    for unit in {*units(), *units_2025()}:
        found.update(bare_unit(name) for name in unit if name)
    return _weights({name: float(weight) for name, weight in found.items()})


@cache
def ethnic_groups() -> Mapping[str, float]:
    """Ethnic groups, their subgroups and old names; Kinh is by far the most frequent."""
    rows = _rows("ethnic_groups")
    found = {row["name"]: 1.0 if row["name"] == row["group"] else 0.3 for row in rows}
    return _weights({**found, "Kinh": 400.0})


@cache
def phrases(kind: str) -> Mapping[str, float]:
    """Phrases of one kind: ``occupation``, ``sex``, ``relation``, ``note``, ``ditto`` …

    Some hold places to fill, such as ``{name}`` or ``{date}``.

    Raises:
        UsageError: there is no such kind.
    """
    found = {row["text"]: float(row["weight"]) for row in _rows("phrases") if row["kind"] == kind}
    if not found:
        raise UsageError(f"no phrases of kind {kind}", hint="see models/lexicons/phrases.tsv")
    return _weights(found)


def nationalities() -> Mapping[str, float]:
    """Nationalities as clerks write them."""
    return phrases("nationality")


KINDS = (
    "Thành phố", "Thị xã", "Thị trấn", "Đặc khu", "Phường", "Quận", "Huyện", "Tỉnh", "Xã",
)  # fmt: skip


def bare_unit(name: str) -> str:
    """The name of a unit without its kind: ``Huyện Ba Tri`` → ``Ba Tri``, ``Quận 1`` kept."""
    for kind in KINDS:
        rest = name.removeprefix(kind + " ")
        if rest != name:
            return name if rest.isdigit() else rest
    return name


def _by_sex(table: str, sex: str | None) -> dict[str, float]:
    return {row["name"]: _sum(row, "", sex) for row in _rows(table)}


def _sum(row: Mapping[str, str], prefix: str, sex: str | None) -> float:
    if sex is not None and sex not in SEXES:
        raise UsageError(f"no names of sex {sex}", hint="male, female or nothing")
    return float(sum(int(row[prefix + each]) for each in SEXES if sex in (None, each)))


def _weights(found: Mapping[str, float]) -> Mapping[str, float]:
    return MappingProxyType({nfc(text): weight for text, weight in found.items() if weight > 0})


@cache
def _rows(table: str) -> tuple[dict[str, str], ...]:
    with (TABLES / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
