"""Does the inspector read what the package holds? Both under the reader's own normalisation."""

from __future__ import annotations

from common.text import squeeze
from extract.acceptance.sheet import Row
from extract.deliver.sheet import SheetForm
from extract.parse.dates import Era, date_of_value
from extract.parse.field import Context, parse_value
from extract.parse.numbers import age
from extract.registers import Column, Register

NOTHING = "-"
_ERA = Era(1800, 2099)
_OLDEST = 120


def agrees(cell: str, said: str, column: Column, row: Row, form: SheetForm, of: Register) -> bool:
    """Whether what an inspector said of a place is what the package's cell holds.

    ``-`` says that nothing stands there. A coded cell agrees with its code and with its meaning.
    """
    if said.strip() == NOTHING or not cell:
        return said.strip() == NOTHING and not cell
    codes = form.codes_of(column, of)
    date = date_of_value(row.get("ngayDangKy"))
    context = Context(date.year if date else None, _ERA)
    return bool(_meanings(cell, column, codes, context) & _meanings(said, column, codes, context))


def _meanings(text: str, column: Column, codes: dict[str, str], context: Context) -> set[str]:
    """What a text may mean: its value, and that of the code's meaning."""
    texts = [squeeze(text), *([codes[squeeze(text)]] if squeeze(text) in codes else [])]
    return {_value(one, column, context).casefold() for one in texts}


def _value(text: str, column: Column, context: Context) -> str:
    years = age(text) if column.type == "partial_date" else None
    kind = "age" if years is not None and years < _OLDEST else column.type
    return parse_value(column, kind, text, context) or text
