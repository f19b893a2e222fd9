"""People who never lived, the list that holds them, and the queries that ask for them.

Names are drawn from the frequencies of ``models/lexicons``, older people from older names; brothers
and sisters share parents and home, so that the hard negatives of a register are there. The list is
one province's: most are born in its communes. Rates stand in ``noise.yaml``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from random import Random

from extract.match.noise import clerks_name, rates, read_date, read_text
from extract.match.people import Person
from models.lexicon import given_names, middle_names, surnames, units

_OLD = 1975  # until when old names are given
_OTHER_PLACES = ("Nhà bảo sanh", "Bệnh viện đa khoa", "Trạm xá", "Ấp 3", "Ấp Chợ", "Khóm 2")
_SECOND = ("Thị", "Văn")

Question = tuple[Person, str | None]


@dataclass(frozen=True)
class Table:
    """Texts that are drawn by their weights."""

    texts: Sequence[str]
    sums: Sequence[float]

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> Table:
        return cls(list(weights), list(accumulate(weights.values())))

    def draw(self, rng: Random) -> str:
        return rng.choices(self.texts, cum_weights=self.sums)[0]


@cache
def _tables() -> Mapping[str, Table]:
    found = {"surname": Table.of(surnames())}
    for sex in ("male", "female"):
        new, old = Counter(given_names(sex)), Counter(given_names(sex, old=True))
        found[f"{sex}"] = Table.of(new)
        found[f"{sex} old"] = Table.of(new + old)
        found[f"{sex} middle"] = Table.of(middle_names(sex))
    return found


def population(seed: int) -> Iterator[Person]:
    """People in families, as they are, without end; ids P00000001, P00000002 …"""
    rng, society, number = Random(f"people {seed}"), rates("society"), 0
    home, elsewhere = _places(rng)
    while True:
        year = rng.randint(society["first_year"], society["last_year"])
        surname, old = _tables()["surname"].draw(rng), year < _OLD
        father = _name("male", surname, rng, old)
        mother = _name("female", _tables()["surname"].draw(rng), rng, old)
        place = home.draw(rng) if rng.random() < society["at_home"] else elsewhere.draw(rng)
        children = rng.choices(range(1, 7), society["children"])[0]
        day = 0
        for _ in range(children):
            if not day or rng.random() >= society["twins"]:
                year += rng.randint(1, 4) if day else 0
                day, month = rng.randint(1, 28), rng.randint(1, 12)
            sex = "male" if rng.random() < 0.51 else "female"
            number += 1
            yield Person(
                f"P{number:08d}",
                _name(sex, surname, rng, year < _OLD),
                f"{day:02d}.{month:02d}.{year}",
                "Nam" if sex == "male" else "Nữ",
                father,
                mother,
                place,
            )


def listed(person: Person, rng: Random) -> Iterator[Person]:
    """The person's rows in the list: one, or two under ids that end in ``-1`` and ``-2``."""
    yield _keyed(person, rng, 1)
    if rng.random() < rates("list")["twice"]:
        yield _keyed(person, rng, 2)


def asked(person: Person, rng: Random, number: int) -> Person:
    """The query for a person: an old book's clerk wrote it, a reader read it."""
    share, severity = rates("book"), rng.choice(rates("reader")["severities"])
    old = int(person.birth[-4:]) < _OLD
    birth = person.birth[-4:] if rng.random() < share["year_only"] else person.birth

    def name(text: str) -> str:
        return read_text(clerks_name(text, rng, old=False), rng, severity)

    place = person.place.split(", ")
    if rng.random() < share["other_place"]:
        place = [rng.choice(_OTHER_PLACES), *place[rng.randint(0, 2) :]]
    own = name(person.name)
    return Person(
        f"Q{number:06d}",
        own.replace(" ", "-") if old and rng.random() < rates("clerk")["hyphens"] else own,
        read_date(birth, rng, severity),
        "" if rng.random() < rates("reader")["no_sex"] else person.sex,
        "" if rng.random() < share["no_father"] else name(person.father),
        "" if rng.random() < share["no_mother"] else name(person.mother),
        "" if rng.random() < share["no_place"] else name(", ".join(place)),
    )


class Trial:
    """A list of ``people`` people and ``queries`` queries, of which ``absent`` are not in it.

    Who is absent was taken out of the same families, so brothers and namesakes stay. Read `rows`
    to its end: only then `chosen` is complete.
    """

    def __init__(self, people: int, queries: int, seed: int, absent: float = 0.2) -> None:
        self._seed = seed
        rng = Random(f"trial {seed}")
        self._all = people + round(queries * absent)
        chosen = rng.sample(range(self._all), queries)
        self._absent = frozenset(chosen[: round(queries * absent)])
        self._wanted = frozenset(chosen)
        self.chosen: list[tuple[Person, bool]] = []

    def rows(self) -> Iterator[Person]:
        """The rows of the list, in order; fills `chosen`: people asked for, and who is listed."""
        self.chosen.clear()
        clerks = Random(f"list {self._seed}")
        for at, person in enumerate(population(self._seed)):
            if at == self._all:
                return
            if at not in self._absent:
                yield from listed(person, clerks)
            if at in self._wanted:
                self.chosen.append((person, at not in self._absent))


def questions(chosen: Sequence[tuple[Person, bool]], seed: int) -> list[Question]:
    """The query for each person chosen, and who it is: None when not in the list."""
    rng = Random(f"queries {seed}")
    return [
        (asked(person, rng, number), person.id if there else None)
        for number, (person, there) in enumerate(chosen)
    ]


def is_person(row_id: str, truth: str | None) -> bool:
    """Whether a row of the list is this person's."""
    return truth is not None and row_id.rpartition("-")[0] == truth


def _keyed(person: Person, rng: Random, number: int) -> Person:
    share = rates("list")
    draw, place = rng.random(), person.place.split(", ")
    birth = person.birth
    if draw < share["year_only"]:
        birth = birth[-4:]
    elif draw < share["year_only"] + share["first_january"]:
        birth = f"01.01.{birth[-4:]}"
    if rng.random() < share["district_only"]:
        place = place[1:]
    return replace(
        person,
        id=f"{person.id}-{number}",
        name=clerks_name(person.name, rng),
        birth=birth,
        sex="" if rng.random() < share["no_sex"] else person.sex,
        father="" if rng.random() < share["no_father"] else clerks_name(person.father, rng),
        mother="" if rng.random() < share["no_mother"] else clerks_name(person.mother, rng),
        place="" if rng.random() < share["no_place"] else clerks_name(", ".join(place), rng),
    )


def _name(sex: str, surname: str, rng: Random, old: bool) -> str:
    tables, society = _tables(), rates("society")
    given = tables[f"{sex} old" if old else sex].draw(rng)
    if rng.random() < society["no_middle"]:
        return f"{surname} {given}"
    middle = tables[f"{sex} middle"].draw(rng)
    if middle in _SECOND and rng.random() < society["two_middles"]:
        second = tables[f"{sex} middle"].draw(rng)
        middle = f"{middle} {second}" if second != middle else middle
    return f"{surname} {middle} {given}"


def _places(rng: Random) -> tuple[Table, Table]:
    """Communes of one province, and of all, with weights drawn: some are large."""
    provinces = sorted({unit.province for unit in units()})
    own = rng.choice(provinces)
    weights = {
        f"{unit.commune}, {unit.district}, {unit.province}": rng.lognormvariate(0, 0.5)
        for unit in units()
    }
    at_home = {place: weight for place, weight in weights.items() if place.endswith(f", {own}")}
    return Table.of(at_home), Table.of(weights)
