"""Learns what a list's word is worth beside the reader's, on books whose truth is known.

    python -m extract.match.fit_list BOOK…

Every BOOK is a folder as ``hotich evaluate books --work`` leaves it. Lists are made that have the
books' people, or have not, or have others in their place (`trial_books.LISTS`). The odds are those
under which the truth is likeliest. ``trust`` is then the greatest number with which no list that
lacks the people, or has them wrongly, takes 0.2 points of right values more than it gives. Writes
``list_odds.yaml``.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from common.errors import UsageError
from extract.match.inform import list_says
from extract.match.list_value import TABLE, Listed, Odds, posterior, weighed
from extract.match.people import person_of
from extract.match.score import Matcher
from extract.match.trial_books import BIRTH, LISTS, NAMES, Book, read_book, trial_index
from extract.record import FieldValue, write_whole

_OTHERS, _SEED = 30_000, 4  # people of the list who are not in the books
_LEARNT = ("listed", "kin", "alike")  # lists from which the odds are learnt
_LOST = 0.002  # share of values that a list may cost
_TRUSTS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0)
_RIDGE = 0.02
_FIRST = Odds(100.0, 10.0, 0.1, 0.9, 0.5, 1.0)
_FREE = ("same", "close", "differ", "new")
_KINDS = {"names": tuple(NAMES), "dates": (BIRTH,)}


class Case(NamedTuple):
    """One value read, what a list says of it, and the truth."""

    own: FieldValue
    listed: Listed
    truth: str


def cases_of(kind: str, books: Sequence[Book], codes: Sequence[str]) -> Iterator[Case]:
    """The values of books of which a list of this kind says anything."""
    matcher = Matcher(trial_index(kind, books, _OTHERS, _SEED))
    for book in books:
        people = [person_of(record.as_json()) for record in book.records]
        scored = [matcher.candidates(person) for person in people]
        present = matcher.present(scored)
        for record, person, own in zip(book.records, people, scored, strict=True):
            truth = book.truth.get(record.key)
            if truth is None:
                continue
            for code, listed in list_says(record, person, own, matcher, present):
                wanted = truth.get(code).value
                if code in codes and wanted is not None:
                    yield Case(record.get(code), listed, wanted)


def surprise(cases: Sequence[Case], odds: Odds) -> float:
    """The negative log likelihood of the truth."""
    told = 0.0
    for case in cases:
        chances = posterior(case.own, case.listed, odds)
        found = chances.get(case.truth, 1.0 - sum(chances.values()))
        told -= math.log(max(found, 1e-6))
    return told


def fit_odds(cases: Sequence[Case]) -> Odds:
    """The odds of the greatest likelihood, held to the first guess a little."""
    first = np.array([np.log(getattr(_FIRST, name)) for name in _FREE] + [0.0])

    def unpacked(values: NDArray[np.float64]) -> Odds:
        told = {name: float(np.exp(one)) for name, one in zip(_FREE, values, strict=False)}
        return Odds(**told, offered=float(1 / (1 + np.exp(-values[-1]))), trust=1.0)

    def loss(values: NDArray[np.float64]) -> float:
        return surprise(cases, unpacked(values)) + _RIDGE * float(((values - first) ** 2).sum())

    found = minimize(loss, first, method="Powell", options={"maxfev": 150})
    return unpacked(found.x)


def turned(cases: Sequence[Case], odds: Odds) -> tuple[int, int]:
    """How many values a list makes right, and how many right ones it makes wrong."""
    before = [case.own.value == case.truth for case in cases]
    after = [weighed(case.own, case.listed, odds).value == case.truth for case in cases]
    pairs = list(zip(before, after, strict=True))
    return pairs.count((False, True)), pairs.count((True, False))


def trusted(lists: Mapping[str, Sequence[Case]], values: int, odds: Odds) -> Odds:
    """The odds with the greatest trust under which no list without the people costs too much.

    Args:
        values: all values of the books that have a truth.
    """
    kept = replace(odds, trust=1.0)
    for trust in _TRUSTS:
        tried = replace(odds, trust=trust)
        found = {kind: turned(cases, tried) for kind, cases in lists.items()}
        print(f"trust {trust}: " + ", ".join(f"{k} +{a} -{b}" for k, (a, b) in found.items()))  # noqa: T201
        costs = [lost - won for kind, (won, lost) in found.items() if kind != "listed"]
        if max(costs) > _LOST * values:
            break
        kept = tried
    return kept


def main(arguments: Sequence[str]) -> None:
    """Learn the odds of names and of dates, and write them."""
    if not arguments:
        raise UsageError("give books", hint="folders with truth.jsonl and extracted/")
    books = [read_book(Path(folder)) for folder in arguments]
    found: dict[str, object] = {"learnt_on": ", ".join(book.name for book in books)}
    for name, codes in _KINDS.items():
        lists = {kind: list(cases_of(kind, books, codes)) for kind in LISTS}
        odds = fit_odds([case for kind in _LEARNT for case in lists[kind]])
        values = sum(1 for book in books for code in codes for _ in book.pairs(code))
        odds = trusted(lists, values, odds)
        found[name] = {key: float(f"{value:.3g}") for key, value in asdict(odds).items()}
        print(f"{name}, n={values}: {found[name]}")  # noqa: T201
    head = "# Set by `python -m extract.match.fit_list BOOK…`; see list_value.py.\n"
    write_whole(TABLE, f"{head}{yaml.safe_dump(found, sort_keys=False)}".encode())


if __name__ == "__main__":
    main(sys.argv[1:])
