"""One person, as a row of a list or a record tells of him or her."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from common.text import fold

_ISO = re.compile(r"^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?$")
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
    """``DD.MM.YYYY``, ``DD/MM/YYYY``, ``MM.YYYY``, ``YYYY`` or ISO; ``None`` when unreadable."""
    text = text.strip()
    iso = _ISO.match(text)
    if iso:
        parts = [iso[3] or "0", iso[2], iso[1]]
    else:
        parts = re.split(r"[./\-\s]+", text)
        if len(parts) > 3 or not all(part.isdigit() for part in parts):
            return None
        parts = ["0"] * (3 - len(parts)) + parts
    day, month, year = (int(part) for part in parts)
    known = 31 < year <= 9999 and month <= 12 and day <= 31
    return Date(year, month, day) if known else None


@lru_cache(maxsize=256)
def parse_sex(text: str) -> str:
    """``M``, ``F`` or empty."""
    return _SEX.get(fold(text), "")


def person_of(record: dict[str, Any]) -> Person:
    """The person whom a birth record (contract.md) is about."""

    def value(code: str) -> str:
        return (record["fields"].get(code) or {}).get("value") or ""

    return Person(
        id=f"{record['book']}/{record['page']}/{record['entry']}",
        name=value("nksHoTen"),
        birth=value("nksNgaySinh"),
        sex=value("nksGioiTinh"),
        father=value("chaHoTen"),
        mother=value("meHoTen"),
        place=value("nksNoiSinh"),
    )
