"""The report of a commune, a district, a province: many books on one page, and as a workbook."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from common.errors import HotichError, InputError
from extract.deliver.xlsx import put_text
from extract.record import write_whole
from extract.report.layout import render
from extract.report.levels import named_levels, texts
from extract.report.summary import BookSummary, book_folders, summary_of
from extract.report.tables import (
    Row,
    Table,
    Value,
    book_table,
    day_table,
    numbers_of,
    place_tables,
    sample_table,
    trouble_table,
)
from extract.sample import Acceptance, acceptance_of, sample_folders


@dataclass(frozen=True)
class Area:
    """Books that are reported together, their samples, and folders that do not open."""

    title: str
    books: tuple[BookSummary, ...]
    samples: tuple[Acceptance, ...] = ()
    troubles: tuple[tuple[Path, str], ...] = ()


def area_of(roots: Sequence[Path], store_url: str = "") -> Area:
    """Everything at or below these folders.

    Raises:
        InputError: no book lies there.
    """
    books: list[BookSummary] = []
    troubles: list[tuple[Path, str]] = []
    for folder, place in book_folders(roots):
        try:
            books.append(summary_of(folder, place, store_url))
        except HotichError as error:
            troubles.append((folder, str(error)))
    samples: list[Acceptance] = []
    for folder in sample_folders(roots):
        try:
            samples.append(acceptance_of(folder))
        except HotichError as error:
            troubles.append((folder, str(error)))
    if not books and not troubles:
        where = ", ".join(map(str, roots))
        raise InputError("no book here", where=where, hint="give what hotich extract wrote")
    title = " · ".join(root.resolve().name for root in roots)
    return Area(title, tuple(books), tuple(samples), tuple(troubles))


def write_area(area: Area, page: Path) -> Path:
    """Write the page, and the workbook beside it; returns the workbook's path."""
    books = area.books
    tables = [*place_tables(books), book_table(books)]
    days = day_table(books)
    more = [t for t in (sample_table(area.samples), trouble_table(area.troubles)) if t.rows]
    levels = sum((Counter(book.levels) for book in books), Counter[str]())
    html = render(
        "area.html.j2",
        title=area.title,
        books=books,
        numbers=numbers_of(books),
        tables=tables[::-1],
        days=days,
        most=[max((row.cells[place] or 0 for row in days.rows), default=0) for place in (1, 2)],
        more=more,
        levels=[(id_, label, levels[id_]) for id_, label in named_levels()],
        states=Counter(row.state for row in tables[-1].rows),
        texts=texts(),
        href=lambda path: Path(os.path.relpath(path, page.parent)).as_posix(),
        script_name="area.js",
    )
    write_whole(page, html.encode("utf-8"))
    workbook = page.with_suffix(".xlsx")
    _workbook([*tables[::-1], days, *more]).save(workbook)
    return workbook


def _workbook(tables: Sequence[Table]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        sheet: Any = book.create_sheet(table.title)
        for place, row in enumerate((Row(table.headers), *table.rows), start=1):
            for column, value in enumerate(row.cells, start=1):
                _put(sheet.cell(place, column), value)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(cell.column)].width = 20
        sheet.freeze_panes = sheet.cell(2, table.names + 1)
        sheet.auto_filter.ref = sheet.dimensions
    return book


def _put(cell: Any, value: Value) -> None:
    """Counts and shares are numbers, everything else is text."""
    if isinstance(value, str):
        put_text(cell, value)
    elif value is not None:
        cell.value = value
        cell.number_format = "0.00%" if isinstance(value, float) else "#,##0"
