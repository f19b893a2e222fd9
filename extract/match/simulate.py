"""People who never lived, and what clerks and readers make of them: the data of the match weights.

Families of one to five children share parents and place, so that brothers and sisters are the hard
negatives that they are in a register.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from common.text import fold
from extract.match.people import Person

_TWISTS = [
    ("ỏ", "õ"), ("ẻ", "ẽ"), ("ủ", "ũ"), ("ả", "ã"), ("ễ", "ể"), ("ỗ", "ổ"), ("ữ", "ử"), ("y", "i"),
    ("Đ", "D"), ("Tr", "Ch"), ("S", "X"), ("L", "N"), ("inh", "anh"), ("D", "Gi"), ("ng", "n"),
    ("ă", "â"), ("ơ", "o"), ("ư", "u"), ("ê", "e"), ("ô", "o"), ("á", "à"), ("ạ", "a"), ("í", "ì"),
]  # fmt: skip
_STROKES = ["nu", "un", "ao", "oa", "ec", "ce", "lt", "tl", "hk", "kh", "ri", "ir", "mn", "nm"]


class Names(NamedTuple):
    """Name parts with their counts."""

    surnames: Mapping[str, float]
    male: Mapping[str, float]
    female: Mapping[str, float]
    male_middle: Mapping[str, float]
    female_middle: Mapping[str, float]
    places: Sequence[str]


class _Draw:
    """Draws from name tables by frequency; the same seed draws the same people."""

    def __init__(self, names: Names, rng: np.random.Generator) -> None:
        self.rng, self.names = rng, names
        self._tables: dict[str, tuple[list[str], NDArray[np.float64]]] = {
            key: (list(table), np.cumsum(list(table.values())) / sum(table.values()))
            for key, table in names._asdict().items()
            if key != "places"
        }

    def part(self, key: str) -> str:
        values, shares = self._tables[key]
        return values[int(np.searchsorted(shares, self.rng.random()))]

    def name(self, sex: str, surname: str) -> str:
        middle = self.part(f"{sex}_middle") + " " if self.rng.random() < 0.95 else ""
        return f"{surname} {middle}{self.part(sex)}"

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)


def people(count: int, names: Names, seed: int) -> list[Person]:
    """``count`` people in families, born 1940 to 1999; a tenth lack each of the lesser fields."""
    draw = _Draw(names, np.random.default_rng(seed))
    found: list[Person] = []
    while len(found) < count:
        surname = draw.part("surnames")
        father = draw.name("male", surname)
        mother = draw.name("female", draw.part("surnames"))
        place = names.places[int(draw.rng.integers(len(names.places)))]
        year = int(draw.rng.integers(1940, 1995))
        for _ in range(int(draw.rng.integers(1, 6))):
            sex = "male" if draw.chance(0.51) else "female"
            day, month = int(draw.rng.integers(1, 29)), int(draw.rng.integers(1, 13))
            person = Person(
                id=f"P{len(found):07d}",
                name=draw.name(sex, surname),
                birth=f"{day:02d}.{month:02d}.{year}" if draw.chance(0.9) else str(year),
                sex="Nam" if sex == "male" else "Nữ",
                father=father if draw.chance(0.9) else "",
                mother=mother if draw.chance(0.9) else "",
                place=place if draw.chance(0.9) else "",
            )
            found.append(person)
            year += int(draw.rng.integers(1, 4))
    return found[:count]


def spoil(person: Person, rng: np.random.Generator, severity: float) -> Person:
    """The person as a clerk writes and a reader reads: spelling, strokes, dates, missing fields.

    Args:
        severity: 1 is a legible book (about one syllable in eight wrong); 2 a bad one.
    """

    def chance(share: float) -> bool:
        return bool(rng.random() < share * severity)

    def text(value: str) -> str:
        out = " ".join(_spoil_syllable(s, rng, severity) for s in value.split())
        if chance(0.03):
            out = fold(out)
        return out.replace(" ", "-") if chance(0.1) else out

    name = text(person.name)
    parts = name.split()
    if chance(0.03) and len(parts) > 2:
        name = " ".join([parts[0], *parts[2:]])
    elif chance(0.03) and len(parts) > 2:
        name = " ".join([parts[0], parts[1][0] + ".", *parts[2:]])
    return replace(
        person,
        name=name,
        birth=_spoil_date(person.birth, rng, severity),
        sex="" if chance(0.05) else person.sex if not chance(0.01) else "Nam",
        father="" if chance(0.12) else text(person.father),
        mother="" if chance(0.1) else text(person.mother),
        place="" if chance(0.2) else text(", ".join(person.place.split(", ")[int(chance(0.3)) :])),
    )


def _spoil_syllable(syllable: str, rng: np.random.Generator, severity: float) -> str:
    if rng.random() < 0.08 * severity:
        fitting = [(a, b) for pair in _TWISTS for a, b in (pair, pair[::-1]) if a in syllable]
        if fitting:
            old, new = fitting[int(rng.integers(len(fitting)))]
            return syllable.replace(old, new, 1)
    if rng.random() < 0.05 * severity:
        at = int(rng.integers(len(syllable)))
        stroke = _STROKES[int(rng.integers(len(_STROKES)))]
        kept = syllable[:at] + (stroke[0] if rng.random() < 0.8 else "") + syllable[at + 1 :]
        return kept or syllable
    return syllable


def _spoil_date(text: str, rng: np.random.Generator, severity: float) -> str:
    draw = rng.random() / severity
    parts = text.split(".")
    if draw < 0.04:
        return ""
    if draw < 0.1:
        return parts[-1]
    if draw < 0.12 and len(parts) == 3 and int(parts[0]) <= 12:
        return ".".join([parts[1], parts[0], parts[2]])
    if draw < 0.18:
        digits = [at for at, ch in enumerate(text) if ch.isdigit()]
        at = digits[int(rng.integers(len(digits)))]
        return text[:at] + str(rng.integers(10)) + text[at + 1 :]
    return text


def trial(
    existing: int, queries: int, names: Names, seed: int, *, absent: float = 0.2
) -> tuple[list[Person], list[tuple[Person, str | None]]]:
    """Existing people, and spoilt queries with the true id (``None``: not in the list).

    Those who are absent were taken out of the same families, so brothers and namesakes stay.
    """
    rng = np.random.default_rng([seed, 1])
    everyone = people(existing + int(queries * absent), names, seed)
    order = rng.permutation(len(everyone))
    out = set(order[: int(queries * absent)].tolist())
    asked = order[:queries].tolist()
    spoilt = [
        (
            replace(spoil(everyone[row], rng, float(rng.choice([0.5, 1.0, 2.0]))), id=f"Q{n}"),
            None if row in out else everyone[row].id,
        )
        for n, row in enumerate(asked)
    ]
    return [person for row, person in enumerate(everyone) if row not in out], spoilt
