"""People as rows of numbers: what is compared, 64 bytes a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from common.text import fold, squeeze
from extract.match.names import parse_name
from extract.match.people import Person, parse_date, parse_sex
from extract.match.vocabulary import Vocabulary
from extract.parse.tables import table

PARTS = tuple(
    f"{who}_{part}"
    for who in ("own", "father", "mother")
    for part in ("surname", "middle", "given")
)
PLACES = 4
ROW = np.dtype(
    [(part, "<i4") for part in PARTS]
    + [("place", "<i4", (PLACES,)), ("year", "<i2"), ("month", "i1"), ("day", "i1"), ("sex", "i1")],
    align=True,
)
SEXES = {"M": 1, "F": 2}
_NOBODY, _NO_DATE = ("", "", ""), (0, 0, 0)
_BETWEEN = re.compile(r"[,;]| - ")

Rows = NDArray[np.void]


@lru_cache(maxsize=1 << 16)
def place_parts(text: str) -> tuple[str, ...]:
    """The units of a place, the smallest first, without their kinds: at most four."""
    pieces = (_bare(piece) for piece in _BETWEEN.split(squeeze(text).casefold()))
    found = [piece for piece in pieces if piece]
    return tuple(found[-PLACES:])


def encode(people: Sequence[Person], parts: Vocabulary, places: Vocabulary) -> Rows:
    """The rows of people whose parts are (or now become) those of the vocabularies."""
    rows = np.zeros(len(people), ROW)
    known, new = parts.numbers, parts.number

    def number(part: str) -> int:
        found = known.get(part)
        return new(part) if found is None else found

    found = []
    for person in people:
        surname, middle, given = parse_name(person.name) or _NOBODY
        father = parse_name(person.father) or _NOBODY
        mother = parse_name(person.mother) or _NOBODY
        found.append(
            (
                number(surname), number(middle), number(given),
                number(father[0]), number(father[1]), number(father[2]),
                number(mother[0]), number(mother[1]), number(mother[2]),
                _places(person.place, places), *(parse_date(person.birth) or _NO_DATE),
                SEXES.get(parse_sex(person.sex), 0),
            )
        )  # fmt: skip
    rows[:] = found
    return rows


def _places(text: str, places: Vocabulary) -> tuple[int, ...]:
    found = [places.number(part) for part in place_parts(text)] if text else []
    return (*found, 0, 0, 0, 0)[:PLACES]


def _bare(piece: str) -> str:
    """A unit's name without its kind: ``xã Tân Lập`` → ``tân lập``; a bare number keeps it."""
    words = re.findall(r"[\w']+", piece)
    while len(words) > 1 and not words[-1].isdigit():
        lead = 2 if " ".join(map(fold, words[:2])) in _kinds() and len(words) > 2 else 0
        lead = lead or int(fold(words[0]) in _kinds())
        if not lead:
            break
        words = words[lead:]
    return " ".join(words)


@cache
def _kinds() -> frozenset[str]:
    return frozenset(fold(kind) for kind in table("places")["kinds"])
