"""The table of people that `hotich match` reads, and one person in it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from common.errors import InputError
from common.text import fold, squeeze

COLUMNS = ("id", "ho_ten", "ngay_sinh", "gioi_tinh", "cha", "me", "noi_sinh")
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
    return Date(year, month, day) if year > 31 and month <= 12 and day <= 31 else None


def parse_sex(text: str) -> str:
    """``M``, ``F`` or empty."""
    return _SEX.get(fold(text), "")


def read_people(path: Path) -> Iterator[Person]:
    """The rows of a CSV with the columns of `COLUMNS`; UTF-8, with a byte-order mark or not.

    Semicolons part the columns where the first line has one (Excel in a Vietnamese locale).

    Raises:
        InputError: not UTF-8, a column missing, no id, or an id that stands twice.
    """
    seen: set[str] = set()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = ";" if ";" in file.readline() else ","
            file.seek(0)
            rows = csv.DictReader(file, delimiter=delimiter)
            _check_columns(path, rows.fieldnames)
            for row in rows:
                person = _person(row)
                if not person.id or person.id in seen:
                    what = "stands twice" if person.id else "is empty"
                    raise InputError(
                        f"line {rows.line_num}: id {person.id} {what}",
                        where=str(path),
                        hint="give every row an id of its own",
                    )
                seen.add(person.id)
                yield person
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8 (byte {error.start})",
            where=str(path),
            hint="save it as “CSV UTF-8”; text in TCVN3 or VNI must be converted first",
        ) from error
    except csv.Error as error:
        raise InputError(f"not a CSV table: {error}", where=str(path)) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error


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


def _check_columns(path: Path, names: Any) -> None:
    missing = [column for column in COLUMNS if column not in (names or [])]
    if missing:
        raise InputError(
            f"column {', '.join(missing)} missing",
            where=str(path),
            hint=f"the first line must name {','.join(COLUMNS)}, in UTF-8",
        )


def _person(row: dict[str, str | None]) -> Person:
    return Person(*(squeeze(row[column] or "") for column in COLUMNS))
