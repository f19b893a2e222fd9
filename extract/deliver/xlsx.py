"""The book's workbook: the import sheet, and where its cells come from.

Every cell is text, whatever it begins with: a name that starts with ``=`` stays a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from common.errors import InputError
from extract.deliver.sheet import SheetForm, column_code, sheet_forms, with_headers
from extract.registers import Register

SOURCE_SHEET = "Nguon"
UNREADABLE = (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError)
"""What openpyxl raises for a file that is no workbook."""
_HEADER_WITHIN = 20  # first rows of a sheet
_LEAST_COLUMNS = 10
_SOURCE_HEADERS = (
    "Tờ", "Trường hợp", "Số", "Cột", "Máy đọc", "Giao", "Nguồn", "Người sửa", "Thời gian (UTC)",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where a delivered cell comes from, when it is not simply what the machine read."""

    page: int
    entry: int
    number: str
    column: str
    machine: str
    delivered: str
    kind: str
    author: str
    time: str

    def row(self) -> list[str | None]:
        words = (self.number, self.column, self.machine, self.delivered, self.kind)
        return [str(self.page), str(self.entry), *words, self.author, self.time]


@dataclass(frozen=True)
class Sheet:
    """A workbook to be filled: its import sheet's cells, the row of the headers, and the form."""

    book: Workbook
    cells: Any
    header: int
    form: SheetForm


def new_workbook(form: SheetForm) -> Sheet:
    """An empty workbook of a known form."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = form.sheet
    _write_header(sheet, form.headers, form)
    for place, header in enumerate(form.headers, start=1):
        width = max(12, min(34, len(header) + 3))
        sheet.column_dimensions[get_column_letter(place)].width = width
    return Sheet(book, sheet, 1, form)


def open_template(path: Path, register: Register) -> Sheet:
    """The customer's blank workbook, untouched; its form is the known one nearest to it, with its
    own raw headers.

    Rows that stand under the header (samples) are cleared.

    Raises:
        InputError: not an xlsx, or no sheet of it has the register's headers.
    """
    try:
        book = load_workbook(path, rich_text=True)
    except UNREADABLE as error:
        raise InputError(f"not an xlsx template: {error}", where=str(path)) from error
    found = find_headers(book, register)
    if not found:
        raise InputError(
            f"no sheet with the headers of register {register.code}",
            where=str(path),
            hint="give the blank import file of this register",
        )
    sheet, row, headers = found[0]
    for cells in sheet.iter_rows(min_row=row + 1):
        for cell in cells:
            if not isinstance(cell, MergedCell):
                cell.value = None
    return Sheet(book, sheet, row, with_headers(headers, register))


def find_headers(book: Workbook, register: Register) -> list[tuple[Any, int, list[str]]]:
    """Every sheet that shows enough of the register's columns, the best one first: its header row
    and raw headers."""
    known = {column.code for column in register.columns}
    known |= {code for form in sheet_forms(register.code) for code in form.columns}
    found: list[tuple[int, Any, int, list[str]]] = []
    for sheet in book.worksheets:
        best: tuple[int, int, list[str]] = (0, 0, [])
        for row in range(1, min(sheet.max_row, _HEADER_WITHIN) + 1):
            headers = [str(cell.value or "") for cell in sheet[row]]
            shown = len(known & {column_code(header) for header in headers})
            best = max(best, (shown, row, headers), key=lambda one: one[0])
        if best[0] >= _LEAST_COLUMNS and sheet.title != SOURCE_SHEET:
            found.append((best[0], sheet, *best[1:]))
    found.sort(key=lambda one: (-one[0], one[1].title.strip() != register.code))
    return [one[1:] for one in found]


def text_of(value: object) -> str:
    """A cell's value as text: what Excel made a date of as ``DD.MM.YYYY``, whole numbers without
    decimals."""
    if isinstance(value, date):  # a datetime is one
        return value.strftime("%d.%m.%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def write_rows(sheet: Any, after: int, rows: Iterable[Sequence[str | None]]) -> None:
    """Write text rows below row ``after``."""
    for place, cells in enumerate(rows, start=after + 1):
        for column, text in enumerate(cells, start=1):
            if text is not None:
                put_text(sheet.cell(place, column), text)


def put_text(cell: Cell, text: str) -> None:
    """Text that Excel neither computes nor turns into a number or a date."""
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    if text[:1] in "=+-@":
        cell.quotePrefix = True


def write_sources(book: Workbook, form: SheetForm, sources: Iterable[Source]) -> None:
    """The second sheet: one row for each cell that a person corrected or a rule derived."""
    sheet: Any = book.create_sheet(SOURCE_SHEET)
    _write_header(sheet, _SOURCE_HEADERS, form)
    for place, width in enumerate((6, 11, 12, 26, 30, 30, 16, 30, 30), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    write_rows(sheet, 1, (source.row() for source in sources))


def _write_header(sheet: Any, headers: Sequence[str], form: SheetForm) -> None:
    fill = PatternFill("solid", fgColor=form.header_fill)
    font = Font(color=form.header_font, bold=True)
    for place, header in enumerate(headers, start=1):
        cell = sheet.cell(1, place)
        put_text(cell, header)
        cell.fill, cell.font = fill, font
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    sheet.freeze_panes = "A2"
