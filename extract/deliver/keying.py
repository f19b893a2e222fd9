"""Keying sheets: a page a case, for the registers that the national database takes no file of.

They are typed into the Ministry's program by hand, with the case's PDF attached: each sheet shows
the values in the order of the printed form, and which of them nobody has looked at yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from extract.deliver.sheet import SheetForm
from extract.record import Record
from extract.registers import Column, Register
from extract.typeset import typeset

_CSS = """
h1 {font-size: 14pt; margin: 0;}
p {font-size: 9pt; margin: 2pt 0 6pt 0;}
td {font-size: 9.5pt; padding: 2pt 4pt; border-bottom: 0.5pt solid #999999;}
.doubt {color: #a00000;}
"""
_DOUBT = "chưa ai xem lại"


@dataclass(frozen=True)
class KeyingCase:
    """A case with its file's name and its cells by column."""

    record: Record
    file: str
    cells: dict[str, str | None]


def keying_sheets(cases: Iterable[KeyingCase], register: Register, form: SheetForm) -> bytes:
    """The PDF of all sheets: at least one page a case."""
    return typeset((_html(case, register, form) for case in cases), _CSS)


def _html(case: KeyingCase, register: Register, form: SheetForm) -> str:
    record = case.record
    columns = _in_printed_order(record, register)
    rows = "".join(_row(case, column, register, form) for column in columns)
    place = f"tờ {record.page}, trường hợp {record.entry}"
    return (
        f"<h1>Phiếu nhập: {escape(register.name)}</h1>"
        f"<p>{escape(case.file)} ({place} của sổ {escape(record.book)})</p><table>{rows}</table>"
    )


def _row(case: KeyingCase, column: Column, register: Register, form: SheetForm) -> str:
    value = case.record.get(column.code)
    cell = case.cells.get(column.code) or ""
    meaning = form.choices(column, register).get(cell, "")
    said = f"{cell} – {meaning}" if meaning else cell
    mark = f' <span class="doubt">({_DOUBT})</span>' if value.review else ""
    return f"<tr><td>{escape(column.label)}</td><td>{escape(said)}{mark}</td></tr>"


def _in_printed_order(record: Record, register: Register) -> Sequence[Column]:
    """The columns with something to key, as they stand on the form; what it lacks comes last."""
    printed = register.generation(record.form).printed
    order = {code: place for place, code in enumerate(printed)}
    shown = [c for c in register.columns if record.get(c.code).status != "absent_on_form"]
    return sorted(shown, key=lambda column: order.get(column.code, len(order)))
