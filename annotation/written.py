"""What is written on the page and what it says: a person types the one, the record holds both."""

from __future__ import annotations

from difflib import SequenceMatcher

from common.text import squeeze
from extract.parse.dates import Era
from extract.parse.field import Context, parse_value
from extract.parse.numbers import age
from extract.record import FieldValue, Record, Status
from extract.registers import Column, load_register
from extract.roles import roles_of

LETTERS = frozenset({"person_name", "place", "text"})
"""Types of columns whose value is what was written, but for hyphens and case."""
_LIFETIME = 80  # parents of a book's first entries were born so long before


def meant(text: str, record: Record, code: str) -> tuple[str, Status]:
    """What a text typed for a field says: a value as records hold it, and its status.

    A text that says no value of the field's kind is its own value: nothing typed is lost.
    """
    register = load_register(record.register)
    column = register.column(code)
    first, last = register.generation(record.form).years
    context = Context(_year(record), Era(first - _LIFETIME, last))
    kind = "age" if _is_age(column, text) else column.type
    if kind == "text_date_words":  # a person's words are not mended
        return squeeze(text), "read"
    value = parse_value(column, kind, text, context)
    if value is None:
        return squeeze(text), "read"
    return value, "derived" if kind == "age" else "read"


def proposed(record: Record, code: str) -> str:
    """What to put before a person: the machine's value, written as it is written on the page."""
    value = record.get(code)
    if value.value is None:
        return value.raw or ""
    if value.raw and meant(value.raw, record, code)[0] == value.value:
        return squeeze(value.raw)
    if load_register(record.register).column(code).type in LETTERS:
        return as_written(value)
    return value.value


def as_written(value: FieldValue) -> str:
    """The value's letters with the hyphens and the case that the machine saw in the same place."""
    said, seen = squeeze(value.value or ""), squeeze(value.raw or "")
    compared = SequenceMatcher(None, _plain(said), _plain(seen), autojunk=False)
    pieces = []
    for kind, start, end, first, last in compared.get_opcodes():
        letters, there = said[start:end], seen[first:last]
        pieces.append(there if kind == "equal" else letters.upper() if there.isupper() else letters)
    return "".join(pieces)


def _plain(text: str) -> str:
    """Lower case, hyphens as spaces; as long as the text itself, which is in NFC."""
    return text.replace("-", " ").lower()


def _year(record: Record) -> int | None:
    """The year of registration, from its date."""
    date = record.get(roles_of(record.register).get("registered", "")).value or ""
    return int(date[-4:]) if date[-4:].isdigit() else None


def _is_age(column: Column, text: str) -> bool:
    """Whether a text for a date of birth is an age: ``32``, ``32 tuổi``; not a year."""
    years = age(text) if column.type == "partial_date" else None
    return years is not None and years < 120
