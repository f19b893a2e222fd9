"""Confidence curves fitted on rendered books: ``python -m extract.confidence.calibrate BOOK …``.

Every BOOK is a folder as ``hotich evaluate books --work`` leaves it: the book's ``truth.jsonl``
and, in ``extracted``, what ``hotich extract`` wrote. The reader must not have been trained on these
books. Prints the calibration error of each book, and of all together, under curves fitted on the
other books, then writes ``calibration.json``, fitted on all.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from common.errors import UsageError
from extract.confidence.curves import TABLE, Evidence, calibration_error, fit_calibration
from extract.decision.decide import draft_book
from extract.folder import BookFolder
from extract.form import load_form
from extract.reading.readings import PageReading
from extract.record import Record, read_records, write_whole
from extract.registers import Generation, Register, load_register
from extract.store import Store

Outcomes = list[tuple[Evidence, bool]]
Claims = list[tuple[float, bool]]


def outcomes(
    pages: Sequence[PageReading],
    truth: Sequence[Record],
    register: Register,
    generation: Generation,
) -> Outcomes:
    """The evidence for every value of a book, and whether the value is exactly right."""
    true = {record.key: record for record in truth}
    return [
        (own.evidence, own.value.value == true[case.page, case.entry].get(code).value)
        for case, drafts in draft_book(pages, register, generation)
        if (case.page, case.entry) in true
        for code, own in drafts.items()
    ]


def outcomes_of(book: Path) -> Outcomes:
    """The same, from a rendered book that was extracted."""
    folder = BookFolder(book / "extracted")
    form, store = load_form(folder.form), Store.open(folder.store_url)
    register = load_register(form.register)
    (name,) = store.books()
    pages = [PageReading.from_json(p.payload) for p in store.pages(name) if p.outcome == "done"]
    known = register.generation(form.generation)
    return outcomes(pages, read_records(book / "truth.jsonl"), register, known)


def held_out(books: Mapping[str, Outcomes]) -> dict[str, Claims]:
    """For each book what curves fitted on all other books say of its values."""
    found = {}
    for name, own in books.items():
        others = [pair for other, pairs in books.items() if other != name for pair in pairs]
        fitted = fit_calibration(others, f"all but {name}")
        found[name] = [(fitted.probability(evidence), good) for evidence, good in own]
    return found


def main(arguments: Sequence[str]) -> None:
    """Print each book's error when held out, fit on all, and write the curves."""
    if len(arguments) < 2:
        raise UsageError("give at least two books", hint="folders with truth.jsonl and extracted/")
    books = {Path(book).name: outcomes_of(Path(book)) for book in arguments}
    every = [pair for pairs in books.values() for pair in pairs]
    claims = held_out(books)
    together = [claim for said in claims.values() for claim in said]
    for name, own, said in [
        *((name, books[name], said) for name, said in claims.items()),
        ("all", every, together),
    ]:
        before = calibration_error([(evidence.reader, good) for evidence, good in own])
        after = calibration_error(said)
        print(f"{name}, rendered, n={len(own)}: {before:.3f} → {after:.3f}")  # noqa: T201
    fitted = fit_calibration(every, f"rendered books: {', '.join(books)}")
    text = json.dumps(fitted.as_json(), ensure_ascii=False, indent=1) + "\n"
    write_whole(TABLE, text.encode("utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
