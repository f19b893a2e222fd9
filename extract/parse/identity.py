"""Numbers of identity papers."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from common.text import squeeze
from extract.parse.numbers import as_digits

_CODES = Path(__file__).with_name("province_codes.csv")
_SEXES = {"cha": "Nam", "chong": "Nam", "chaNuoi": "Nam", "giaoOng": "Nam"}
_SEXES |= {"me": "Nữ", "vo": "Nữ", "meNuoi": "Nữ", "giaoBa": "Nữ"}
_LENGTHS = frozenset({7, 8, 9, 12})


def parse_identity(text: str) -> str | None:
    """The number without spaces, points and hyphens; None when it is no such number.

    Nine figures (CMND), twelve (CCCD, số định danh), seven or eight (card of the South), or a
    passport's letter and seven or eight figures.
    """
    compact = re.sub(r"[\s.\-/]", "", squeeze(text))
    if re.fullmatch(r"[A-Za-z]\d{7,8}", compact):
        return compact.upper()
    digits = as_digits(compact)
    return digits if digits.isdigit() and len(digits) in _LENGTHS else None


class Holder(NamedTuple):
    """What a number of twelve figures says of its holder: the code of the province that it was
    given for, the sex and the year of birth (circular 59/2021/TT-BCA, article 4)."""

    province: str
    sex: str
    year: int


def holder_of(number: str) -> Holder | None:
    """The holder of a number; None of one that has not twelve figures."""
    if not re.fullmatch(r"\d{12}", number):
        return None
    mark = int(number[3])
    return Holder(
        number[:3], "Nữ" if mark % 2 else "Nam", 1900 + 100 * (mark // 2) + int(number[4:6])
    )


def person_of(code: str) -> str:
    """The person (prefix of columns) whose number a column holds: ``voSoGiayToTuyThan`` → vo."""
    return re.sub("SoGiayToTuyThan|SoDinhDanh.*", "", code)


def sex_of(person: str) -> str | None:
    """The sex that a person's part in a record says: a mother's, a husband's."""
    return _SEXES.get(person)


@cache
def province_codes() -> frozenset[str]:
    """The codes that provinces had in such numbers."""
    with _CODES.open(encoding="utf-8", newline="") as file:
        return frozenset(row["code"] for row in csv.DictReader(file))
