"""One book's package: the workbook, the zip of its PDFs, and a manifest with their hashes."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from common.errors import PackageError
from common.options import Options
from common.provenance import Step
from extract.deliver.names import BookNumber, book_base, case_name, parse_book_number
from extract.deliver.pages import case_pictures
from extract.deliver.pdfs import case_pdf
from extract.deliver.sheet import column_code, row_of, sheet_form
from extract.deliver.xlsx import Source, new_workbook, open_template, write_rows, write_sources
from extract.record import MACHINE, Record, write_whole
from extract.registers import Register, load_register
from extract.reopen import Extracted
from extract.store import Store

_EPOCH = (1980, 1, 1, 0, 0, 0)  # so that equal packages have equal zips


class DeliverOptions(Options):
    """What a delivery may choose.

    ``template``: the customer's blank xlsx; ``book_number``: quyển số where the form has none;
    ``commune``: prefix of the book's files; ``number_width``: figures of a case's number.
    """

    template: Path | None = None
    book_number: str = ""
    commune: str = ""
    number_width: int = 3


@dataclass(frozen=True)
class Package:
    """The files of a delivered book.

    ``corrected`` counts cells that a person set, ``unreviewed`` fields that one should still see.
    """

    xlsx: Path
    zip: Path
    manifest: Path
    cases: int
    corrected: int
    unreviewed: int


@dataclass(frozen=True)
class Case:
    """One case ready to be written: its file's name and its row."""

    record: Record
    name: str
    cells: list[str | None]


def deliver(book: Extracted, out: Path, options: DeliverOptions) -> Package:
    """Write the book's package into ``out``.

    Raises:
        UsageError: the register has no import sheet.
        PackageError: the book holds no case, or a case cannot be named or coded; the message
            lists every such case.
    """
    records = book.records()
    if not records:
        raise PackageError("the book has no case", where=book.name, hint="see its report.html")
    register = load_register(records[0].register)
    form = sheet_form(register.code)
    number = book_number(records, book.name, options)
    if options.template:
        workbook, sheet, row, headers = open_template(options.template, register)
    else:
        workbook, sheet, row, headers = new_workbook(form)
    cases = ready_cases(records, register, headers, number, options)
    write_rows(sheet, row, (case.cells for case in cases))
    sources = [source for case in cases for source in _sources(book.store, case, headers)]
    write_sources(workbook, form, sources)
    content = BytesIO()
    workbook.save(content)
    base = book_base(register.code, number, options.commune)
    files = {f"{base}.xlsx": content.getvalue(), f"{base}.zip": _zip(book, cases)}
    unreviewed = sum(value.review for record in records for value in record.fields.values())
    manifest = {f"{base}.manifest.json": _manifest(book.name, files, cases, unreviewed)}
    out.mkdir(parents=True, exist_ok=True)
    for name, data in (files | manifest).items():
        write_whole(out / name, data)
    corrected = sum(source.kind == PERSON for source in sources)
    xlsx, archive, listing = (out / name for name in files | manifest)
    return Package(xlsx, archive, listing, len(cases), corrected, unreviewed)


def book_number(records: Sequence[Record], name: str, options: DeliverOptions) -> BookNumber:
    """Quyển số: as declared, else as the cases say (most of them), else as the book is called.

    Raises:
        PackageError: none of them says.
    """
    written = Counter(record.get("quyenSo").value or "" for record in records)
    del written[""]
    for text in (options.book_number, *(text for text, _ in written.most_common()), name):
        number = parse_book_number(text)
        if number:
            return number
    raise PackageError(
        "the number and year of the book are unknown", where=name, hint="give --book-number 01/1962"
    )


def ready_cases(
    records: Sequence[Record],
    register: Register,
    headers: Sequence[str],
    number: BookNumber,
    options: DeliverOptions,
) -> list[Case]:
    """Every case with its name and row.

    Raises:
        PackageError: a list of all cases that cannot be delivered, with the causes.
    """
    cases, stopped = [], []
    place = [column_code(header) for header in headers].index("quyenSo")
    names: Counter[str] = Counter()
    for record in records:
        name, causes = case_name(record, number, options.number_width)
        cells, uncoded = row_of(record, headers, register)
        own = parse_book_number(cells[place] or "")
        if own not in (None, number):
            causes.append(f"quyenSo {cells[place]} khác {number.sheet}")
        cells[place] = number.sheet
        names[name] += bool(name)
        if names[name] > 1:
            causes.append(f"trùng tên {name}")
        causes += uncoded
        if causes:
            stopped.append(f"tờ {record.page} trường hợp {record.entry}: {', '.join(causes)}")
        cases.append(Case(record, name, cells))
    if stopped:
        raise PackageError(
            f"{len(stopped)} of {len(records)} cases cannot be delivered: {'; '.join(stopped)}",
            where=records[0].book,
            hint="settle them with hotich review",
        )
    return cases


PERSON, DERIVED, DECLARED = "người sửa", "suy ra", "khai báo khi giao"


def _sources(store: Store, case: Case, headers: Sequence[str]) -> Iterator[Source]:
    """The cells that are not simply what the machine read, and what people said of fields for
    which the sheet has no column."""
    record = case.record
    shown = {column_code(header): cell for header, cell in zip(headers, case.cells, strict=True)}
    more = {
        code: value.value
        for code, value in record.fields.items()
        if value.author != MACHINE and code not in shown
    }
    for code, cell in {**shown, **more}.items():
        value = record.get(code)
        at = (record.page, record.entry, record.get("so").value or "", code)
        if value.author != MACHINE:
            history = store.history(record.book, record.page, record.entry, code)
            read = [past.value or "" for past in history if past.author == MACHINE]
            machine = read[-1] if read else ""
            yield Source(*at, machine, cell or "", PERSON, value.author, value.time)
        elif code == "quyenSo" and value.value != cell:
            yield Source(*at, value.value or "", cell or "", DECLARED, MACHINE, value.time)
        elif value.status == "derived" and cell:
            yield Source(*at, value.raw or "", cell, DERIVED, MACHINE, value.time)


def _zip(book: Extracted, cases: Sequence[Case]) -> bytes:
    content = BytesIO()
    names = {case.record.key: case.name for case in cases}
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for record, page, box in case_pictures(book, [case.record for case in cases]):
            name = names[record.key]
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), case_pdf(page, box, name))
    return content.getvalue()


def _manifest(name: str, files: dict[str, bytes], cases: Sequence[Case], unreviewed: int) -> bytes:
    content = {
        "book": name,
        "step": Step("deliver").as_dict(),
        "cases": len(cases),
        "unreviewed": unreviewed,
        "files": {
            file: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for file, data in files.items()
        },
        "pdfs": [case.name for case in cases],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
