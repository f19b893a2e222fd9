"""Dates as clerks write them, in figures and words, whole or partial."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import Levenshtein

from common.text import fold, squeeze
from extract.parse.numbers import (
    MIXED,
    NORTH,
    SOUTH,
    Dialect,
    as_digits,
    number_from_words,
    number_in_words,
    word_meaning,
)
from extract.parse.tables import table


@dataclass(frozen=True)
class Era:
    """The years a date may lie in, both included."""

    first: int
    last: int

    def complete(self, year: int) -> int | None:
        """A year of one or two figures gets its century; the latest that fits. None: none fits."""
        if year >= 100:
            return year if _FIRST_YEAR <= year <= _LAST_YEAR else None
        for century in range(self.last // 100 * 100, self.first // 100 * 100 - 1, -100):
            if self.first <= century + year <= self.last:
                return century + year
        return None


@dataclass(frozen=True, order=True)
class PartialDate:
    """A date whose day, or day and month, may be unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def text(self) -> str:
        """``DD.MM.YYYY``, ``MM.YYYY`` or ``YYYY``."""
        if self.month is None:
            return f"{self.year:04d}"
        if self.day is None:
            return f"{self.month:02d}.{self.year:04d}"
        return f"{self.day:02d}.{self.month:02d}.{self.year:04d}"

    @property
    def valid(self) -> bool:
        """The calendar has it."""
        if self.month is None:
            return self.day is None and 1 <= self.year <= 9999
        if not 1 <= self.month <= 12 or not 1 <= self.year <= 9999:
            return False
        return self.day is None or 1 <= self.day <= calendar.monthrange(self.year, self.month)[1]

    @property
    def ordinal(self) -> int:
        """Days since year 1, the first day standing in for what is unknown: for comparing."""
        return (self.year * 12 + (self.month or 1) - 1) * 31 + (self.day or 1)

    @property
    def latest(self) -> int:
        """The same, the last day standing in."""
        return (self.year * 12 + (self.month or 12) - 1) * 31 + (self.day or 31)


_FIRST_YEAR, _LAST_YEAR = 1800, 2100  # what four figures can mean in a register
_VALUE = re.compile(r"(?:(?:(\d{2})\.)?(\d{2})\.)?(\d{4})")
_SEPARATORS = re.compile(r"[\s,;.:/\-–—_'’]+")


@lru_cache(maxsize=50_000)
def date_of_value(value: str | None) -> PartialDate | None:
    """Read a normalised value back: ``12.03.1962``; None when it is not one."""
    found = _VALUE.fullmatch(value or "")
    if not found:
        return None
    day, month, year = (None if part is None else int(part) for part in found.groups())
    return None if year is None else PartialDate(year, month, day)


def parse_date(text: str, era: Era) -> PartialDate | None:
    """The date the text says, in figures, words or both; None when it says none.

    ``12-3-62``, ``ngày 12 tháng 3 năm 1962``, ``ngày mười hai tháng ba năm một ngàn chín trăm
    sáu mươi hai``, ``tháng 3 năm 1962``, ``1962``. The result is calendar-valid.
    """
    tokens = _tokens(text)
    parts = _labelled(tokens) or _in_order(tokens)
    return None if parts is None else _checked(*parts, era)


def compose_date(day: str, month: str, year: str, era: Era) -> PartialDate | None:
    """The date of a slot with separate places for day, month and year; empty text: unknown."""
    return _checked(_number(_tokens(day)), _month(_tokens(month)), _number(_tokens(year)), era)


def _checked(day: int | None, month: int | None, year: int | None, era: Era) -> PartialDate | None:
    completed = None if year is None else era.complete(year)
    if completed is None:
        return None
    date = PartialDate(completed, month, day if month is not None else None)
    return date if date.valid else None


def _tokens(text: str) -> list[str]:
    tokens = [token for token in _SEPARATORS.split(squeeze(text)) if token]
    return [token if fold(token) in _month_names() else as_digits(token) for token in tokens]


def date_in_words(date: PartialDate, dialect: Dialect = SOUTH, first: str = "") -> str:
    """How a clerk writes the date in words, lower case; ``first`` stands before days 1 to 10."""
    parts = [f"năm {number_in_words(date.year, dialect)}"]
    if date.month is not None:
        month = "tư" if date.month == 4 else number_in_words(date.month, dialect)
        parts.insert(0, f"tháng {month}")
    if date.day is not None:
        before = f"{first} " if first and date.day <= 10 else ""
        parts.insert(0, f"ngày {before}{number_in_words(date.day, dialect)}")
    return " ".join(parts)


def words_nearest(date: PartialDate, text: str) -> str:
    """The date in the words that come nearest to what was read: a slip of the reader is mended."""
    said = [
        date_in_words(date, dialect, first).removeprefix(dropped)
        for dialect in (SOUTH, NORTH, MIXED)
        for first in ("", "mùng", "mồng")
        for dropped in ("", "ngày ")
    ]
    read = squeeze(text).lower()
    return min(said, key=lambda words: Levenshtein.distance(words, read))


@cache
def _month_names() -> dict[str, int]:
    return {fold(name): int(number) for name, number in table("dates")["month_names"].items()}


@cache
def _labels() -> dict[str, str]:
    words = table("dates")
    return {fold(word): part for part in ("day", "month", "year") for word in words[part]}


def _labelled(tokens: Sequence[str]) -> tuple[int | None, int | None, int | None] | None:
    """Split at the words ngày, tháng, năm. ``năm`` is the year after a month, five elsewhere."""
    parts: dict[str, list[str]] = {}
    spoken_first = bool(tokens) and not _opens_with_label(tokens)
    current = "day" if spoken_first else ""
    if spoken_first:
        parts["day"] = []
    for position, token in enumerate(tokens):
        label = _labels().get(fold(token))
        if label == "year" and not _starts_year(tokens, position, current, parts):
            label = None
        if label == "day" and spoken_first and current == "day":
            parts["day"], spoken_first = [], False  # what stands before is another place's
        elif label and not (label == "day" and "day" in parts):
            current = label
            parts.setdefault(label, [])
        elif current:
            parts[current].append(token)
    if "month" not in parts and "year" not in parts:
        return None
    month = parts.get("month", [])
    if "year" not in parts and len(month) > 1 and re.fullmatch(r"\d{4}", month[-1]):
        parts["year"] = [month.pop()]  # "tháng 5 1959"
    _split_figures(parts)
    return _number(parts.get("day")), _month(parts.get("month")), _number(parts.get("year"))


def _opens_with_label(tokens: Sequence[str]) -> bool:
    """``năm tháng tư năm …`` opens with the fifth day, not with the word for year."""
    labels = [_labels().get(fold(token)) for token in tokens]
    return labels[0] is not None and not (labels[0] == "year" and "month" in labels)


def _split_figures(parts: dict[str, list[str]]) -> None:
    """Figures whose label is missing go to the part they stand for: ``09-04 năm 1962``, ``ngày 9
    tháng 4/1962``."""
    for part, following, most in (("day", "month", 12), ("month", "year", _LAST_YEAR)):
        figures = [token for token in parts.get(part, []) if token.isdigit()]
        if following not in parts and len(figures) == 2 and int(figures[1]) <= most:
            parts[part], parts[following] = figures[:1], figures[1:]


def _starts_year(
    tokens: Sequence[str], position: int, current: str, parts: dict[str, list[str]]
) -> bool:
    """Whether this ``năm`` opens the year and does not mean five."""
    if "year" in parts:
        return False
    following = tokens[position + 1 :]
    if current == "month" and not parts["month"]:
        again = any(_labels().get(fold(token)) == "year" for token in following)
        return not again and (len(following) > 3 or "".join(following[:1]).isdigit())
    if current == "day":
        return not any(_labels().get(fold(token)) == "month" for token in following)
    return True


def _number(tokens: Sequence[str] | None) -> int | None:
    if not tokens:
        return None
    digits = "".join(token for token in tokens if token.isdigit())
    if digits:
        return int(digits) if len(digits) <= 4 else None
    known = [token for token in tokens if word_meaning(token) is not None]
    return number_from_words(known)


def _month(tokens: Sequence[str] | None) -> int | None:
    for token in tokens or ():
        if fold(token) in _month_names():
            return _month_names()[fold(token)]
    return _number(tokens)


def _in_order(tokens: Sequence[str]) -> tuple[int | None, int | None, int | None] | None:
    """Figures alone: day month year, month year, or year; a French month name may stand within.

    Of more figures the last three are the date, where they end in a whole year: what stands before
    ran over from another place.
    """
    named = _month_names()
    numbers = [
        named.get(fold(token), int(token) if token.isdigit() else None)
        for token in tokens
        if token.isdigit() or fold(token) in named
    ]
    if len(numbers) == 1 and numbers[0] is not None:
        return _run_together(str(numbers[0]).zfill(len(tokens[0]) if len(tokens) == 1 else 1))
    if len(numbers) == 2:
        return None, numbers[0], numbers[1]
    if len(numbers) < 3 or (len(numbers) > 3 and not re.fullmatch(r"\d{4}", tokens[-1])):
        return None
    return numbers[-3], numbers[-2], numbers[-1]


def _run_together(digits: str) -> tuple[int | None, int | None, int | None] | None:
    """``1962`` is a year; ``12031962`` a date whose points were not seen."""
    if len(digits) in (2, 4):
        return None, None, int(digits)
    if len(digits) == 8:
        return int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if len(digits) == 6:
        return int(digits[:2]), int(digits[2:4]), int(digits[4:])
    return None
