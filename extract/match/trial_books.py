"""Books whose truth is known, and lists that know their people rightly, wrongly or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import NamedTuple

from extract.match.build import index_of
from extract.match.index import PeopleIndex
from extract.match.noise import near_name
from extract.match.people import Person, person_of
from extract.match.simulate import listed, population
from extract.record import FieldValue, Record, read_records

NAMES: Mapping[str, str] = {"nksHoTen": "name", "chaHoTen": "father", "meHoTen": "mother"}
BIRTH = "nksNgaySinh"
_SIBLINGS = 0.3  # of people not in the list, the share of whom a brother or sister is


class Book(NamedTuple):
    """One extracted book with its truth."""

    name: str
    records: list[Record]
    truth: dict[tuple[int, int], Record]

    def pairs(self, code: str) -> Iterator[tuple[FieldValue, FieldValue]]:
        """(truth, read) of a field, wherever the truth has a value."""
        for own in self.records:
            if own.key in self.truth and self.truth[own.key].get(code).value:
                yield self.truth[own.key].get(code), own.get(code)


def read_book(folder: Path) -> Book:
    """A book with its truth, from the folder of `hotich evaluate books --work`."""
    truth = {record.key: record for record in read_records(folder / "truth.jsonl")}
    return Book(folder.name, read_records(folder / "extracted" / "records.jsonl"), truth)


def trial_index(kind: str, books: Sequence[Book], people: int, seed: int) -> PeopleIndex:
    """A list of this kind (of `LISTS`), with ``people`` others."""
    return index_of(chain(islice(population(seed), people), rows_of(kind, books, seed)))


def rows_of(kind: str, books: Sequence[Book], seed: int) -> Iterator[Person]:
    """What a list of this kind (of `LISTS`) has to do with the books' people."""
    rng = Random(f"books {seed}")
    for book in books:
        read = {record.key: record for record in book.records}
        for key, record in sorted(book.truth.items()):
            person = replace(person_of(record.as_json()), id=f"{book.name}-{key[0]}-{key[1]}")
            if person.name:
                yield from LISTS[kind](person, read.get(key), rng)


def _kin(person: Person, read: Record | None, rng: Random) -> Iterator[Person]:
    """A brother or sister of some."""
    if rng.random() < _SIBLINGS:
        other = _somebody(rng)
        name = " ".join([_surname(person.name), *other.name.split()[1:]])
        yield replace(person, name=name, birth=other.birth, sex=other.sex)


def _alike(person: Person, read: Record | None, rng: Random) -> Iterator[Person]:
    """Others of the same surnames and commune whose names are spelt nearly so: one with the same
    parents, two with parents of nearly the same names."""
    for number in range(3):
        parents = {} if number == 0 else {
            who: near_name(getattr(person, who), rng) for who in ("father", "mother")
        }  # fmt: skip
        birth = f"{_somebody(rng).birth[:6]}{int(person.birth[-4:] or 0) + rng.randint(-3, 3)}"
        yield replace(
            person,
            id=f"{person.id}-{number}",
            name=near_name(person.name, rng),
            birth=birth if person.birth else "",
            **parents,
        )


def _wrong(person: Person, read: Record | None, rng: Random) -> Iterator[Person]:
    """The person, but for one name, which is the reader's second choice where it has one."""
    code, field = rng.choice(list(NAMES.items()))
    name = getattr(person, field)
    own = read.get(code) if read else FieldValue()
    offered = [text for text, _ in own.alternatives if text != name]
    yield replace(person, **{field: offered[0] if offered else near_name(name, rng)})


def _misdated(person: Person, read: Record | None, rng: Random) -> Iterator[Person]:
    """The person, with the reader's second choice as day of birth, where it has one."""
    own = read.get(BIRTH) if read else FieldValue()
    offered = [text for text, _ in own.alternatives if text != person.birth]
    yield replace(person, birth=offered[0] if offered else person.birth)


LISTS: Mapping[str, Callable[[Person, Record | None, Random], Iterator[Person]]] = {
    "listed": lambda person, _, rng: listed(person, rng),
    "kin": _kin,
    "alike": _alike,
    "wrong": _wrong,
    "misdated": _misdated,
}
"""``listed``: everyone, as a clerk keyed them. ``kin``: nobody, but brothers and sisters of some.
``alike``: nobody, but for each three others who are easily taken for them. ``wrong``: everyone,
each with one name that is just what the reader could have read. ``misdated``: so with the day."""


def _somebody(rng: Random) -> Person:
    return next(islice(population(rng.randrange(10**6)), 1))


def _surname(name: str) -> str:
    return name.replace("-", " ").split()[0]
