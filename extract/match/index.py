"""Blocking: which existing rows are worth comparing with a query, without looking at all.

A row is found again when one of its keys is untouched by the errors of clerk and reader: the whole
name, the name with the year, the given name with day and month, the birth date, or the parents.
Keys are hashed into one sorted array, about 100 bytes a row.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from extract.match.evidence import Rarity
from extract.match.names import name_sound, parse_name, sound
from extract.match.people import Person, parse_date

BLOCK_LIMIT = 2000


class PeopleIndex:
    """The existing people, ready to be asked for candidates.

    Args:
        people: the existing rows, held in memory.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = list(people)
        self.rarity = Rarity(
            name for person in self.people for name in (person.name, person.father, person.mother)
        )
        hashes, rows = array("q"), array("I")
        for row, person in enumerate(self.people):
            for key in set(_keys(person)):
                hashes.append(hash(key))
                rows.append(row)
        unsorted = np.array(hashes, np.int64)
        order = np.argsort(unsorted, kind="stable")
        self._hashes, self._rows = unsorted[order], np.array(rows, np.uint32)[order]

    def __len__(self) -> int:
        return len(self.people)

    def candidates(self, query: Person) -> list[Person]:
        """The rows that share a key with ``query``, in the order of the list.

        A key shared by more than `BLOCK_LIMIT` rows tells nothing and is left out, unless no
        other key finds anyone: then its first rows stand for it.
        """
        found: set[int] = set()
        crowd: list[int] = []
        for key in set(_keys(query)):
            first, last = np.searchsorted(self._hashes, [hash(key), hash(key) + 1])
            block = self._rows[first : min(last, first + BLOCK_LIMIT)].tolist()
            if last - first <= BLOCK_LIMIT:
                found.update(block)
            else:
                crowd.extend(block)
        return [self.people[row] for row in sorted(found or set(crowd))]


def _keys(person: Person) -> Iterator[tuple[str, ...]]:
    name, birth = parse_name(person.name), parse_date(person.birth)
    father, mother = name_sound(person.father), name_sound(person.mother)
    if name:
        yield "name", name_sound(person.name)
        given, surname = sound(name.given), sound(name.surname)
        if father:
            yield "given+father", given, father.split()[-1], surname
        if mother:
            yield "given+mother", given, mother
        if birth:
            yield "name+year", surname, given, str(birth.year)
        if birth and birth.day:
            yield "given+day", given, str(birth.month), str(birth.day)
    if birth and birth.day:
        yield "birth", str(birth)
    if father and mother:
        yield "parents", father, mother
