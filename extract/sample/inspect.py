"""What an inspector is given: a picture of each case, and a sheet to fill in; nobody's values.

Nor their traces: a PDF's name holds a date and a number, a package's the number of the book, so
that pictures are only numbered.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import pymupdf
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from common.errors import InputError
from extract.deliver.xlsx import UNREADABLE, put_text, text_of
from extract.sample.cells import Cell, Package, words

SHEET = "phieu-kiem.xlsx"
_PICTURES = "hinh"
_DPI = 200
_WIDTHS = (6, 18, 18, 30, 44, 18, 60)
_FIRST = 3  # the first row of the table; above it the guide and the headers
_SAID, _ILLEGIBLE = 5, 6  # columns that the inspector fills


def give_out(
    cells: Sequence[Cell], packages: Sequence[Package], crops: Mapping[str, Path], out: Path
) -> int:
    """Write the pictures and the sheet into ``out``; how many cells have no picture.

    Args:
        crops: pictures of single places, by the cell's name, where somebody knows them.
    """
    by_name = {package.name: package for package in packages}
    (out / _PICTURES).mkdir(parents=True, exist_ok=True)
    cases = list(dict.fromkeys((cell.book, cell.row) for cell in cells))
    pictures = _pictures(cases, by_name, out)
    book = Workbook()
    sheet: Any = book.active
    text = words()["sheet"]
    sheet.title = text["title"]
    put_text(sheet.cell(1, 1), text["guide"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(_WIDTHS))
    sheet.cell(1, 1).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[1].height = 48
    for place, (header, width) in enumerate(zip(text["headers"], _WIDTHS, strict=True), start=1):
        cell = sheet.cell(_FIRST - 1, place)
        put_text(cell, header)
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = f"A{_FIRST}"
    for number, drawn in enumerate(cells, start=1):
        package, row = by_name[drawn.book], _FIRST + number - 1
        picture = pictures.get((drawn.book, drawn.row), "")
        column = package.register.column(drawn.code)
        own = _copy(crops.get(drawn.name), number, out) or picture
        line = [str(number), own, picture, column.label]
        for place, value in enumerate([*line, "", "", _hint(package, drawn)], start=1):
            put_text(sheet.cell(row, place), value)
        for place, link in ((2, own), (3, picture)):
            if link:
                sheet.cell(row, place).hyperlink = link
        for place in (_SAID, _ILLEGIBLE):
            sheet.cell(row, place).fill = PatternFill("solid", fgColor="FFF8DC")
            sheet.cell(row, place).number_format = "@"
    book.save(out / SHEET)
    return sum((cell.book, cell.row) not in pictures for cell in cells)


def take_back(path: Path, count: int) -> list[str | None]:
    """What the inspector said of each cell, in the sheet's order; None where it was illegible.

    Raises:
        InputError: not that sheet, or lines that are not filled in.
    """
    try:
        sheet = load_workbook(path).worksheets[0]
    except UNREADABLE as error:
        raise InputError(
            "not the inspector's sheet", where=str(path), hint=f"give {SHEET}, filled in, as xlsx"
        ) from error
    said: dict[int, str | None] = {}
    for row in sheet.iter_rows(min_row=_FIRST, max_col=_ILLEGIBLE, values_only=True):
        number, text, illegible = (
            text_of(row[place]).strip() for place in (0, _SAID - 1, _ILLEGIBLE - 1)
        )
        if number.isdigit() and (text or illegible):
            said[int(number)] = None if illegible else text
    missing = [number for number in range(1, count + 1) if number not in said]
    if missing:
        first = ", ".join(map(str, missing[:10]))
        raise InputError(
            f"{len(missing)} of {count} lines are not filled in: {first}",
            where=str(path),
            hint="every line counts: type what stands there, - for nothing, x for illegible",
        )
    return [said[number] for number in range(1, count + 1)]


def _copy(crop: Path | None, number: int, out: Path) -> str:
    if crop is None:
        return ""
    place = f"{_PICTURES}/o-{number:05d}{crop.suffix}"
    shutil.copyfile(crop, out / place)
    return place


def _hint(package: Package, cell: Cell) -> str:
    column = package.register.column(cell.code)
    if codes := package.table.form.choices(column, package.register):
        listed = "; ".join(f"{code} = {meaning}" for code, meaning in codes.items())
        return str(words()["sheet"]["codes"]).format(codes=listed)
    return str(words()["sheet"]["date"]) if column.type == "partial_date" else ""


def _pictures(
    cases: Sequence[tuple[str, int]], packages: Mapping[str, Package], out: Path
) -> dict[tuple[str, int], str]:
    """Pictures of the pages of each case's PDF; the first page's, by book and row."""
    found: dict[tuple[str, int], str] = {}
    for number, (book, row) in enumerate(cases, start=1):
        package = packages[book]
        name = package.pdfs.get(row)
        if name is None:
            continue
        try:
            with (
                ZipFile(package.files.file(".zip")) as archive,
                pymupdf.open(stream=archive.read(name), filetype="pdf") as document,
            ):
                for page in document:
                    place = f"{_PICTURES}/truong-hop-{number:05d}-{page.number + 1}.jpg"
                    page.get_pixmap(dpi=_DPI).save(str(out / place), jpg_quality=85)
                    found.setdefault((book, row), place)
        except (BadZipFile, pymupdf.FileDataError, RuntimeError) as error:
            raise InputError(f"{name} cannot be shown: {error}", where=book) from error
    return found
