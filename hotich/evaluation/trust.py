"""Fitting what answers teach about the rest: ``python -m hotich.evaluation.trust BOOK …``.

Every BOOK is a folder as ``hotich evaluate books --work`` leaves it. A simulated reviewer, who is
always right, answers the first fields of its queue; what is then right among the machine's other
values is explained by `extract.trust`'s features. Prints the calibration error of each book, before
and after its confidences are moved by weights fitted on all other books; then writes
``data/trust.json``, fitted on all.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotation.queue import doubtful
from common.errors import UsageError
from extract.answers import decide_both
from extract.confidence import calibration_error, load_calibration
from extract.record import MACHINE, write_whole
from extract.trust import FEATURES, TABLE, fit_weights, learnt, moved
from hotich.evaluation.effort import Book, open_book

_BEGUN = (24, 64)  # fields answered when it is looked what they teach
_MOST = 0.8  # of the queue that may be answered then


@dataclass(frozen=True)
class Cases:
    """Values that the machine holds in a book that was begun: how sure it is, what the answers
    tell, whether the value is the true one."""

    confidences: tuple[float, ...]
    features: tuple[tuple[float, ...], ...]
    right: tuple[bool, ...]

    def each(self) -> Iterator[tuple[float, tuple[float, ...], bool]]:
        """The cases one by one."""
        return zip(self.confidences, self.features, self.right, strict=True)


def cases_of(book: Book) -> list[Cases]:
    """The cases of a book after so many answers, and after more."""
    queue = [(*r.key, c) for r, c in doubtful(book.decided({})) if r.key in book.truth]
    return [_after(book, queue[:count]) for count in _BEGUN if count < _MOST * len(queue)]


def _after(book: Book, asked: Iterable[tuple[int, int, str]]) -> Cases:
    about = (book.name, book.pages, book.register, book.generation, load_calibration())
    own, said = decide_both(*about, {at: book.answer(at) for at in asked})
    told = learnt(said, own, book.register)
    rows = [
        (
            value.confidence,
            told.features(code, value),
            value.value == book.truth[record.key].get(code).value,
        )
        for record in said
        if record.key in book.truth
        for code, value in record.fields.items()
        if value.author == MACHINE and value.value is not None
    ]
    confidences, features, right = zip(*rows, strict=True)
    return Cases(confidences, features, right)


def fit(cases: Sequence[Cases]) -> tuple[float, ...]:
    """The weights that explain all cases."""
    return fit_weights(
        [p for one in cases for p in one.confidences],
        [x for one in cases for x in one.features],
        [good for one in cases for good in one.right],
    )


def main(arguments: Sequence[str]) -> None:
    """Print each book's error when held out, fit on all, and write the weights."""
    if len(arguments) < 2:
        raise UsageError("give at least two books", hint="folders with truth.jsonl and extracted/")
    books = {
        folder.name: cases_of(open_book(folder / "extracted", folder / "truth.jsonl"))
        for folder in map(Path, arguments)
    }
    for name, own in books.items():
        others = fit([one for other, some in books.items() if other != name for one in some])
        cases = [case for one in own for case in one.each()]
        before = calibration_error([(p, good) for p, _, good in cases])
        after = calibration_error([(moved(p, x, others), good) for p, x, good in cases])
        print(f"{name}, rendered, n={len(cases)}: {before:.3f} → {after:.3f}")  # noqa: T201
    every = [one for some in books.values() for one in some]
    content = {
        "data": f"rendered books: {', '.join(books)}",
        "n": sum(len(one.right) for one in every),
        "weights": {name: round(w, 4) for name, w in zip(FEATURES, fit(every), strict=True)},
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    write_whole(TABLE, text.encode("utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
