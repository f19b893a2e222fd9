"""The rows of a sheet: each cell as text, and every plausibility rule over the cases.

The rules are those that hold while reading (``extract.checks.rules``): one table for both.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from common.text import squeeze
from extract.acceptance.findings import Finding, finding
from extract.acceptance.sheet import Row, Table
from extract.checks.rules import check_book, severity
from extract.deliver.sheet import PLACEHOLDER, SheetForm, sheet_forms
from extract.parse.tables import table
from extract.record import FieldValue, Record
from extract.registers import Column, Register


def check_rows(where: str, found: Table, register: Register) -> Iterator[Finding]:
    """Everything wrong with the rows of one sheet: each cell, then the cases and their order."""
    columns = {column.code: column for column in register.columns}
    for row in found.rows:
        at = f"{where} dòng {row.number}"
        for code, text in row.cells.items():
            yield from _cell(at, code, text, row)
            if code in columns and code not in row.formulas:
                yield from _code(at, columns[code], text.strip(), register, found.form)
    records = [record_of(row, found.form, register) for row in found.rows]
    for record in check_book(records, register, None, "delivered"):
        for issue in record.issues:
            at = f"{where} dòng {record.entry}"
            yield Finding(issue.rule, severity(issue.rule), at, issue.message)


def record_of(row: Row, form: SheetForm, register: Register) -> Record:
    """A row as a record whose entry is the row's number; what is no value is left out."""
    fields = {}
    for column in register.columns:
        text = squeeze(row.get(column.code))
        if text and column.code not in row.formulas and not PLACEHOLDER.search(text):
            value = _meaning(column, text, form, register)
            fields[column.code] = FieldValue(text, value, status="read")
    return Record("", 0, row.number, register.code, "", fields)


def _meaning(column: Column, text: str, form: SheetForm, register: Register) -> str:
    """A code of a list that records hold in words (sex) as its word; any other text as it is."""
    if column.enum in table("values")["word_lists"]:
        return form.codes_of(column, register).get(text, text)
    return text


def _cell(at: str, code: str, text: str, row: Row) -> Iterator[Finding]:
    if code in row.formulas:
        yield finding("F16", at, column=code)
    elif code in row.dates:
        yield finding("F16-date", at, column=code, text=text)
    elif PLACEHOLDER.search(text.strip()):
        yield finding("B07", at, text=text.strip())
    elif text != squeeze(text) or text.startswith("'") or _hidden(text):
        yield finding("F07-text", at, column=code, text=text)


def _code(
    at: str, column: Column, text: str, register: Register, form: SheetForm
) -> Iterator[Finding]:
    """A coded cell holds a code of the sheet's version."""
    codes = form.codes_of(column, register)
    if not codes or text in codes or PLACEHOLDER.search(text):
        return
    others = [other for other in sheet_forms(register.code) if other.version != form.version]
    elsewhere = [other.version for other in others if text in other.codes_of(column, register)]
    if elsewhere:
        yield finding(
            "F06-version",
            at,
            column=column.code,
            text=text,
            version=form.version,
            other=elsewhere[0],
        )
    else:
        yield finding("F06", at, column=column.code, text=text)


def _hidden(text: str) -> bool:
    return any(unicodedata.category(ch) in ("Cc", "Cf") for ch in text)
