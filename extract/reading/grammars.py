"""The grammar of each kind of field, built from the lexicons and the tables of words.

A field without a grammar is read freely. Whatever the grammar, the reader's free text stays a
candidate: what a clerk really wrote may be in no table.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache

from extract.parse.dates import Era
from extract.parse.numbers import MIXED, NORTH, SOUTH, number_in_words
from extract.parse.phrases import KINDS
from extract.parse.tables import table
from extract.reading.grammar import Grammar, Node, follow, sequence, trie
from extract.registers import Column
from models import lexicon, vietnamese
from models.beam import Weighing

_SEXES = {"cha": "male", "chong": "male", "me": "female", "vo": "female"}  # person → names
_FIRST = ("mùng", "mồng")  # before the first ten days of a month
_MONTHS = {"giêng": -3.0, "tư": 0.0, "chạp": -3.0}  # months that have other names
_BROKEN = -4.0  # weight of a date that begins or ends on another line
_ALONE = -2.0  # weight of a year, or a month and its year, without a day
_ANY = -5.0  # weight of each word of a date in no order
_AGES = range(12, 99)
_FULL_YEARS = 2000  # books that reach past it write years in full
_MARK = -5.0  # weight of a mark for blank, unknown or ditto


def grammar_for(column: Column, kind: str, part: str, era: Era) -> Weighing | None:
    """The grammar of a place; None when anything may be written there.

    Args:
        kind: of the place on the form; it may differ from the column's type.
        part: ``d``, ``m`` or ``y`` of a date, else empty.
        era: years in which a date of the book may lie.
    """
    if part:
        return Grammar((_date_parts(era)[part], _blanks()))
    if kind == "enum" or column.type == "enum":
        words = table("values")["word_lists"].get(column.enum)
        coded = table("values")["coded"].get(column.enum)
        if coded:
            return Grammar((trie(dict.fromkeys(coded, 0.0), final=True), _blanks()))
        return Grammar((_closed(words), _blanks())) if words else None
    if kind == "age":
        return Grammar((*_ages(), sequence(_years(era)), _figure_date(era), _blanks()))
    if kind == "partial_date":
        return Grammar((*_dates(era), _blanks()))
    if kind == "text_date_words":
        return Grammar((*_spoken_dates(era), _number_words()))
    if kind == "number_token":
        return Grammar((_numbers(era),))
    if kind == "time":
        return Grammar((_hours(), _blanks()))
    if kind == "id_number":
        return Grammar((_identity(), _blanks()))
    if kind in ("person_name", "signature"):
        return vietnamese.names(_sex(column.code), era.last < _FULL_YEARS)
    if kind == "place":
        return vietnamese.places()
    if kind == "text" and column.code in table("values")["numbered"]["columns"]:
        return Grammar((_paper_numbers(era), _blanks()))
    if kind == "text":
        return vietnamese.phrases(*_phrases(column.code))
    return None


def grammar_for_several(columns: Sequence[Column]) -> Weighing | None:
    """The grammar of a place that several columns share; None when none is known."""
    types = {column.type for column in columns}
    if "id_number" in types:
        return vietnamese.papers()
    if "person_name" in types:
        return vietnamese.signers()
    if "text" in types and types & {"age", "partial_date"}:
        return vietnamese.aged(tuple(sorted({said for age in _AGES for said in _said(age)})))
    return None


def _sex(code: str) -> str | None:
    return next((sex for person, sex in _SEXES.items() if re.match(rf"{person}[A-Z]", code)), None)


def _phrases(code: str) -> tuple[str, ...]:
    kinds = next((kinds for end, kinds in KINDS.items() if end in code), None)
    return kinds or tuple(sorted({kind for kinds in KINDS.values() for kind in kinds}))


@cache
def _blanks() -> Node:
    return trie(dict.fromkeys(("/", "//", "không", "-"), _MARK), final=True)


@cache
def _closed(words: str) -> Node:
    known = table("values")[words]
    if words == "sex":
        return trie({w: 0.0 for listed in known.values() for w in listed if len(w) > 1}, final=True)
    counts = lexicon.ethnic_groups() if words == "ethnic" else lexicon.nationalities()
    return trie({**dict.fromkeys(known, -3.0), **_logs(counts)}, final=True)


@cache
def _identity() -> Node:
    """Nine or twelve figures."""
    figure = dict.fromkeys("0123456789", 0.0)
    return sequence(*[figure] * 9, *[{**figure, "": 0.0}] * 3)


@cache
def _hours() -> Node:
    """An hour and its minute; the word between them may be printed."""
    between = {f" {word} ": -0.5 for word in table("values")["hour"]} | {" ": 0.0, ":": -2.0}
    minutes = {f"{n:02d}": 0.0 for n in range(60)}
    alone = {f" {word}": -1.0 for word in table("values")["hour"]}
    hours = trie(_padded(23) | {"0": 0.0, "00": 0.0})
    return follow(hours, (sequence(between, minutes), sequence(alone)))


@cache
def _ages() -> tuple[Node, ...]:
    figures = {str(n): 0.0 for n in _AGES}
    spoken = {said: -3.0 for n in _AGES for said in _said(n)}
    return (sequence({**figures, **spoken}, {"": 0.0, " tuổi": -0.7, "t": -3.0}),)


def _years(era: Era) -> dict[str, float]:
    years = range(era.first, era.last + 1)
    short = {f"{y % 100:02d}": -1.5 for y in years} if era.last < _FULL_YEARS else {}
    return {**{str(y): 0.0 for y in years}, **short}


@cache
def _date_parts(era: Era) -> Mapping[str, Node]:
    return {
        "d": sequence(_padded(31)),
        "m": sequence(_padded(12)),
        "y": sequence(_years(era)),
    }


def _padded(last: int) -> dict[str, float]:
    numbers = range(1, last + 1)
    return {**{str(n): 0.0 for n in numbers}, **{f"{n:02d}": 0.0 for n in numbers}}


@cache
def _figure_date(era: Era) -> Node:
    between = dict.fromkeys(("-", "/", ".", " - ", ". ", " ", " tháng ", ", tháng "), -1.5)
    before = dict.fromkeys(("-", "/", ".", " - ", ". ", " ", " năm ", ", năm "), -0.5)
    return sequence(_padded(31), between, _padded(12), before, _years(era))


@cache
def _dates(era: Era) -> tuple[Node, ...]:
    prefix = follow(trie({"ngày ": -1.0}), (_figure_date(era),))
    return (_figure_date(era), prefix, *_partial(era), *_spoken_dates(era), _number_words())


def _partial(era: Era) -> tuple[Node, ...]:
    """A year, or a month and its year: what is known of parents, and of the old."""
    years = {str(year): _ALONE for year in range(era.first, era.last + 1)}
    before = dict.fromkeys(("-", "/", ".", " năm "), -0.5)
    return (
        sequence(years),
        sequence({"năm ": 0.0}, years),
        sequence(_padded(12), before, years),
        sequence({"tháng ": 0.0}, _padded(12), before, years),
    )


@cache
def _spoken_dates(era: Era) -> tuple[Node, ...]:
    """A date in words, as North and South say them, on one line or broken over two."""
    days = {said: 0.0 for day in range(1, 32) for said in _said(day)}
    first = {
        f"{word} {said}": 0.0 for word in _FIRST for day in range(1, 11) for said in _said(day)
    }
    months = {said: 0.0 for month in range(1, 13) for said in _said(month)} | _MONTHS
    years = {said: 0.0 for year in range(era.first, era.last + 1) for said in _said(year)}
    begun: dict[str, float] = {}
    ended: dict[str, float] = {}
    for said in years:
        words = said.split()
        for size in range(1, len(words)):
            begun[" ".join(words[:size])] = _BROKEN
            ended[" ".join(words[size:])] = _BROKEN
    year = trie({**begun, **years}, final=True)
    month = follow(trie(months), (follow(trie({" năm ": 0.0}), (year,)),))
    day = follow(trie({**days, **first}), (follow(trie({" tháng ": 0.0}), (month,)),))
    tail = sequence({"năm ": _BROKEN}, {**ended, **years})
    return follow(trie({"ngày ": 0.0}), (day,)), day, tail


def _said(number: int) -> set[str]:
    return {number_in_words(number, dialect) for dialect in (SOUTH, NORTH, MIXED)}


@cache
def _number_words() -> Node:
    """Words of numbers with ngày, tháng, năm: any order, the parser decides what they say."""
    numbers = table("numbers")
    words = dict.fromkeys(("ngày", "tháng", "năm", *_FIRST, *numbers["units"]), _ANY)
    for kind in ("ten", "twenty_and", "hundred", "thousand", "zero_fillers"):
        words |= dict.fromkeys(numbers[kind], _ANY)
    root = trie(words, final=True)
    follow(root, (follow(trie({" ": 0.0}), (root,)),))
    return root


@cache
def _numbers(era: Era) -> Node:
    return sequence(_counted(), {"": 0.0, "/": -2.0, " / ": -4.0}, {"": 0.0, **_years(era)})


@cache
def _paper_numbers(era: Era) -> Node:
    """The number of another paper, its year, and what stands behind it."""
    endings = dict.fromkeys(table("values")["numbered"]["endings"], -3.0)
    return sequence(
        _counted(), {"": -3.0, "/": 0.0}, {"": -3.0, **_years(era)}, {"": 0.0, **endings}
    )


@cache
def _counted() -> Mapping[str, float]:
    """Running numbers, with noughts before them too."""
    written = {**{str(n): 0.0 for n in range(1, 2000)}, **{f"{n:02d}": -0.5 for n in range(1, 10)}}
    return written | {f"{n:03d}": -1.0 for n in range(1, 100)}


def _logs(counts: Mapping[str, float]) -> dict[str, float]:
    total = sum(counts.values())
    return {word: math.log(count / total) for word, count in counts.items() if count > 0}
