"""Does the inspector read what the package holds? Both under the reader's own normalisation."""

from __future__ import annotations

from collections.abc import Iterable

from common.text import fold, squeeze
from extract.acceptance.sheet import Row
from extract.deliver.sheet import SheetForm
from extract.parse.dates import Era, date_of_value
from extract.parse.field import Context, parse_value
from extract.parse.marks import mark_of
from extract.parse.numbers import age
from extract.parse.tables import table
from extract.registers import Column, Register
from extract.sample.cells import words

NOTHING = "-"
_NOTHING_MARKS = ("blank", "either")
_ERA = Era(1800, 2099)
_OLDEST = 120


def agrees(cell: str, said: str, column: Column, row: Row, form: SheetForm, of: Register) -> bool:
    """Whether what an inspector said of a place is what the package's cell holds.

    ``-`` says that nothing stands there; so do a clerk's own mark for it in an empty cell, and the
    code that means it. A coded cell agrees with its code, its meaning, and the words that the form
    prints beside the box to tick.
    """
    codes = form.codes_of(column, of)
    if said.strip() == NOTHING or not cell:
        nothing = said.strip() == NOTHING or mark_of(said) in _NOTHING_MARKS
        return nothing and (not cell or codes.get(cell) in words()["nothing"])
    date = date_of_value(row.get("ngayDangKy"))
    context = Context(date.year if date else None, _ERA)
    held = {cell, *([codes[cell]] if cell in codes else [])}
    meant = {squeeze(said), *(codes.get(code, code) for code in _ticked(said, column, of))}
    meant |= {codes[code] for code in meant & set(codes)}
    return bool(_values(held, column, context) & _values(meant, column, context))


def _ticked(said: str, column: Column, of: Register) -> set[str]:
    """The codes for which a box stands whose printed words were said."""
    found = {tick for tick, texts in of.ticks(column.code) if fold(said) in map(fold, texts)}
    others = table("values")["by_sex"].get(column.code, {}).values()
    known = [other for other in others if isinstance(other, dict)]
    return found | {other[code] for other in known for code in found if code in other}


def _values(texts: Iterable[str], column: Column, context: Context) -> set[str]:
    return {_value(squeeze(one), column, context).casefold() for one in texts}


def _value(text: str, column: Column, context: Context) -> str:
    years = age(text) if column.type == "partial_date" else None
    kind = "age" if years is not None and years < _OLDEST else column.type
    return parse_value(column, kind, text, context) or text
