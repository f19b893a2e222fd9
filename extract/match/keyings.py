"""Keyings to reconcile: what `extract` wrote, or the workbook or CSV of whoever keyed the book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from common.errors import InputError
from common.text import squeeze
from extract.deliver.sheet import column_code
from extract.match.csv_rows import read_rows
from extract.match.notes import Notes
from extract.match.reconcile import Case
from extract.record import Record
from extract.registers import Register
from extract.reopen import Extracted

_LEAST = 3  # columns of the register that a header must name


def read_keying(path: Path, register: Register, notes: Notes) -> tuple[list[Case], list[str]]:
    """The cases of a keying, and the columns it has; ``notes`` takes down what is amiss in a CSV.

    Raises:
        InputError: no such file, or no row of it names columns of the register.
    """
    if path.is_dir():
        with Extracted.open(path) as book:
            return [_of_record(record) for record in book.records()], _codes(register)
    rows = _sheets(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _lines(path, notes)
    return _cases(path, rows, register)


def _of_record(record: Record) -> Case:
    told = {code: own for code, own in record.fields.items() if own.value}
    return Case(
        f"tờ {record.page}, trường hợp {record.entry}",
        {code: own.value or "" for code, own in told.items()},
        {code: own.confidence for code, own in told.items()},
    )


def _codes(register: Register) -> list[str]:
    return [column.code for column in register.columns]


def _cases(
    path: Path, rows: Iterable[tuple[str, Sequence[str]]], register: Register
) -> tuple[list[Case], list[str]]:
    """The cases under the row that names the most columns; of workbooks, the sheet with it."""
    known = set(_codes(register))
    header: list[str] = []
    cases: list[Case] = []
    for where, cells in rows:
        codes = [column_code(cell) for cell in cells]
        if len(known & set(codes)) >= max(_LEAST, len(known & set(header)) + 1):
            header, cases = codes, []
            continue
        values = {
            code: squeeze(cell)
            for code, cell in zip(header, cells, strict=False)
            if code in known and cell.strip()
        }
        if values:
            cases.append(Case(where, values, {}))
    if not header:
        raise InputError(
            f"no row names the columns of register {register.code}",
            where=str(path),
            hint="the header must hold column codes such as nksHoTen",
        )
    return cases, [code for code in header if code in known]


def _sheets(path: Path) -> Iterator[tuple[str, Sequence[str]]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError) as error:
        raise InputError(f"not an xlsx: {error}", where=str(path)) from error
    for sheet in book.worksheets:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            texts = [cell_text(cell) for cell in cells]
            if any(texts):
                yield f"{sheet.title}, dòng {number}", texts


def cell_text(cell: object) -> str:
    """A cell of a workbook as a clerk would write it: a day as DD.MM.YYYY, a whole number bare."""
    if cell is None:
        return ""
    if isinstance(cell, datetime) and (cell.hour or cell.minute):
        return f"{cell:%d.%m.%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return f"{cell:.0f}"
    return str(cell)


def _lines(path: Path, notes: Notes) -> Iterator[tuple[str, Sequence[str]]]:
    for line, cells in read_rows(path, notes):
        yield f"dòng {line}", cells
