"""The rows of a delivered workbook, and whether its headers are those of the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from extract.acceptance.findings import Finding, finding
from extract.deliver.sheet import column_code
from extract.deliver.xlsx import SOURCE_SHEET
from extract.registers import Register


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
    """The import sheet of a workbook."""

    codes: Sequence[str]
    rows: Sequence[Row]


def read_table(path: Path, register: Register) -> tuple[Table | None, list[Finding]]:
    """The sheet that has the register's headers, and what is wrong with the headers."""
    try:
        book = load_workbook(path)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError) as error:
        return None, [finding("H01", path.name, cause=error)]
    known = [column.code for column in register.columns]
    best: tuple[int, Any, int] = (0, None, 0)
    for sheet in book.worksheets:
        for number in range(1, min(sheet.max_row, 20) + 1):
            codes = [column_code(str(cell.value or "")) for cell in sheet[number]]
            if sheet.title != SOURCE_SHEET and len(set(codes) & set(known)) > best[0]:
                best = len(set(codes) & set(known)), sheet, number
    found, sheet, header = best
    if found < 10:
        return None, [finding("H02", path.name, register=register.code)]
    codes = [column_code(str(cell.value or "")) for cell in sheet[header]]
    wanted = [column.code for column in register.sheet]
    table = Table(codes, list(_rows(sheet, header, codes)))
    return table, list(_headers(path.name, codes, wanted, known))


def _headers(
    where: str, codes: Sequence[str], wanted: Sequence[str], known: Sequence[str]
) -> Iterator[Finding]:
    for code in wanted:
        if code not in codes:
            yield finding("H03", where, column=code)
    for code, times in Counter(code for code in codes if code).items():
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
