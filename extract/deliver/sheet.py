"""A record as one row of the import sheet: which column, which code, which text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from common.errors import UsageError
from common.text import fold, squeeze
from extract.record import FieldValue, Record
from extract.registers import Column, Register

_SHEETS = Path(__file__).parent / "sheets"
_HEADER = re.compile(r"\s*(\w+)")
WITH_VALUE = ("read", "ditto", "derived")


@dataclass(frozen=True)
class SheetForm:
    """An import sheet's look. ``headers`` are raw: spaces and line breaks are the template's."""

    register: str
    version: str
    sheet: str
    header_fill: str
    header_font: str
    headers: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(column_code(header) for header in self.headers)


def column_code(header: str) -> str:
    """The column that a raw header names: ``"loaiDangKy \\ni=[1,2]"`` → ``loaiDangKy``."""
    found = _HEADER.match(header)
    return found[1] if found else ""


@cache
def sheet_form(register: str) -> SheetForm:
    """The known import sheet of a register.

    Raises:
        UsageError: the register has no import sheet yet; the message names those that have.
    """
    path = _SHEETS / f"{register}.yaml"
    if not path.is_file():
        known = " ".join(sorted(file.stem for file in _SHEETS.glob("*.yaml")))
        raise UsageError(f"register {register} is not delivered yet", hint=f"delivered: {known}")
    table = yaml.safe_load(path.read_text("utf-8"))
    return SheetForm(**{**table, "headers": tuple(table["headers"])})


def cell_text(value: FieldValue, column: Column, register: Register) -> str | None:
    """The cell's text: coded where the column is coded, empty where the field holds no value.

    Raises:
        UsageError: the value is none of the column's codes.
    """
    if value.status not in WITH_VALUE or value.value is None:
        return None
    text = squeeze("".join(ch for ch in value.value if not _control(ch)))
    codes = register.enums.get(column.enum)
    if not codes:
        return text or None
    wanted = {fold(meaning): code for code, meaning in codes.items()} | {c: c for c in codes}
    if fold(text) not in wanted:
        raise UsageError(f"{column.code} không có trong bảng mã ({text})")
    return wanted[fold(text)]


def row_of(
    record: Record, headers: Sequence[str], register: Register
) -> tuple[list[str | None], list[str]]:
    """The record's cells in the order of ``headers``, and what stops it from being delivered."""
    known = {column.code: column for column in register.columns}
    cells: list[str | None] = []
    causes = []
    for code in map(column_code, headers):
        column = known.get(code)
        try:
            cells.append(cell_text(record.get(code), column, register) if column else None)
        except UsageError as error:
            causes.append(error.what)
            cells.append(None)
    return cells, causes


def _control(ch: str) -> bool:
    return unicodedata.category(ch) in ("Cc", "Cf") and not ch.isspace()
