"""Links within and across books, measured on simulated registers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import NamedTuple

from extract.match.links import Mention, kind_of, link_mentions
from extract.match.people import Person
from extract.match.simulate import asked, population
from extract.record import Record

_TWICE, _DIED, _MARRIED, _RECOGNISED = 0.01, 0.2, 0.3, 0.02


class LinkFigure(NamedTuple):
    """Of one kind of link: how many there are, how many were found, and of those how many true."""

    kind: str
    true: int
    found: int
    right: int

    def __str__(self) -> str:
        recall = self.right / self.true if self.true else 0.0
        precision = self.right / self.found if self.found else 1.0
        return (
            f"{self.kind}: recall {recall:.3f} (n={self.true}), precision {precision:.3f} "
            f"(n={self.found})"
        )


def evaluate_links(people: int, seed: int) -> Iterator[LinkFigure]:
    """Draw registers of ``people`` people, spoilt by clerks and readers, and link them."""
    written = list(_registers(people, seed))
    found = link_mentions([mention for mention, _ in written])
    who = {id(mention): person for mention, person in written}
    mentioned: dict[str, list[Mention]] = {}
    births: dict[tuple[str, str, str], set[str]] = {}
    for mention, person in written:
        mentioned.setdefault(person.id, []).append(mention)
        births.setdefault((person.father, person.mother, person.birth), set()).add(person.id)
    true = Counter(_true_kinds(mentioned))
    true["twins"] = sum(_twin_pairs(births, mentioned))
    given, right = Counter(link.kind for link in found), Counter[str]()
    for link in found:
        one, other = who[id(link.one)], who[id(link.other)]
        twins = one.id != other.id and (one.father, one.mother, one.birth) == (
            other.father, other.mother, other.birth
        )  # fmt: skip
        right[link.kind] += twins if link.kind == "twins" else one.id == other.id
    for kind in sorted({*true, *given}):
        yield LinkFigure(kind, true[kind], given[kind], right[kind])


def _registers(people: int, seed: int) -> Iterator[tuple[Mention, Person]]:
    rng, number = Random(f"links {seed}"), 0

    def entry(register: str, role: str, person: Person) -> tuple[Mention, Person]:
        nonlocal number
        number += 1
        told = asked(person, rng, number)
        if register != "KS":
            told = Person(told.id, told.name, told.birth, told.sex)
        return Mention(
            Record(register, number, 1, register, ""), f"{register}.{role}", told
        ), person

    for person in islice(population(seed), people):
        yield entry("KS", "child", person)
        if rng.random() < _TWICE:
            yield entry("KS", "child", person)
        if rng.random() < _DIED:
            yield entry("KT", "deceased", person)
        if rng.random() < _MARRIED:
            yield entry("KH", "husband" if person.sex == "Nam" else "wife", person)
        if rng.random() < _RECOGNISED:
            yield entry("CMC", "child", person)


def _true_kinds(mentioned: dict[str, list[Mention]]) -> Iterator[str]:
    for same in mentioned.values():
        for at, one in enumerate(same):
            for other in same[at + 1 :]:
                kind = kind_of(one.role, other.role)
                if kind:
                    yield kind["kind"]


def _twin_pairs(
    births: dict[tuple[str, str, str], set[str]], mentioned: dict[str, list[Mention]]
) -> Iterator[int]:
    for ids in births.values():
        entries = [sum(m.role == "KS.child" for m in mentioned[who]) for who in sorted(ids)]
        yield sum(a * b for at, a in enumerate(entries) for b in entries[at + 1 :])
