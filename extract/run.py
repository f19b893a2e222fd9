"""The book run: learn the form, read every page, decide over the whole book.

What each page gave is in the store as soon as it is read, so a run that was killed goes on
where it stopped; the records are always decided from the store, so they do not depend on how
often it was killed. ``records.jsonl`` appears whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from common.errors import FormError, PageError
from common.executor import Pool, Ray, Serial, run
from common.options import Options
from common.provenance import Step
from extract.answers import At, Decided, decide_with_answers
from extract.confidence import load_calibration
from extract.folder import BookFolder
from extract.form import BookForm, discover_form, load_form, save_form
from extract.page import PageOptions, PageResult, ReadPage, reduced
from extract.readings import PageReading
from extract.record import FieldValue, Record, write_records
from extract.registers import Register, load_register
from extract.store import Store, StoredPage
from models.handwriting import HandwritingReader, ReaderOptions
from models.reading import Image, Reader
from preprocessing.clean import clean_page
from preprocessing.scans import Scan, Scans, open_scans

Progress = Callable[[str, int, int], None]
_BEST_PATH = ReaderOptions(beam=0)  # alternatives come from reading with the place's language
How = Serial | Pool | Ray | None
Matcher = Callable[[Sequence[Record]], Sequence[Record]]


class RunOptions(Options):
    """How a book is run.

    Attributes:
        page: how each page is read.
        sample: how many pages, spread over the book, teach the form.
    """

    page: PageOptions = PageOptions()
    sample: int = 24


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


def silent(phase: str, done: int, of: int) -> None:
    """Progress that nobody watches."""


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
    """
    options = options or RunOptions()
    known, scans = load_register(register), open_scans(list(paths))
    folder.prepare()
    kept = store or Store.open(folder.store_url)
    found = learn_form(scans, known, folder, form, options, progress)
    step = ReadPage(folder, options.page, reader or HandwritingReader(options=_BEST_PATH))
    read_pages(scans, step, kept, book, how, progress)
    pages = [page for page in kept.pages(book) if page.page <= len(scans)]
    decided = decide(book, pages, known, found.generation, kept.answers(book))
    records = list(matcher(decided.records) if matcher else decided.records)
    kept.save_records(book, decided.unsaid(records))
    write_records(folder.records, records)
    return RunSummary(
        book,
        found.generation,
        tuple(records),
        Counter(page.outcome for page in pages),
        tuple((page.page, page.cause) for page in pages if page.outcome != "done"),
    )


def learn_form(
    scans: Scans,
    register: Register,
    folder: BookFolder,
    given: Path | None,
    options: RunOptions,
    progress: Progress = silent,
) -> BookForm:
    """The book's form: given by a person, found by an earlier run, or learnt from its pages.

    It is always read back from the folder, so that a resumed run sees the very same form.
    """
    if given is not None:
        _save(load_form(given), folder)
    elif not folder.form.is_file():
        pages = _sample(scans, options, progress)
        if not pages:
            raise FormError("no page of the book can be used", hint="see the scans")
        _save(discover_form(pages, register), folder)
    return load_form(folder.form)


def read_pages(
    scans: Sequence[Scan],
    step: ReadPage,
    store: Store,
    book: str,
    how: How = None,
    progress: Progress = silent,
) -> None:
    """Read every page that an earlier run with the same form and reader has not read."""
    key = _key(step)
    known = {page.page: page for page in store.pages(book)}
    waiting = [scan for scan in scans if not _is_read(known.get(scan.index), _of(key, scan))]
    if waiting:
        store.save_step(book, Step("read pages", {"pages": len(waiting)}, step.reader.source))
    done = len(scans) - len(waiting)
    progress("pages", done, len(scans))
    for scan, outcome in zip(waiting, run(step, waiting, how), strict=True):
        result = outcome.value or PageResult(scan.index, "failed", str(outcome.error), {})
        payload = {**result.payload, "key": _of(key, scan), "source": scan.source}
        if outcome.cause:
            payload["traceback"] = outcome.cause
        store.save_page(book, result.page, result.outcome, result.cause, payload)
        done += 1
        progress("pages", done, len(scans))


def decide(
    book: str,
    pages: Sequence[StoredPage],
    register: Register,
    generation: str,
    answers: Mapping[At, FieldValue],
) -> Decided:
    """A book from what its pages gave and people said: values, rules, confidence, review."""
    readings = [PageReading.from_json(page.payload) for page in pages if page.outcome == "done"]
    form, curves = register.generation(generation), load_calibration()
    return decide_with_answers(book, readings, register, form, curves, answers)


def _save(form: BookForm, folder: BookFolder) -> None:
    """Write the form's files, ``form.yaml`` last: a run killed meanwhile learns it again."""
    waiting = folder.root / "form.part"
    waiting.mkdir(exist_ok=True)
    save_form(form, waiting)
    names = sorted((path.name for path in waiting.iterdir()), key=lambda n: n == folder.form.name)
    for name in names:
        (waiting / name).replace(folder.root / name)
    waiting.rmdir()


def _sample(scans: Scans, options: RunOptions, progress: Progress) -> list[Image]:
    """Clean grey pages spread over the book; pages that cannot be used are left out."""
    count = min(options.sample, len(scans))
    pages = []
    for done in range(count):
        scan = scans[round(done * (len(scans) - 1) / max(count - 1, 1))]
        progress("form", done, count)
        try:
            clean = clean_page(scan.load(), options.page.clean)
        except PageError:
            continue  # recorded with its cause when its turn comes
        if not clean.blank:
            pages.append(reduced(clean.grey)[0])
    progress("form", count, count)
    return pages


def _key(step: ReadPage) -> str:
    """What a page's readings depend on beside its scan: form, reader, options."""
    digest = hashlib.sha256(step.folder.form.read_bytes())
    digest.update(step.reader.source.encode())
    digest.update(step.options.model_dump_json().encode())
    return digest.hexdigest()[:16]


def _of(key: str, scan: Scan) -> str:
    size = scan.path.stat().st_size if scan.path.is_file() else 0
    return f"{key} {scan.source} {size}"


def _is_read(page: StoredPage | None, key: str) -> bool:
    return page is not None and page.outcome != "failed" and page.payload.get("key") == key
