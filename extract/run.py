"""The book run: learn the form, read every page, decide over the whole book.

What each page gave is in the store as soon as it is read, so a run that was killed goes on
where it stopped; the records are always decided from the store, so they do not depend on how
often it was killed. ``records.jsonl`` appears whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from common.executor import Outcome, run
from common.options import Options
from common.provenance import Step
from extract.confidence.curves import load_calibration
from extract.decision.answers import At, Decided, decide_with_answers
from extract.folder import BookFolder
from extract.learn import How, LearnOptions, Progress, learn_form, silent
from extract.ledger.decide import LEDGER, decide_ledger
from extract.ledger.form import load_ledger
from extract.ledger.learn import ledger_form
from extract.ledger.page import ReadLedgerPage
from extract.log.logged import note_decided, note_read
from extract.reading.page import PageOptions, PageResult, PageStep, ReadPage
from extract.reading.printed import read_printed
from extract.reading.readings import PageReading
from extract.record import FieldValue, Record, write_records
from extract.registers import ANY, Register, load_register
from extract.scan_identity import SCAN, check_same_scans, identity
from extract.store import Store, StoredPage
from models.handwriting import HandwritingReader, ReaderOptions
from models.reading import Reader
from preprocessing.scans import Scan, open_scans

_BEST_PATH = ReaderOptions(beam=0)  # for places of a form, each read with its own language
_TOGETHER = 8  # pages whose printed figures are read by one start of Tesseract
Matcher = Callable[[Sequence[Record]], Sequence[Record]]


class RunOptions(Options):
    """How a book is run.

    Attributes:
        learn: how the form is learnt.
        page: how each page is read.
    """

    learn: LearnOptions = LearnOptions()
    page: PageOptions = PageOptions()


@dataclass(frozen=True)
class RunSummary:
    """What a run did.

    Attributes:
        outcomes: number of pages by outcome (done, empty, refused, failed).
        causes: (page, cause) of every page that is not done.
    """

    book: str
    form: str
    records: tuple[Record, ...]
    outcomes: Mapping[str, int] = field(default_factory=dict)
    causes: tuple[tuple[int, str], ...] = ()

    @property
    def needs_attention(self) -> bool:
        """A page failed or was refused."""
        return bool(self.outcomes.get("failed") or self.outcomes.get("refused"))


def run_book(
    paths: Sequence[str | Path],
    register: str,
    folder: BookFolder,
    *,
    book: str,
    form: Path | None = None,
    store: Store | None = None,
    reader: Reader | None = None,
    how: How = None,
    matcher: Matcher | None = None,
    options: RunOptions | None = None,
    progress: Progress = silent,
) -> RunSummary:
    """Extract one book into ``folder``; run again, it goes on where it stopped.

    Args:
        form: a form file given by a person; without it the book teaches its own.
        store: SQLite in the folder when None.
        reader: the package's handwriting reader when None.
        how: where pages are read (`common.executor`): in this process when None.
        matcher: adds ``matches`` to the finished records.
        progress: called with the phase, how many are done, of how many.

    Raises:
        InputError: no usable scans. FormError: the book shows no form of the register.
        UsageError: the folder is another book's, or is at work; or scans changed that people
            have answered questions about.
    """
    options = options or RunOptions()
    known, scans = load_register(register), open_scans(list(paths))
    with folder.taken(book, register):
        kept = store or Store.open(folder.store_url)
        answers = kept.answers(book)
        check_same_scans(scans, kept.pages(book), {page for page, _, _ in answers})
        reader = reader or HandwritingReader(options=None if known.code == ANY else _BEST_PATH)
        step: PageStep
        if known.code == ANY:
            ledger_form(scans, folder, form, options.learn, how, progress)
            generation, step = LEDGER, ReadLedgerPage(folder, options.page, reader)
        else:
            found = learn_form(scans, known, folder, form, options.learn, how, progress)
            generation, step = found.generation, ReadPage(folder, options.page, reader)
        read_pages(scans, step, kept, book, how, progress)
        pages = [page for page in kept.pages(book) if page.page <= len(scans)]
        decided = decide(folder, book, pages, known, generation, answers)
        records = list(matcher(decided.records) if matcher else decided.records)
        kept.save_records(book, decided.unsaid(records))
        write_records(folder.records, records)
        note_decided(folder, kept, book)
    return RunSummary(
        book,
        generation,
        tuple(records),
        Counter(page.outcome for page in pages),
        tuple((page.page, page.cause) for page in pages if page.outcome != "done"),
    )


def read_pages(
    scans: Sequence[Scan],
    step: PageStep,
    store: Store,
    book: str,
    how: How = None,
    progress: Progress = silent,
) -> None:
    """Read every page that an earlier run with the same form and reader has not read."""
    key = _key(step)
    known = {page.page: page for page in store.pages(book)}
    waiting = [scan for scan in scans if not _is_read(known.get(scan.index), key, scan)]
    if waiting:
        store.save_step(book, Step("read pages", {"pages": len(waiting)}, step.reader.source))
    done = len(scans) - len(waiting)
    progress("pages", done, len(scans))
    outcomes = zip(waiting, run(step, waiting, how), strict=True)
    for scan, outcome, result in _with_printed(outcomes):
        own = {"key": key, "source": scan.source, SCAN: identity(scan)}
        payload = {**_payload(result), **own}
        if outcome.cause:
            payload["traceback"] = outcome.cause
        store.save_page(book, result.page, result.outcome, result.cause, payload)
        stored = StoredPage(result.page, result.outcome, result.cause, own)
        note_read(step.folder, stored, step.reader.source, own[SCAN])
        done += 1
        progress("pages", done, len(scans))


def _with_printed(
    outcomes: Iterator[tuple[Scan, Outcome[PageResult]]],
) -> Iterator[tuple[Scan, Outcome[PageResult], PageResult]]:
    """Each page's result with its printed figures, some pages at a time."""
    while some := list(islice(outcomes, _TOGETHER)):
        results = [
            outcome.value or PageResult(scan.index, "failed", str(outcome.error))
            for scan, outcome in some
        ]
        readings = [result.reading for result in results]
        found = read_printed([reading.figures if reading else {} for reading in readings])
        for (scan, outcome), result, reading, printed in zip(
            some, results, readings, found, strict=True
        ):
            whole = reading.with_printed(printed) if reading else None
            yield scan, outcome, replace(result, reading=whole)


def _payload(result: PageResult) -> dict[str, Any]:
    """What is stored of a page's result beside its outcome."""
    read = result.reading.as_json() if result.reading else {}
    return {**read, "picture_scale": result.picture_scale}


def decide(
    folder: BookFolder,
    book: str,
    pages: Sequence[StoredPage],
    register: Register,
    generation: str,
    answers: Mapping[At, FieldValue],
) -> Decided:
    """A book from what its pages gave and people said: values, rules, confidence, review."""
    readings = [PageReading.from_json(page.payload) for page in pages if page.outcome == "done"]
    if register.code == ANY:
        return decide_ledger(book, readings, load_ledger(folder.form), answers)
    form, curves = register.generation(generation), load_calibration()
    return decide_with_answers(book, readings, register, form, curves, answers)


def _key(step: PageStep) -> str:
    """What a page's readings depend on beside its scan: form, reader, options."""
    digest = hashlib.sha256(step.folder.form.read_bytes())
    digest.update(step.reader.source.encode())
    digest.update(step.options.model_dump_json().encode())
    return digest.hexdigest()[:16]


def _is_read(page: StoredPage | None, key: str, scan: Scan) -> bool:
    if page is None or page.outcome == "failed" or page.payload.get("key") != key:
        return False
    return page.payload.get(SCAN) == identity(scan)
