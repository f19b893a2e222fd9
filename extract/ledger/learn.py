"""The form of a book's ledger: given by a person, found by an earlier run, or learnt from pages."""

from __future__ import annotations

from pathlib import Path

from extract.folder import BookFolder
from extract.learn import How, LearnOptions, Progress, sample_pages
from extract.ledger.form import LedgerForm, learn_ledger, load_ledger, save_ledger
from extract.ledger.page import LEDGER_SIDE
from models.print_reader import PrintReader
from preprocessing.scans import Scans

_PAGES = 8  # are enough for columns and their names, and headings are read slowly


def ledger_form(
    scans: Scans,
    folder: BookFolder,
    given: Path | None,
    options: LearnOptions,
    how: How,
    progress: Progress,
) -> LedgerForm:
    """The book's columns; read back from the folder, so that a resumed run sees the same.

    Raises:
        FormError: no page can be used or shows a table; or the given form is none.
    """
    if given is not None:
        save_ledger(load_ledger(given), folder.form)
    elif not folder.form.is_file():
        fewer = options.model_copy(update={"pages": min(options.pages, _PAGES)})
        pages = sample_pages(scans, fewer, LEDGER_SIDE, how, progress)
        save_ledger(learn_ledger(pages, PrintReader()), folder.form)
    return load_ledger(folder.form)
