"""How often the reader takes each figure for another: `extract/decision/figures.csv`, counted anew.

`python -m hotich.evaluation.figures BOOK…` prints it from rendered books with `extracted` and
truth.jsonl: every reading of a number or a date with as many figures as the truth and mostly the
same ones counts with its probability.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from extract.decision.figures import Table
from extract.reading.readings import SlotReading
from extract.record import Record
from hotich.evaluation.effort import Book, open_book

_KINDS = ("partial_date", "number_token", "age", "id_number")
_PARTS = "dmy"
_WRONG = 3  # of so many figures one may be wrong
_NEVER_SEEN = 0.001  # added to every share


def misreadings(books: list[Book]) -> Table:
    """Shares, (true, read)."""
    counts = np.zeros((10, 10))
    for book in books:
        for true, slot in _places(book):
            figures = _true_figures(true, slot)
            for text, probability in slot.candidates if figures else ():
                read = re.sub(r"\D", "", text)
                wrong = sum(one != other for one, other in zip(figures, read, strict=False))
                if len(read) == len(figures) and wrong <= max(1, len(read) // _WRONG):
                    for one, other in zip(figures, read, strict=True):
                        counts[int(one), int(other)] += probability
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-9) + _NEVER_SEEN
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _places(book: Book) -> Iterator[tuple[Record, SlotReading]]:
    for page in book.pages:
        for entry in page.entries:
            true = book.truth.get((page.page, entry.entry))
            for slot in entry.slots if true else ():
                if true and slot.kind in _KINDS:
                    yield true, slot


def _true_figures(true: Record, slot: SlotReading) -> str:
    """The figures that stand in a place; none where it is blank."""
    wanted = true.get(slot.code)
    parts = (wanted.value or "").split(".")
    if slot.part:
        return parts[_PARTS.index(slot.part)] if len(parts) == len(_PARTS) else ""
    return re.sub(r"\D", "", wanted.raw or "") if wanted.value else ""


def main() -> None:
    folders = [Path(name) for name in sys.argv[1:]]
    table = misreadings([open_book(f / "extracted", f / "truth.jsonl") for f in folders])
    rows = [["figure", *map(str, range(10))]]
    for figure, row in enumerate(table):
        rows.append([str(figure), *(f"{1000 * share:.1f}".removesuffix(".0") for share in row)])
    sys.stdout.writelines(",".join(row) + "\n" for row in rows)


if __name__ == "__main__":
    main()
