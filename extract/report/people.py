"""Who did what: people's answers, the time they took, and how often two people agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from common.text import fold
from extract.record import CORRECTION, MACHINE, SECOND, THIRD, FieldValue
from extract.reopen import Extracted


@dataclass
class Person:
    """One person's work.

    Attributes:
        fields: answers given; ``second`` of them as blind second readings.
        changed: answers other than the machine's.
        seconds: how long each field was before them, where that is known.
        first, last: times of the first and the last answer.
    """

    name: str
    fields: int = 0
    second: int = 0
    changed: int = 0
    seconds: list[float] = field(default_factory=list)
    first: str = ""
    last: str = ""

    @property
    def usual_seconds(self) -> float | None:
        """The median: a break does not count as work on one field."""
        return median(self.seconds) if self.seconds else None


@dataclass
class Agreement:
    """Fields that two people read: how many the same, how many the same but for diacritics, how
    many were settled by a third."""

    n: int = 0
    same: int = 0
    letters: int = 0
    settled: int = 0


@dataclass(frozen=True)
class Work:
    """Everything people did in a book."""

    people: tuple[Person, ...]
    agreement: Agreement


def work_of(book: Extracted) -> Work:
    """What people did, busiest first."""
    people: dict[str, Person] = {}
    agreement = Agreement()
    for values in book.store.histories(book.name).values():
        said = [value for value in values if value.author != MACHINE]
        machine = [value for value in values if value.author == MACHINE]
        for value in said:
            _add(people.setdefault(value.author, Person(value.author)), value, machine)
        _compare(agreement, said)
    for effort in book.store.efforts(book.name):
        if effort.author in people:
            people[effort.author].seconds.append(effort.seconds)
    busiest = sorted(people.values(), key=lambda person: (-person.fields, person.name))
    return Work(tuple(busiest), agreement)


def _add(person: Person, value: FieldValue, machine: Sequence[FieldValue]) -> None:
    person.fields += 1
    person.second += value.source.startswith(SECOND)
    person.changed += bool(machine) and not machine[-1].agrees(value)
    person.first = min(person.first or value.time, value.time)
    person.last = max(person.last, value.time)


def _compare(agreement: Agreement, said: Sequence[FieldValue]) -> None:
    """Count a field that two different people read, by their last words before any third."""
    by_kind: dict[str, list[FieldValue]] = defaultdict(list)
    for value in said:
        by_kind[value.source.split("@")[0] + "@"].append(value)
    if not (by_kind[SECOND] and by_kind[CORRECTION]):
        return
    opener = by_kind[CORRECTION][0].author
    others = [value for value in by_kind[CORRECTION] if value.author != opener]
    first = [value for value in by_kind[CORRECTION] if value.author == opener][-1]
    second = by_kind[SECOND][-1]
    if opener == second.author:
        return
    agreement.n += 1
    agreement.same += first.agrees(second)
    agreement.letters += fold(first.value or "") == fold(second.value or "")
    agreement.settled += not first.agrees(second) and bool(by_kind[THIRD] or others)
