"""What existing records add to the reading of books: names right before and after, on extracted
rendered books, for people who are in the list and for people who are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

from extract.confidence import calibration_error
from extract.match import PeopleIndex, Person, build_index, update_index
from extract.match.inform import inform
from extract.match.people import person_of
from extract.match.simulate import listed, population
from extract.record import Record, read_records

NAMES = ("nksHoTen", "chaHoTen", "meHoTen")
_SIBLINGS = 0.3  # of those not in the list, the share of whom a brother or sister is


class Book(NamedTuple):
    """One extracted rendered book with its truth."""

    name: str
    records: list[Record]
    truth: dict[tuple[int, int], Record]


class Gain(NamedTuple):
    """Names exact with and without the list; how many cases were matched, and how many wrongly."""

    listed: bool
    books: int
    cases: int
    matched: int
    names: int
    before: int
    after: int
    lost: int
    error_before: float
    error_after: float

    def __str__(self) -> str:
        who = "in the list" if self.listed else "not in the list (of 30 % a brother or sister is)"
        return (
            f"{self.books} rendered books, people {who}: {self.matched} of {self.cases} cases "
            f"matched; names exact {self.before / self.names:.4f} without the list, "
            f"{self.after / self.names:.4f} with it (n={self.names}; {self.lost} right ones lost); "
            f"calibration error of names {self.error_before:.3f} and {self.error_after:.3f}"
        )


def read_books(folders: Sequence[Path]) -> list[Book]:
    """Books that were rendered with their truth and extracted, as `hotich evaluate books --work`
    leaves them."""
    return [
        Book(
            folder.name,
            read_records(folder / "extracted" / "records.jsonl"),
            {record.key: record for record in read_records(folder / "truth.jsonl")},
        )
        for folder in folders
    ]


def evaluate_informed(books: Sequence[Book], people: int, seed: int, work: Path) -> Iterator[Gain]:
    """Measure with everyone of the books in a list of ``people`` others, and with nobody."""
    for there in (True, False):
        folder = work / f"list-{people}-{seed}-{'with' if there else 'without'}"
        if not (folder / "index.json").is_file():
            build_index(islice(population(seed), people), folder)
            rng = Random(f"books {seed}")
            update_index(PeopleIndex.open(folder), list(_rows(books, there, rng)))
        yield _gain(books, PeopleIndex.open(folder), there)


def _rows(books: Sequence[Book], there: bool, rng: Random) -> Iterator[Person]:
    """What the list has of the books' people: their rows as a clerk keyed them, or some of their
    brothers' and sisters'."""
    for book in books:
        for key, record in sorted(book.truth.items()):
            person = replace(person_of(record.as_json()), id=f"{book.name}-{key[0]}-{key[1]}")
            if not person.name:
                continue
            if there:
                yield from listed(person, rng)
            elif rng.random() < _SIBLINGS:
                other = next(islice(population(rng.randrange(10**6)), 1))
                surname = person.name.replace("-", " ").split()[0]
                name = " ".join([surname, *other.name.split()[1:]])
                yield replace(person, name=name, birth=other.birth, sex=other.sex)


def _gain(books: Sequence[Book], index: PeopleIndex, there: bool) -> Gain:
    cases = matched = names = before = after = lost = 0
    claims: list[tuple[float, bool]] = []
    informed: list[tuple[float, bool]] = []
    for book in books:
        known, _ = inform(book.records, index)
        for own, new in zip(book.records, known, strict=True):
            truth = book.truth.get(own.key)
            if truth is None:
                continue
            cases += 1
            matched += bool(new.matches)
            for code in NAMES:
                wanted = truth.get(code).value
                if wanted is None:
                    continue
                right, now = own.get(code).value == wanted, new.get(code).value == wanted
                names, before, after = names + 1, before + right, after + now
                lost += right and not now
                if own.get(code).value is not None:
                    claims.append((own.get(code).confidence, right))
                    informed.append((new.get(code).confidence, now))
    return Gain(
        there, len(books), cases, matched, names, before, after, lost,
        calibration_error(claims), calibration_error(informed),
    )  # fmt: skip
