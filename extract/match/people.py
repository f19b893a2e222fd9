"""One person, as a row of a list or a record tells of him or her."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from common.tables import yaml_table
from common.text import fold

ROLES = Path(__file__).with_name("roles.yaml")
_TIME = re.compile(r"[ T]\d\d?:\d\d(:\d\d(\.\d+)?)?$")
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?$")
_NUMBER = re.compile(r"^[1-4]\d{4}(\.0+)?$")  # of days, as spreadsheets keep dates: 1927 to 2036
_FIRST_DAY = date(1899, 12, 30)
_SHORT_YEAR = re.compile(r"^\d{1,2}[./\-\s]+\d{1,2}[./\-\s]+\d{2}$")
_WORDS = re.compile(r"\b(ngày|tháng|năm)\b", re.IGNORECASE)
_SEX = {"nam": "M", "trai": "M", "1": "M", "m": "M", "male": "M"} | {
    "nu": "F", "gai": "F", "2": "F", "f": "F", "female": "F"
}  # fmt: skip


class Date(NamedTuple):
    """A date that may be partial; 0 stands for an unknown part."""

    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Person:
    """One row: every field but ``id`` may be empty."""

    id: str
    name: str = ""
    birth: str = ""
    sex: str = ""
    father: str = ""
    mother: str = ""
    place: str = ""


@lru_cache(maxsize=1 << 17)
def parse_date(text: str) -> Date | None:
    """``DD.MM.YYYY``, ``DD/MM/YYYY``, ``MM.YYYY``, ``YYYY`` or ISO, or the number of a day as
    spreadsheets keep it; ``None`` when unreadable. A month or day that cannot be is unknown."""
    day, month, year = _figures(text) or (0, 0, 0)
    if not 1000 <= year <= 9999:
        return None  # of two figures nobody knows the century
    if month > 12:
        return Date(year, 0, 0)
    return Date(year, month, day if day <= 31 else 0)


@lru_cache(maxsize=1 << 17)
def date_trouble(text: str) -> str:
    """What kind of `Notes` a date is that was not taken as it stands; empty when it was."""
    if not text or text.isspace():
        return ""
    if _NUMBER.match(text.strip()):
        return "number"
    if parse_date(text) is None:
        return "short year" if _SHORT_YEAR.match(text.strip()) else "unknown"
    day, month, _ = _figures(text) or (0, 0, 0)
    return "partly" if day > 31 or month > 12 else ""


def _figures(text: str) -> tuple[int, int, int] | None:
    """Day, month and year as they stand; 0 for what does not."""
    text = _TIME.sub("", _WORDS.sub(" ", text).strip())
    if _NUMBER.match(text):
        told = _FIRST_DAY + timedelta(int(float(text)))
        return told.day, told.month, told.year
    iso = _ISO.match(text)
    parts = [iso[3] or "0", iso[2], iso[1]] if iso else re.split(r"[./\-\s]+", text)
    if len(parts) > 3 or not all(part.isdecimal() for part in parts):
        return None
    day, month, year = map(int, ["0"] * (3 - len(parts)) + parts)
    return day, month, year


@lru_cache(maxsize=256)
def parse_sex(text: str) -> str:
    """``M``, ``F`` or empty."""
    return _SEX.get(fold(text), "")


def people_of(register: str, values: Mapping[str, str]) -> dict[str, Person]:
    """The people whom a record's values tell of, by their role; ``roles.yaml`` says where.

    Args:
        values: normalised values by column code.
    """
    found = {}
    for role, about in yaml_table(ROLES).get(register, {}).items():
        told = {
            field: source[1:] if source.startswith("=") else values.get(source) or ""
            for field, source in about.items()
        }
        if told["name"]:
            found[role] = Person(role, **told)
    return found


def person_of(record: dict[str, Any]) -> Person:
    """The person whom a record (contract.md) is about first; all empty when none is named."""
    values = {code: own["value"] for code, own in record["fields"].items() if own.get("value")}
    people = people_of(record.get("register", "KS"), values)
    main = next(iter(people.values()), Person(""))
    return replace(main, id=f"{record['book']}/{record['page']}/{record['entry']}")
