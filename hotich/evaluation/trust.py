"""Fitting what answers teach about the rest: ``python -m hotich.evaluation.trust BOOK …``.

Every BOOK is a folder as ``hotich evaluate books --work`` leaves it. A simulated reviewer, who is
always right, answers the first fields of its queue. Whether the machine's other values are right
is explained by the features of `extract.confidence.trust`; whether a value that people gave stands
there instead, by those of `extract.decision.recall`. Prints what weights fitted on all other books
make of each book: its calibration error, its wrong values, the rest of its queue; then writes
``trust.json``, fitted on all.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from annotation.queue import doubtful
from common.errors import UsageError
from extract.confidence import trust
from extract.confidence.curves import calibration_error
from extract.confidence.trust import TABLE, Weights, fit_weights, learnt, trusted
from extract.decision import recall
from extract.decision.answers import finished
from extract.record import MACHINE, Record, write_whole
from hotich.evaluation.effort import Book, open_book

_BEGUN = (24, 64)  # fields answered when it is looked what they teach
_MOST = 0.8  # of the queue that may be answered then
Case = tuple[float, tuple[float, ...], bool]
"""How sure the machine is, what the answers tell, whether it is so."""


@dataclass(frozen=True)
class Begun:
    """A book of which a person answered some fields: decided without and with them.

    ``asked``: fields of the queue that they had not come to yet.
    """

    book: Book
    asked: int
    own: Sequence[Record]
    said: Sequence[Record]

    @property
    def known(self) -> list[Record]:
        """The records whose truth is known."""
        return [record for record in self.said if record.key in self.book.truth]

    def held(self) -> list[Case]:
        """Whether values that the machine holds are right."""
        told = learnt(self.said, self.own, self.book.register)
        return [
            (
                value.confidence,
                told.features(record.key, code, value),
                value.value == self.book.truth[record.key].get(code).value,
            )
            for record in self.known
            for code, value in record.fields.items()
            if value.author == MACHINE and value.value is not None
        ]

    def recalled(self) -> list[Case]:
        """Whether values that people gave stand in the machine's places."""
        told = learnt(self.said, self.own, self.book.register).said
        return [
            (0.5, features, other == self.book.truth[record.key].get(code).value)
            for record in self.known
            for code, value in record.fields.items()
            if value.author == MACHINE
            for other, features in recall.candidates(told, record.key, code, value)
        ]

    def after(self, weights: Weights) -> list[Record]:
        """The records whose truth is known, after the answers."""
        book = self.book
        moved = trusted(self.said, self.own, book.register, weights)
        return [r for r in finished(moved, book.register, book.generation) if r.key in book.truth]

    def outcome(self, records: Iterable[Record]) -> list[tuple[float, bool]]:
        """The machine's values: confidence, and whether right."""
        return [
            (value.confidence, value.value == self.book.truth[record.key].get(code).value)
            for record in records
            for code, value in record.fields.items()
            if value.author == MACHINE and value.value is not None
        ]


def begun(book: Book) -> list[Begun]:
    """The book after so many answers, and after more."""
    queue = [(*r.key, c) for r, c in doubtful(book.decided({})) if r.key in book.truth]
    return [
        Begun(book, len(queue) - count, *book.begun({at: book.answer(at) for at in queue[:count]}))
        for count in _BEGUN
        if count < _MOST * len(queue)
    ]


def fit(books: Iterable[Begun]) -> Weights:
    """The weights that explain all books."""
    books = list(books)
    return Weights(
        fit_weights(*zip(*chain.from_iterable(one.held() for one in books), strict=True)),
        fit_weights(*zip(*chain.from_iterable(one.recalled() for one in books), strict=True)),
    )


def main(arguments: Sequence[str]) -> None:
    """Print what weights of all other books make of each, fit on all, and write the weights."""
    if len(arguments) < 2:
        raise UsageError("give at least two books", hint="folders with truth.jsonl and extracted/")
    books = {
        folder.name: begun(open_book(folder / "extracted", folder / "truth.jsonl"))
        for folder in map(Path, arguments)
    }
    for name, own in books.items():
        others = fit(one for other, some in books.items() if other != name for one in some)
        for one in own:
            records = one.after(others)
            before, after = one.outcome(one.known), one.outcome(records)
            wrong, left = (sum(not good for _, good in cases) for cases in (before, after))
            print(  # noqa: T201
                f"{name}, rendered, n={len(before)}: calibration error "
                f"{calibration_error(before):.3f} → {calibration_error(after):.3f}, wrong values "
                f"{wrong} → {left}, queue {one.asked} → {len(doubtful(records))}"
            )
    every = [one for some in books.values() for one in some]
    weights = fit(every)
    content = {
        "data": f"rendered books: {', '.join(books)}",
        "held": _table(trust.FEATURES, weights.held, sum(len(one.held()) for one in every)),
        "recalled": _table(
            recall.FEATURES, weights.recalled, sum(len(one.recalled()) for one in every)
        ),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    write_whole(TABLE, text.encode("utf-8"))


def _table(names: Sequence[str], weights: Sequence[float], count: int) -> dict[str, object]:
    fitted = {name: round(weight, 4) for name, weight in zip(names, weights, strict=True)}
    return {"n": count, "weights": fitted}


if __name__ == "__main__":
    main(sys.argv[1:])
