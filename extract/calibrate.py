"""Fitting the confidence curves on rendered books: ``python -m extract.calibrate FOLDER TRUTH …``.

Every FOLDER is one that ``hotich extract`` wrote, every TRUTH the book's ``truth.jsonl``. The
reader must not have been trained on these books. Writes ``data/calibration.json``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from common.errors import UsageError
from extract.confidence import TABLE, Evidence, calibration_error, fit_calibration
from extract.decide import draft_book
from extract.folder import BookFolder
from extract.form import load_form
from extract.readings import PageReading
from extract.record import Record, read_records, write_whole
from extract.registers import Generation, Register, load_register
from extract.store import Store


def outcomes(
    pages: Sequence[PageReading],
    truth: Sequence[Record],
    register: Register,
    generation: Generation,
) -> list[tuple[Evidence, bool]]:
    """The evidence for every value of a book, and whether the value is exactly right."""
    true = {record.key: record for record in truth}
    return [
        (own.evidence, own.value.value == true[case.page, case.entry].get(code).value)
        for case, drafts in draft_book(pages, register, generation)
        if (case.page, case.entry) in true
        for code, own in drafts.items()
    ]


def outcomes_of(folder: BookFolder, truth: Path) -> list[tuple[Evidence, bool]]:
    """The same, from a book that was extracted."""
    form, store = load_form(folder.form), Store.open(folder.store_url)
    register = load_register(form.register)
    (book,) = store.books()
    pages = [PageReading.from_json(p.payload) for p in store.pages(book) if p.outcome == "done"]
    known = register.generation(form.generation)
    return outcomes(pages, read_records(truth), register, known)


def main(arguments: Sequence[str]) -> None:
    """Fit on all books but the last, print the error on the last, then fit on all and write."""
    if len(arguments) < 4 or len(arguments) % 2:
        raise UsageError("give at least two pairs: FOLDER TRUTH FOLDER TRUTH …")
    folders, truths = arguments[::2], arguments[1::2]
    books = [
        outcomes_of(BookFolder(Path(folder)), Path(truth))
        for folder, truth in zip(folders, truths, strict=True)
    ]
    names = ", ".join(Path(truth).parent.name for truth in truths)
    first = fit_calibration([pair for book in books[:-1] for pair in book], "all but the last")
    before = calibration_error([(e.reader, good) for e, good in books[-1]])
    after = calibration_error([(first.probability(e), good) for e, good in books[-1]])
    fitted = fit_calibration([pair for book in books for pair in book], f"rendered books: {names}")
    text = json.dumps(fitted.as_json(), ensure_ascii=False, indent=1) + "\n"
    write_whole(TABLE, text.encode("utf-8"))
    held_out = f"{Path(truths[-1]).parent.name}, rendered, n={len(books[-1])}"
    print(f"calibration error on {held_out}: {before:.3f} → {after:.3f}")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
