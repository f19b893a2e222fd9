"""One book's package: workbook, PDFs, keying sheets, archive, and a manifest with their hashes."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from getpass import getuser
from io import BytesIO
from pathlib import Path

from common.errors import PackageError
from common.options import Options
from common.provenance import Step
from extract.deliver.archive import archive_files
from extract.deliver.cases import PERSON, Case, book_number, ready_cases, sources
from extract.deliver.keying import KeyingCase, keying_sheets
from extract.deliver.names import NATIONAL, NameRules, book_base
from extract.deliver.pages import PageSource, case_pictures, page_sources, pages_without_case
from extract.deliver.pdfs import case_pdf, pages_pdf
from extract.deliver.sheet import SheetForm, sheet_form
from extract.deliver.written import all_or_none
from extract.deliver.xlsx import (
    Sheet,
    Source,
    new_workbook,
    open_template,
    write_rows,
    write_sources,
)
from extract.log.chain import Note
from extract.log.logged import EXPORTED, log_of
from extract.promise import marked, promised
from extract.registers import ANY, Register, load_register
from extract.reopen import Extracted

_EPOCH = (1980, 1, 1, 0, 0, 0)  # so that equal packages have equal zips


class DeliverOptions(Options):
    """What a delivery may choose.

    Attributes:
        template: the customer's blank xlsx.
        sheet: a known version of the import sheet, where there is no template.
        names: the rule set of the files' names, or a YAML file with one.
        book_number: quyển số, where the form has none.
        commune: prefix of the book's files.
        archive: whether the archive's files are made.
        scans: the scans that were read, in place of the pictures that were kept of them: for an
            archive at full size, or when those pictures are gone.
    """

    template: Path | None = None
    sheet: str = ""
    names: str = NATIONAL
    book_number: str = ""
    commune: str = ""
    archive: bool = True
    scans: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Package:
    """The files of a delivered book.

    ``more``: keying sheets, pages without a case, the archive. ``corrected`` counts cells that a
    person set, ``unreviewed`` fields that one should still see; ``promise`` is what is said of the
    others.
    """

    xlsx: Path
    zip: Path
    manifest: Path
    more: tuple[Path, ...]
    cases: int
    corrected: int
    unreviewed: int
    promise: tuple[str, ...]


def deliver(book: Extracted, out: Path, options: DeliverOptions) -> Package:
    """Write the book's package into ``out``, whole or not at all, and note it in the book's log.

    Raises:
        PackageError: the book holds no case, or is a ledger that nobody described; or a case
            cannot be named or coded; the message lists every such case; or a scan is not the one
            that was read; or the pages' pictures are gone and no scans are given.
    """
    records = marked(book.folder, book.records(), proved=True)
    if not records:
        raise PackageError("the book has no case", where=book.name, hint="see its report.html")
    if records[0].register == ANY:
        raise PackageError(
            "no package is known for a ledger that nobody described",
            where=book.name,
            hint="its rows are in records.jsonl",
        )
    register, names = load_register(records[0].register), NameRules.of(options.names)
    number = book_number(records, book.name, options.book_number)
    base = book_base(register.code, number, options.commune, names)
    if options.template:
        sheet = open_template(options.template, register)
    else:
        sheet = new_workbook(sheet_form(register.code, options.sheet))
    cases = ready_cases(records, register, sheet.form, number, names)
    told = [source for case in cases for source in sources(book.store, case, sheet.form)]
    pages = page_sources(book, records, options.scans)
    cover = names.named(names.cover, register.code, number, options.commune)
    unpaired = pages_without_case(pages, records)
    unreviewed = sum(value.review for record in records for value in record.fields.values())
    promise = promised(book.folder)
    log, manifest = log_of(book.folder), f"{base}.manifest.json"
    with all_or_none(out, manifest) as written:
        written.add([(f"{base}.xlsx", _workbook(sheet, cases, told))])
        written.add([(f"{base}.zip", _zip(pages, cases))])
        written.add(_keying(base, cases, register, sheet.form))
        written.add([(cover, pages_pdf(unpaired, cover))] if unpaired else [])
        written.add(archive_files(book.name, records, base, pages) if options.archive else [])
        content = {
            "book": book.name,
            "step": Step(
                "deliver", {"sheet": sheet.form.version, "names": options.names}
            ).as_dict(),
            "cases": len(cases),
            "unreviewed": unreviewed,
            "promise": promise,
            "pages_without_case": len(unpaired),
            "log": dict(zip(("lines", "last"), log.last, strict=True)),
            "files": written.files,
            "pdfs": [case.name for case in cases],
        }
        listing = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        written.add([(manifest, listing.encode("utf-8"))])
    digests = {name: about["sha256"] for name, about in written.files.items()}
    log.add(Note(EXPORTED, {"to": str(out.resolve()), "files": digests}, getuser()))
    xlsx, archive, *more, last = (out / name for name in written.files)
    corrected = sum(source.kind == PERSON for source in told)
    counts = len(cases), corrected, unreviewed
    return Package(xlsx, archive, last, tuple(more), *counts, tuple(promise))


def _workbook(sheet: Sheet, cases: Sequence[Case], told: Sequence[Source]) -> bytes:
    rows = (case.row(sheet.form, place) for place, case in enumerate(cases, start=1))
    write_rows(sheet.cells, sheet.header, rows)
    write_sources(sheet.book, sheet.form, told)
    content = BytesIO()
    sheet.book.save(content)
    return content.getvalue()


def _keying(
    base: str, cases: Sequence[Case], register: Register, form: SheetForm
) -> Iterator[tuple[str, bytes]]:
    """Keying sheets, where there is no import file."""
    if not form.imported:
        sheets = [KeyingCase(case.record, case.name, case.cells) for case in cases]
        yield f"{base}.keying.pdf", keying_sheets(sheets, register, form)


def _zip(pages: Sequence[PageSource], cases: Sequence[Case]) -> bytes:
    content = BytesIO()
    names = {case.record.key: case.name for case in cases}
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for record, page, box in case_pictures(pages, [case.record for case in cases]):
            name = names[record.key]
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), case_pdf(page, box, name))
    return content.getvalue()
