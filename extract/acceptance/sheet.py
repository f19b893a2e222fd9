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
from extract.deliver.xlsx import UNREADABLE, find_header
from extract.registers import Register, load_register, register_codes

_USUAL = "KS"


@dataclass(frozen=True)
class Row:
    """One case: its row number in the sheet, its cells by column, and which are formulas."""

    number: int
    cells: dict[str, str]
    formulas: frozenset[str]

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
    found = find_header(book, register)
    if found is None:
        return None, [finding("H02", path.name, register=register.code)]
    sheet, header, headers = found
    form = with_headers(headers, register)
    table = Table(form, list(_rows(sheet, header, form.columns)))
    return table, list(_headers(path.name, form, register))


def register_of(path: Path) -> str:
    """The register whose columns a workbook shows best; births when it shows none."""
    try:
        book = load_workbook(path)
    except UNREADABLE:
        return _USUAL
    shown = {}
    for code in register_codes():
        found = find_header(book, load_register(code))
        shown[code] = len({column_code(h) for h in found[2]} & _columns(code)) if found else 0
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
        values = {code: str(cell.value) for code, cell in named if cell.value is not None}
        formulas = frozenset(code for code, cell in named if cell.data_type == "f")
        if values:
            yield Row(number, values, formulas)
