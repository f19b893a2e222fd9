"""One person, as a row of a list or a record tells of him or her."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from common.tables import yaml_table
from common.text import fold

ROLES = Path(__file__).with_name("roles.yaml")
_TIME = re.compile(r"[ T]\d\d?:\d\d(:\d\d(\.\d+)?)?$")
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
    """``DD.MM.YYYY``, ``DD/MM/YYYY``, ``MM.YYYY``, ``YYYY`` or ISO; ``None`` when unreadable. A
    month or day that cannot be is unknown: its digits were misread."""
    text = _TIME.sub("", text.strip())
    iso = _ISO.match(text)
    if iso:
        parts = [iso[3] or "0", iso[2], iso[1]]
    else:
        parts = re.split(r"[./\-\s]+", text)
        if len(parts) > 3 or not all(part.isdigit() for part in parts):
            return None
        parts = ["0"] * (3 - len(parts)) + parts
    day, month, year = (int(part) for part in parts)
    if not 1000 <= year <= 9999:
        return None  # of two figures nobody knows the century
    if month > 12:
        return Date(year, 0, 0)
    return Date(year, month, day if day <= 31 else 0)


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
