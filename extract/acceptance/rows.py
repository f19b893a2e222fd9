"""Rules over the rows: each cell, each case, and the cases in their order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from common.text import squeeze
from extract.acceptance.findings import Finding, finding
from extract.acceptance.sheet import Row
from extract.parse.dates import PartialDate, date_of_value
from extract.registers import Column, Register

_NO_NAME = re.compile(r"[0-9=+@<>|\\/*#%_{}\[\]]")
_NUMBER = re.compile(r"^(\d+)[a-zA-Z]{0,3}/(\d{4})$")
_BOOK = re.compile(r"^\d+[a-zA-Z]?/(?:\d{4})(?:-\d{4})?$")
_PLACEHOLDERS = re.compile(r"^(null|nan|none|undefined|n/a|#n/a|#ref!|#value!)$|\[\?\]", re.I)
_BACK_DAYS = 7


def check_rows(where: str, rows: Sequence[Row], register: Register) -> Iterator[Finding]:
    """Everything wrong with the rows of one sheet, row by row, then the sequence."""
    columns = {column.code: column for column in register.columns}
    for row in rows:
        at = f"{where} dòng {row.number}"
        for code, text in row.cells.items():
            if code in columns:
                yield from _cell(at, columns[code], text, register, code in row.formulas)
        yield from _case(at, row)
    yield from _sequence(where, rows)


def _cell(
    at: str, column: Column, text: str, register: Register, formula: bool
) -> Iterator[Finding]:
    code, value = column.code, text.strip()
    if formula:
        yield finding("F16", at, column=code)
        return
    if _PLACEHOLDERS.search(value):
        yield finding("B07", at, text=value)
        return
    if text != squeeze(text) or text.startswith("'") or _hidden(text):
        yield finding("F07", at, column=code, text=text)
    if column.type == "partial_date" and not _valid(date_of_value(value)):
        yield finding("F03", at, column=code, text=value)
    codes = register.enums.get(column.enum)
    if codes and value not in codes:
        yield finding("F06", at, column=code, text=value)
    if column.type == "person_name" and _NO_NAME.search(value):
        yield finding("F07-name", at, column=code, text=value)
    if code == "trangSo" and not value.isdigit():
        yield finding("F05", at, text=value)


def _case(at: str, row: Row) -> Iterator[Finding]:
    for code in ("so", "quyenSo", "ngayDangKy"):
        if not row.get(code):
            yield finding("F01", at, column=code)
    if not row.get("noiDangKy"):
        yield finding("F01-place", at, column="noiDangKy")
    number, book = row.get("so"), row.get("quyenSo")
    if number and not _NUMBER.match(number):
        yield finding("F02", at, column="so", text=number)
    if book and not _BOOK.match(book):
        yield finding("F02", at, column="quyenSo", text=book)
    registered = date_of_value(row.get("ngayDangKy"))
    if registered and registered.day is None:
        yield finding("F03-full", at, text=registered.text)
    year = _NUMBER.match(number)
    if registered and year and int(year[2]) != registered.year:
        yield finding("F04", at, text=year[2], other=registered.year)
    born = date_of_value(row.get("nksNgaySinh"))
    if born and registered and born.ordinal > registered.ordinal and _comparable(born, registered):
        yield finding("X01", at, text=born.text, other=registered.text)


def _sequence(where: str, rows: Sequence[Row]) -> Iterator[Finding]:
    seen: dict[tuple[str, str, str], int] = {}
    last: tuple[int, int] | None = None
    date: PartialDate | None = None
    for row in rows:
        at, number = f"{where} dòng {row.number}", row.get("so")
        key = row.get("noiDangKy"), row.get("quyenSo"), number
        if number and key in seen:
            yield finding("S02", at, text=number, other=seen[key])
        seen.setdefault(key, row.number)
        parts = _NUMBER.match(number)
        if parts:
            this = int(parts[2]), int(parts[1])
            if last and this[0] == last[0] and this[1] > last[1] + 1:
                yield finding("S03", at, text=number, other=f"{last[1]}/{last[0]}")
            last = this
        registered = date_of_value(row.get("ngayDangKy"))
        if registered and registered.day:
            if date and date.ordinal - registered.ordinal > _BACK_DAYS:
                yield finding("S04", at, text=registered.text, other=date.text)
            date = registered


def _valid(date: PartialDate | None) -> bool:
    return date is not None and date.valid


def _comparable(born: PartialDate, registered: PartialDate) -> bool:
    """A partial date counts only as far as it is known: 1962 is not after 10.05.1962."""
    if born.month is None:
        return born.year > registered.year
    if born.day is None:
        return (born.year, born.month) > (registered.year, registered.month or 12)
    return True


def _hidden(text: str) -> bool:
    return any(unicodedata.category(ch) in ("Cc", "Cf") for ch in text)
