"""The country's units: which commune lies in which district, which district in which province.

Of every time the tables know (`models.lexicon.units`); names in a form of their own (`name_of`),
under which ``Hoá`` and ``Hóa``, ``Bến-tre`` and ``Bến Tre`` are one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache

from extract.decision.recurring import SLIP, apart
from extract.decision.votes import in_one_spelling, is_hamlet, named_by
from extract.parse.tables import table
from models import lexicon

_BROKEN_OFF = 0.02  # share of places that break off within their last name
_APART = 0.34  # letters of a name that may differ


@lru_cache(maxsize=50_000)
def near(name: str, below: str, above: str) -> tuple[tuple[str, float], ...]:
    """Units near a name that lie in what stands above it, or hold what stands below it; with the
    odds that they are read so. None where the name does so itself."""
    if not name or lies(name, above) or (not above and lies(below, name)):
        return ()
    found = {}
    for known in sorted({*_within().get(above, ()), *_around().get(below, ())} - {name}):
        letters = apart(known, name)
        if known.startswith(f"{name} ") and not above:
            found[known] = _BROKEN_OFF
        elif len(known.split()) == len(name.split()) and letters <= _APART * len(known):
            found[known] = math.pow(SLIP, letters)
    return tuple(found.items())


@lru_cache(maxsize=50_000)
def chain(words: tuple[str, ...], above: str) -> tuple[str, ...]:
    """The words cut into units of which each lies in the next, the last in ``above``; empty where
    they are none."""
    whole = " ".join(words)
    if lies(name_of(whole), above):
        return (whole,)
    for cut in range(len(words) - 1, 0, -1):
        last = " ".join(words[cut:])
        if (above and not lies(name_of(last), above)) or name_of(last) not in written():
            continue
        rest = chain(words[:cut], name_of(last))
        if rest:
            return (*rest, last)
    return ()


@lru_cache(maxsize=50_000)
def name_of(part: str) -> str:
    """The bare name of a part, in a form of its own (`alike`); empty of a hamlet."""
    return "" if not part or is_hamlet(part) else alike(" ".join(named_by(part.split())))


def alike(text: str) -> str:
    """One form for ``Hoá`` and ``Hóa``, ``Bến-tre`` and ``Bến Tre``."""
    return in_one_spelling(text.replace("-", " "))


def lies(one: str, other: str) -> bool:
    """Whether the one unit lies, or lay, in the other."""
    return other in _around().get(one, ())


@cache
def written() -> Mapping[str, str]:
    """Units, their names as the tables write them, less the words for their kinds."""
    halves = {half for name in lexicon.places() for half in _whole(name)}
    bare = (" ".join(named_by(name.split())) for name in sorted({*halves, *lexicon.places()}))
    known = {name_of(name): name for name in bare}
    return {name: spelt for name, spelt in known.items() if name}


@cache
def _around() -> Mapping[str, frozenset[str]]:
    """Units → the units that they lie in, at any time."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for unit in {*lexicon.units(), *lexicon.units_2025()}:
        commune, district, province = (
            lexicon.bare_unit(name) for name in (unit.commune, unit.district, unit.province)
        )
        found[name_of(commune)].add(name_of(province))
        for name in _whole(district):
            found[name_of(commune)].add(name_of(name))
            found[name_of(name)].add(name_of(province))
    return {name: frozenset(filter(None, others)) for name, others in found.items() if name}


def _whole(district: str) -> tuple[str, ...]:
    """A district, and what it was before it was parted into a north and a south; none of none."""
    *rest, last = district.split() or [""]
    parted = len(rest) > 1 and last in table("places")["sides"]
    return tuple(filter(None, (district, " ".join(rest) if parted else "")))


@cache
def _within() -> Mapping[str, frozenset[str]]:
    """Units → the units that lie in them."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, others in _around().items():
        for other in others:
            found[other].add(name)
    return {name: frozenset(others) for name, others in found.items()}


@cache
def provinces() -> frozenset[str]:
    """Provinces, of today and of every earlier time."""
    return frozenset(name_of(name) for name in lexicon.provinces())
