"""A record as one row of the import sheet: which column, which code, which text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import yaml

from common.errors import UsageError
from common.text import fold, squeeze
from extract.parse.dates import date_of_value
from extract.record import FieldValue, Record
from extract.registers import Column, Register, load_register
from models import lexicon

_SHEETS = Path(__file__).parent / "sheets"
_HEADER = re.compile(r"\s*(\w+)")
_HINT = re.compile(r"i\s*=\s*\[([\d,\s]+)\]")
_FIRST, _OWN = "v1_2019", "own"
WITH_VALUE = ("read", "ditto", "derived")
PLACEHOLDER = re.compile(
    r"^(null|nan|none|undefined|n/a|#n/a|#ref!|#value!)$|\[\?\]|�", re.IGNORECASE
)
"""What a program writes where it has no value; it is never delivered, and refused in a package."""


@dataclass(frozen=True)
class SheetForm:
    """An import sheet: its look and its codes.

    Attributes:
        headers: raw: spaces and line breaks are the template's.
        codes: tables of codes by column, where this version differs from the register's own.
        free_text: columns that take what is not in the list of another column.
        instead: columns that take the value of another where they have none.
        counter: the column that counts the rows.
    """

    register: str
    version: str
    sheet: str
    header_fill: str
    header_font: str
    headers: tuple[str, ...]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    free_text: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    counter: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the headers name."""
        return tuple(column_code(header) for header in self.headers)

    @property
    def imported(self) -> bool:
        """The national database takes this sheet; cases of other registers are keyed."""
        return self.version != _OWN

    def codes_of(self, column: Column, register: Register) -> dict[str, str]:
        """Code → meaning of a coded column in this version, as far as its header allows; empty
        where anything may be written."""
        table = dict(self.codes.get(column.code) or register.enums.get(column.enum, {}))
        place = self.columns.index(column.code) if column.code in self.columns else None
        hint = None if place is None else _HINT.search(self.headers[place])
        if hint:
            allowed = {code.strip() for code in hint[1].split(",")}
            table = {code: meaning for code, meaning in table.items() if code in allowed}
        return table

    def choices(self, column: Column, register: Register) -> dict[str, str]:
        """Code → meaning of a column, coded in this version, else as its forms print it."""
        printed = {tick: texts[0] for tick, texts in register.ticks(column.code)}
        return self.codes_of(column, register) or printed


def column_code(header: str) -> str:
    """The column that a raw header names: ``"loaiDangKy \\ni=[1,2]"`` → ``loaiDangKy``."""
    found = _HEADER.match(header)
    return found[1] if found else ""


@cache
def sheet_forms(register: str) -> tuple[SheetForm, ...]:
    """The known versions of a register's sheet, the usual one first.

    A register without a national import file has one of its own: all its columns.
    """
    files = sorted(_SHEETS.glob(f"{register}.*.yaml"), key=lambda file: _FIRST not in file.name)
    if not files:
        columns = tuple(column.code for column in load_register(register).columns)
        return (SheetForm(register, _OWN, register, "0070C0", "FFFFFF", columns),)
    return tuple(_sheet_form(yaml.safe_load(file.read_text("utf-8"))) for file in files)


def sheet_form(register: str, version: str = "") -> SheetForm:
    """One version of a register's sheet; the usual one by default.

    Raises:
        UsageError: there is no such version; the message names those that are known.
    """
    forms = sheet_forms(register)
    for form in forms:
        if version in ("", form.version):
            return form
    known = " ".join(form.version for form in forms)
    raise UsageError(f"register {register} has no sheet {version}", hint=f"known: {known}")


def with_headers(headers: Sequence[str], register: Register) -> SheetForm:
    """The known version that is nearest to some headers, with these headers."""
    columns = {column_code(header) for header in headers}
    nearest = max(sheet_forms(register.code), key=lambda form: _likeness(columns, form))
    return replace(nearest, headers=tuple(headers))


def _likeness(columns: set[str], form: SheetForm) -> int:
    return len(columns & set(form.columns)) - len(set(form.columns) - columns)


def _sheet_form(table: dict[str, object]) -> SheetForm:
    codes = table.get("codes", {})
    assert isinstance(codes, dict)
    read = {name: {str(c): m for c, m in values.items()} for name, values in codes.items()}
    headers = table["headers"]
    assert isinstance(headers, list)
    return SheetForm(**{**table, "headers": tuple(headers), "codes": read})  # type: ignore[arg-type]


def cell_text(value: FieldValue, column: Column, register: Register, form: SheetForm) -> str | None:
    """The cell's text: coded where the column is coded, empty where the field holds no value.

    Raises:
        UsageError: the value is none of the column's codes, no date, or no value at all.
    """
    if value.status not in WITH_VALUE or value.value is None:
        return None
    text = squeeze("".join(ch for ch in value.value if not _unseen(ch)))
    if PLACEHOLDER.search(text):
        raise UsageError(f"{column.code} không phải giá trị ({text})")
    if column.type == "partial_date" and text:
        date = date_of_value(text)
        if date is None or not date.valid:
            raise UsageError(f"{column.code} không phải ngày ({text})")
    codes = form.codes_of(column, register)
    if not codes or not text:
        return text or None
    meaning = register.enums[column.enum].get(text, text)
    wanted = {fold(said): code for code, said in codes.items()}
    if fold(meaning) not in wanted:
        raise UsageError(f"{column.code} không có trong bảng mã ({text})")
    return wanted[fold(meaning)]


def row_of(
    record: Record, form: SheetForm, register: Register
) -> tuple[list[str | None], list[str]]:
    """The record's cells in the order of the sheet, and what stops it from being delivered."""
    known = {column.code: column for column in register.columns}
    cells: dict[str, str | None] = {}
    causes = []
    for code in form.columns:
        column, value = known.get(code), record.get(code)
        if value.value is None:
            value = record.get(form.instead.get(code, code))
        try:
            cells[code] = cell_text(value, column, register, form) if column else None
        except UsageError as error:
            causes.append(error.what)
            cells[code] = None
    for free, listed in form.free_text.items():
        text = cells.get(listed)
        if text and free in cells and fold(text) not in _nationalities():
            cells[free], cells[listed] = text, None
    return [cells[code] for code in form.columns], causes


@cache
def _nationalities() -> frozenset[str]:
    return frozenset(fold(name) for name in lexicon.nationalities())


def _unseen(ch: str) -> bool:
    return unicodedata.category(ch) in ("Cc", "Cf", "Cs") and not ch.isspace()
