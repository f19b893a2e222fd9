"""What existing records add to the reading of books: names right before and after, on extracted
rendered books, with lists that know their people, do not, or know them wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extract.confidence.curves import calibration_error
from extract.match import PeopleIndex
from extract.match.inform import inform
from extract.match.trial_books import NAMES, Book, trial_index

_KINDS = {
    "listed": "people in the list",
    "kin": "not in the list, of 30 % a brother or sister is",
    "alike": "not in the list, but for each three of near spelling, same surnames and commune",
    "wrong": "in the list with one name wrong, just what the reader may have read",
}


class Gain(NamedTuple):
    """Names exact with and without a list of one kind; how many cases were matched; names that
    were right and are not, and how sure the surest of those was."""

    kind: str
    books: int
    cases: int
    matched: int
    names: int
    before: int
    after: int
    lost: int
    surest_lost: float
    error_before: float
    error_after: float

    def __str__(self) -> str:
        surest = f", the surest of {self.surest_lost:.2f}" if self.lost else ""
        return (
            f"{self.books} rendered books, {_KINDS[self.kind]}: {self.matched} of {self.cases} "
            f"cases matched; names exact {self.before / self.names:.4f} without the list, "
            f"{self.after / self.names:.4f} with it (n={self.names}; right ones lost: "
            f"{self.lost}{surest}); calibration error of names {self.error_before:.3f} and "
            f"{self.error_after:.3f}"
        )


def evaluate_informed(books: Sequence[Book], people: int, seed: int) -> Iterator[Gain]:
    """Measure with each kind of list, of ``people`` others."""
    for kind in _KINDS:
        yield _gain(kind, books, trial_index(kind, books, people, seed))


def _gain(kind: str, books: Sequence[Book], index: PeopleIndex) -> Gain:
    cases = matched = names = before = after = 0
    lost: list[float] = []
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
                read = own.get(code)
                right, now = read.value == wanted, new.get(code).value == wanted
                names, before, after = names + 1, before + right, after + now
                if right and not now:
                    lost.append(read.confidence)
                if read.value is not None:
                    claims.append((read.confidence, right))
                    informed.append((new.get(code).confidence, now))
    return Gain(
        kind, len(books), cases, matched, names, before, after, len(lost), max(lost, default=0.0),
        calibration_error(claims), calibration_error(informed),
    )  # fmt: skip
