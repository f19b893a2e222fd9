"""One field's text to its value, by the column's type."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from common.text import squeeze
from extract.parse import numbers
from extract.parse.closed import coded_value, parse_closed
from extract.parse.dates import Era, PartialDate, parse_date, words_nearest
from extract.parse.identity import parse_identity
from extract.parse.names import parse_kin, parse_name
from extract.parse.places import parse_office, parse_place
from extract.parse.sex import parse_sex
from extract.parse.tables import table
from extract.parse.times import parse_time
from extract.registers import Column

_SLASH = re.compile(r"(?<=\d)\s*/\s*(?=\d)")  # 12/ 2016
_LEADING_AGE = re.compile(r"^\W*\d+\W*(tuổi\b\W*)?", re.IGNORECASE)  # "39 tuổi, làm ruộng"


@dataclass(frozen=True)
class Context:
    """What is known before a field is read.

    Attributes:
        year: year of registration, None while it is not known.
        era: years in which a date of the book may lie.
    """

    year: int | None
    era: Era


def parse_value(column: Column, kind: str, text: str, context: Context) -> str | None:
    """The normalised value of ``text``; None when the text is no value of this kind.

    ``kind`` is the kind of the place on the form, which may differ from the column's type: an
    age written for a date of birth gives the year of birth, and an occupation written behind an
    age is what follows it.
    """
    if kind == "age" and column.type == "partial_date":
        years = numbers.age(text)
        if years is not None:
            return None if context.year is None else str(context.year - years)
        return _date(column, text, context)
    if kind == "age" and column.type == "text":
        return _text(column, _LEADING_AGE.sub("", text), context)
    parse = _PARSERS.get(kind) or _PARSERS.get(column.type) or _text
    return parse(column, text, context)


def _number(column: Column, text: str, context: Context) -> str | None:
    if table("values")["number_forms"].get(column.code) == "with_year":
        return numbers.register_number(text, context.year)
    digits = "".join(ch for ch in numbers.as_digits(squeeze(text)) if ch.isdigit())
    return str(int(digits)) if 0 < len(digits) <= 4 else None


def _date(column: Column, text: str, context: Context) -> str | None:
    date = parse_date(text, context.era)
    return date.text if date else None


def _date_words(column: Column, text: str, context: Context) -> str | None:
    """The words as written, if they say a date; a slip of the reader is mended by saying it, and a
    year that breaks off is the record's."""
    date = _broken_off(text, context) or parse_date(text, context.era)
    return words_nearest(date, text) if date else None


def _broken_off(text: str, context: Context) -> PartialDate | None:
    """The date whose year's last words are missing; None when the year is whole, or another."""
    head, _, begun = squeeze(text).lower().rpartition(" năm ")
    years = (context.year, context.year - 1) if context.year and begun else ()
    dialects = (numbers.SOUTH, numbers.NORTH, numbers.MIXED)
    spoken = [numbers.number_in_words(year, dialect) for year in years for dialect in dialects]
    if begun in spoken:
        return None
    whole = next((said for said in spoken if said.startswith(f"{begun} ")), None)
    return parse_date(f"{head} năm {whole}", context.era) if whole else None


def _name(column: Column, text: str, context: Context) -> str | None:
    alive = table("values")["alive"]
    return parse_kin(text, alive["words"]) if column.code in alive["columns"] else parse_name(text)


def _place(column: Column, text: str, context: Context) -> str | None:
    offices = table("values")["offices"]
    if column.code in offices["columns"]:
        return parse_office(text, offices["names"], offices["before"])
    return parse_place(text)


def _age(column: Column, text: str, context: Context) -> str | None:
    years = numbers.age(text)
    return None if years is None else str(years)


def _identity(column: Column, text: str, context: Context) -> str | None:
    return parse_identity(text)


def _time(column: Column, text: str, context: Context) -> str | None:
    return parse_time(text)


def _enum(column: Column, text: str, context: Context) -> str | None:
    words = table("values")["word_lists"].get(column.enum)
    if words == "sex":
        return parse_sex(text)
    coded = table("values")["coded"].get(column.enum)
    if coded:
        return coded_value(text, coded)
    return parse_closed(text, words) if words else _text(column, text, context)


def _text(column: Column, text: str, context: Context) -> str | None:
    return _place(column, _SLASH.sub("/", text), context)


_PARSERS: dict[str, Callable[[Column, str, Context], str | None]] = {
    "number_token": _number,
    "partial_date": _date,
    "text_date_words": _date_words,
    "person_name": _name,
    "signature": _name,
    "place": _place,
    "age": _age,
    "id_number": _identity,
    "time": _time,
    "enum": _enum,
    "text": _text,
}
