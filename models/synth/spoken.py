"""Numbers and dates in words, as clerks write them: ``mười lăm``, ``một ngàn chín trăm lẻ bốn``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

_UNITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


@dataclass(frozen=True)
class Dialect:
    """Words that differ between regions and times."""

    thousand: str = "nghìn"
    filler: str = "linh"
    fourth: str = "tư"  # 24: hai mươi tư, in the South hai mươi bốn
    first_days: str = "mồng"  # before days 1-10, or nothing


SOUTH = Dialect("ngàn", "lẻ", "bốn", "mùng")
NORTH = Dialect()
PLAIN = Dialect("nghìn", "linh", "tư", "")


def spoken(number: int, dialect: Dialect) -> str:
    """``number`` (0-9999) in words."""
    if number >= 1000:
        head = f"{_UNITS[number // 1000]} {dialect.thousand}"
        rest = number % 1000
        if not rest:
            return head
        if rest < 10:
            return f"{head} không trăm {dialect.filler} {_UNITS[rest]}"
        return f"{head} {'không trăm ' if rest < 100 else ''}{_below_thousand(rest, dialect)}"
    return _below_thousand(number, dialect)


def _below_thousand(number: int, dialect: Dialect) -> str:
    if number < 100:
        if number < 10:
            return _UNITS[number]
        return _tens(number, dialect)
    rest = number % 100
    head = f"{_UNITS[number // 100]} trăm"
    if not rest:
        return head
    return f"{head} {f'{dialect.filler} {_UNITS[rest]}' if rest < 10 else _tens(rest, dialect)}"


def _tens(number: int, dialect: Dialect) -> str:
    ten, unit = divmod(number, 10)
    head = "mười" if ten == 1 else f"{_UNITS[ten]} mươi"
    if unit == 0:
        return head
    if unit == 5:
        return f"{head} lăm"
    if ten > 1 and unit == 1:
        return f"{head} mốt"
    if ten > 1 and unit == 4:
        return f"{head} {dialect.fourth}"
    return f"{head} {_UNITS[unit]}"


def spoken_month(month: int) -> str:
    """A solar month in words; the fourth is ``tư``."""
    return "tư" if month == 4 else spoken(month, NORTH)


def spoken_date(day: date, dialect: Dialect) -> str:
    """``ngày mười hai tháng ba năm một nghìn chín trăm tám mươi hai``."""
    first = f"{dialect.first_days} " if dialect.first_days and day.day <= 10 else ""
    number = spoken(day.day, dialect)
    return f"ngày {first}{number} tháng {spoken_month(day.month)} năm {spoken(day.year, dialect)}"
