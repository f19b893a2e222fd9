"""How the reader misreads names and dates, counted on books whose truth is known.

    python -m extract.match.reader_errors BOOK…

Every BOOK is a folder as ``hotich evaluate books --work`` leaves it: ``truth.jsonl`` and, in
``extracted``, what ``hotich extract`` wrote. Writes ``reader.yaml`` (shares of syllables, figures
and fields) and ``confusion.tsv`` (which letter is read for which), by which `noise` spoils queries.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rapidfuzz.distance import Levenshtein

from common.errors import UsageError
from common.text import fold
from extract.match.noise import CONFUSION, READER, syllables
from extract.match.trial_books import BIRTH, NAMES, Book, read_book
from extract.record import write_whole

_SEX = "nksGioiTinh"
_FIGURES = (0, 1, 3, 4, 8, 9)  # of DD.MM.YYYY, without the century
_KINDS = ("marks", "letter", "syllable", "any", "lost")


class Errors:
    """Counts of errors: syllables by kind, letters, figures, fields left empty."""

    def __init__(self) -> None:
        self.syllables: Counter[str] = Counter()
        self.letters: Counter[tuple[str, str]] = Counter()
        self.figures: Counter[bool] = Counter()
        self.empty: dict[str, Counter[bool]] = {code: Counter() for code in (BIRTH, _SEX)}
        self.books: list[float] = []

    def add(self, book: Book) -> None:
        """Count a book."""
        before = self.syllables.copy()
        for code in NAMES:
            for truth, own in book.pairs(code):
                if own.value:
                    self._name(str(truth.value).casefold(), own.value.casefold())
        for code, counts in self.empty.items():
            counts.update(own.value is None for _, own in book.pairs(code))
        for truth, own in book.pairs(BIRTH):
            if truth.value and own.value and len(truth.value) == len(own.value) == 10:
                self.figures.update(truth.value[at] != own.value[at] for at in _FIGURES)
        new = self.syllables - before
        self.books.append(1 - new["same"] / max(new.total(), 1))

    def _name(self, truth: str, read: str) -> None:
        written, seen = truth.split(), read.split()
        for op in Levenshtein.opcodes(written, seen):
            count = op.src_end - op.src_start
            if op.tag == "equal":
                self.syllables["same"] += count
            elif op.tag == "delete":
                self.syllables["lost"] += count
            elif op.tag == "replace":
                ones, others = (
                    written[op.src_start : op.src_end],
                    seen[op.dest_start : op.dest_end],
                )
                for one, other in zip(ones, others, strict=True):
                    self._syllable(one, other)

    def _syllable(self, written: str, seen: str) -> None:
        apart = Levenshtein.distance(fold(written), fold(seen))
        known = seen in {word.casefold() for word in syllables()[0]}
        kind = "marks" if not apart else "any" if apart > 2 else "syllable" if known else "letter"
        self.syllables[kind] += 1
        if apart > 2:
            return
        for at in Levenshtein.editops(written, seen):
            if at.tag == "replace":
                self.letters[written[at.src_pos], seen[at.dest_pos]] += 1

    def rates(self, severities: int = 4) -> dict[str, Any]:
        """The shares that ``reader.yaml`` holds."""
        whole = self.syllables.total()
        shares = {kind: round(self.syllables[kind] / whole, 4) for kind in _KINDS}
        middles = (np.arange(severities) + 0.5) / severities
        spread = np.quantile(self.books, middles) / np.mean(self.books)
        return shares | {
            "digit": round(self.figures[True] / self.figures.total(), 4),
            "no_date": round(self.empty[BIRTH][True] / self.empty[BIRTH].total(), 4),
            "no_sex": round(self.empty[_SEX][True] / self.empty[_SEX].total(), 4),
            "severities": [round(float(one), 2) for one in spread],
        }


def main(arguments: Sequence[str]) -> None:
    """Count the books' errors and write both tables."""
    if not arguments:
        raise UsageError("give books", hint="folders with truth.jsonl and extracted/")
    errors, books = Errors(), [read_book(Path(folder)) for folder in arguments]
    for book in books:
        errors.add(book)
    about = {
        "counted_on": f"rendered books: {', '.join(book.name for book in books)}",
        "syllables": errors.syllables.total(),
        "births": errors.empty[BIRTH].total(),
    }
    body = yaml.safe_dump({"reader": about | errors.rates()}, sort_keys=False, allow_unicode=True)
    write_whole(READER, f"{_HEAD}{body}".encode())
    rows = sorted(errors.letters.items(), key=lambda one: (-one[1], one[0]))
    lines = [f"{a}\t{b}\t{n}" for (a, b), n in rows if a.isalpha() and b.isalpha()]
    write_whole(CONFUSION, ("\n".join(["written\tread\tcount", *lines]) + "\n").encode())


_HEAD = """\
# How the reader errs. Set by `python -m extract.match.reader_errors BOOK…`.
# Of syllables: marks: other marks on the same letters; letter: one or two letters wrong
# (confusion.tsv), no syllable of names; syllable: another syllable of names, one or two letters
# away; any: any other; lost: not read. digit: of figures of day, month and the year's last two.
# severities: a book's share of errors over the mean of all, four of them, equally likely.
"""

if __name__ == "__main__":
    main(sys.argv[1:])
