"""The zip of a package: every PDF opens, shows something, and has its row."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PureWindowsPath

import pymupdf

from extract.acceptance.findings import Finding, finding
from extract.acceptance.pictures import check_picture
from extract.acceptance.sheet import Row
from extract.deliver.names import parse_book_number, rules
from extract.parse.dates import date_of_value

_PLACEHOLDER = re.compile(r"(^|[.\W_])(null|nan|none|undefined)([.\W_]|$)", re.I)
_FULL_PAGE_KB = 300
_LARGEST = 50_000_000
_HEAD = 1024  # within which a PDF says that it is one
_ENCRYPTED = 1  # flag of a zip's entry
_ACTIVE = re.compile(r"/(JavaScript|Launch|EmbeddedFile|SubmitForm|RichMedia)\b")


def check_zip(path: Path, rows: Sequence[Row] | None, register: str) -> Iterator[Finding]:
    """Everything wrong with the zip, and between it and the rows."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            pdfs = [entry for entry in entries if is_pdf_name(entry.filename)]
            for name, times in Counter(entry.filename for entry in entries).items():
                if times > 1:
                    yield finding("B12", path.name, name=name)
            for entry in entries:
                if entry not in pdfs:
                    yield finding("B02-other", path.name, name=entry.filename)
            seen: dict[str, str] = {}
            for entry in pdfs:
                yield from _check_pdf(path.name, archive, entry, seen)
    except (zipfile.BadZipFile, OSError) as error:
        yield finding("H01", path.name, cause=error)
        return
    if rows is not None:
        yield from _pairs(path.name, [entry.filename for entry in pdfs], rows, register)


def check_manifest(path: Path) -> Iterator[Finding]:
    """The files that a manifest names have the bytes that it says; nothing waits for a person;
    pages on which no case stands are there too."""
    try:
        content = json.loads(path.read_text("utf-8"))
        files, unreviewed = content["files"], int(content.get("unreviewed", 0))
        unpaired = int(content.get("pages_without_case", 0))
        wanted = {str(name): str(about["sha256"]) for name, about in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        yield finding("H01", path.name, cause=error)
        return
    if unreviewed:
        yield finding("B09", path.name, fields=unreviewed)
    if unpaired and not any(Path(name).name.startswith("Cover.") for name in wanted):
        yield finding("B06", path.name, pages=unpaired)
    for name, digest in wanted.items():
        file = path.parent / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            yield finding("B02-name", path.name, name=name)
        elif not file.is_file():
            yield finding("B03", path.name, name=name)
        elif hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            yield finding("B11", path.name, name=name)


def _check_pdf(
    where: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, seen: dict[str, str]
) -> Iterator[Finding]:
    """One PDF: its name, whether it opens and shows something; ``seen`` knows earlier pictures."""
    name = entry.filename
    if _PLACEHOLDER.search(name):
        yield finding("B07", where, text=name)
    elif not re.match(rules()["case_file"], name) or "\0" in entry.orig_filename:
        yield finding("B02-name", where, name=name)
    if entry.file_size > _LARGEST:
        yield finding("B04-broken", where, name=name, cause=f"{entry.file_size} bytes")
        return
    if entry.flag_bits & _ENCRYPTED:
        yield finding("B04-locked", where, name=name)
        return
    try:
        content = archive.read(entry)
        if b"%PDF-" not in content[:_HEAD]:  # MuPDF opens pictures too
            yield finding("B04-broken", where, name=name, cause="không phải PDF")
            return
        with pymupdf.open(stream=content, filetype="pdf") as document:
            if document.needs_pass:
                yield finding("B04-locked", where, name=name)
                return
            if what := sorted(set(_active(document))):
                yield finding("B04-active", where, name=name, what=", ".join(what))
            yield from _check_pages(where, name, len(content), document, seen)
    except (pymupdf.FileDataError, zipfile.BadZipFile, RuntimeError, ValueError) as error:
        yield finding("B04-broken", where, name=name, cause=error)


def _active(document: pymupdf.Document) -> Iterator[str]:
    """What runs in a PDF, or lies in it besides its pages."""
    for number in range(1, document.xref_length()):
        yield from _ACTIVE.findall(document.xref_object(number, compressed=True))


def _check_pages(
    where: str, name: str, size: int, document: pymupdf.Document, seen: dict[str, str]
) -> Iterator[Finding]:
    if document.page_count == 0:
        yield finding("B04-empty", where, name=name)
        return
    kilobytes = size // 1000 // document.page_count
    if kilobytes > _FULL_PAGE_KB:
        yield finding("B04-size", where, name=name, kilobytes=kilobytes)
    for page in document:
        yield from check_picture(where, name, page, seen)


def _pairs(
    where: str, names: Sequence[str], rows: Sequence[Row], register: str
) -> Iterator[Finding]:
    """Each row has its PDF and each PDF its row, by type, book, date and number."""
    if len(names) != len(rows):
        yield finding("B01", where, rows=len(rows), pdfs=len(names))
    waiting = {key: name for name in names if (key := pdf_key(name))}
    for row in rows:
        key = row_key(row, register)
        if key is None:
            continue
        if waiting.pop(key, None) is None:
            yield finding("B02-row", f"{where} dòng {row.number}", name=".".join(key) + ".pdf")
    for name in waiting.values():
        yield finding("B02-pdf", where, name=name)


def is_pdf_name(name: str) -> bool:
    """Whether an entry of a zip is called a PDF."""
    return name.lower().endswith(".pdf")


def pdf_key(name: str) -> tuple[str, ...] | None:
    """By which a PDF finds its row, whatever folder of the zip it lies in: type, book, date,
    number; None for a name of another kind."""
    found = re.match(rules()["case_file"], PureWindowsPath(name).name)
    if not found:
        return None
    parts = found.groupdict()
    return (*(parts[p] for p in ("type", "year", "number", "date")), parts["case"].lstrip("0"))


def row_key(row: Row, register: str) -> tuple[str, ...] | None:
    """The same from a row; None where a part of it is missing."""
    book, date = parse_book_number(row.get("quyenSo")), date_of_value(row.get("ngayDangKy"))
    case = re.match(rules()["case_number"], row.get("so"))
    if book is None or date is None or date.day is None or case is None:
        return None
    iso = f"{date.year:04d}-{date.month:02d}-{date.day:02d}"
    return register, book.year, f"{book.number:02d}", iso, case["digits"] + case["suffix"]
