"""The rows of a delivered workbook, and whether its headers are those of the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from extract.acceptance.findings import Finding, finding
from extract.deliver.sheet import SheetForm, column_code, sheet_form, sheet_forms, with_headers
from extract.deliver.xlsx import UNREADABLE, find_headers, text_of
from extract.registers import Register, load_register, register_codes

_USUAL = "KS"


@dataclass(frozen=True)
class Row:
    """One case: its row number in the sheet, its cells by column, and which of them are formulas,
    and dates of Excel's."""

    number: int
    cells: dict[str, str]
    formulas: frozenset[str]
    dates: frozenset[str] = frozenset()

    def get(self, code: str) -> str:
        return self.cells.get(code, "").strip()


@dataclass(frozen=True)
class Table:
    """The import sheet of a workbook: the known form nearest to its headers, and its rows."""

    form: SheetForm
    rows: Sequence[Row]


def read_table(path: Path, register: Register) -> tuple[Table | None, list[Finding]]:
    """The sheet that has the register's headers, and what is wrong with the headers."""
    try:
        book = load_workbook(path)
    except UNREADABLE as error:
        return None, [finding("H01", path.name, cause=error)]
    found = find_headers(book, register)
    if not found:
        return None, [finding("H02", path.name, register=register.code)]
    (sheet, header, headers), *others = found
    form = with_headers(headers, register)
    table = Table(form, list(_rows(sheet, header, form.columns)))
    more = [
        finding("H07", path.name, sheet=other.title, taken=sheet.title)
        for other, row, _ in others
        if other.max_row > row
    ]
    if hidden := [row.number for row in table.rows if sheet.row_dimensions[row.number].hidden]:
        more.append(finding("H08", path.name, rows=len(hidden), first=hidden[0]))
    return table, [*_headers(path.name, form, register), *more]


def register_of(path: Path) -> str:
    """The register whose columns a workbook shows best; births when it shows none."""
    try:
        book = load_workbook(path)
    except UNREADABLE:
        return _USUAL
    shown = {}
    for code in register_codes():
        found = find_headers(book, load_register(code))
        headers = found[0][2] if found else []
        shown[code] = len({column_code(header) for header in headers} & _columns(code))
    best = max(shown, key=lambda code: (shown[code], code == _USUAL))
    return best if shown[best] else _USUAL


def _columns(register: str) -> set[str]:
    return {column.code for column in load_register(register).columns}


def _headers(where: str, form: SheetForm, register: Register) -> Iterator[Finding]:
    for code in sheet_form(register.code, form.version).columns:
        if code not in form.columns:
            yield finding("H03", where, column=code)
    known = {column.code for column in register.columns}
    known |= {code for other in sheet_forms(register.code) for code in other.columns}
    for code, times in Counter(code for code in form.columns if code).items():
        if times > 1:
            yield finding("H04", where, column=code)
        if code not in known:
            yield finding("H05", where, column=code)


def _rows(sheet: Any, header: int, codes: Sequence[str]) -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows(min_row=header + 1), start=header + 1):
        named = [(code, cell) for code, cell in zip(codes, cells, strict=False) if code]
        values = {code: text_of(cell.value) for code, cell in named if cell.value is not None}
        formulas, dates = (
            frozenset(code for code, cell in named if cell.data_type == kind) for kind in "fd"
        )
        if any(text.strip() for text in values.values()):
            yield Row(number, values, formulas, dates)
