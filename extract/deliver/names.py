"""Names of a package's files: ``KS.1962.01.1962-05-10.012.pdf`` for a case, one base for the book.

The rule is data (``names.yaml``); a name that cannot be made is a reason to stop, never ``null``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import UsageError
from common.tables import yaml_table
from extract.parse.dates import date_of_value
from extract.record import Record


def rules() -> dict[str, Any]:
    """The rules of ``names.yaml``."""
    return yaml_table(Path(__file__).with_name("names.yaml"))


@dataclass(frozen=True)
class BookNumber:
    """Quyển số: ``number`` of ``year`` (or a range of years, ``2007-2009``)."""

    year: str
    number: int

    @property
    def sheet(self) -> str:
        """As the import sheet wants it: ``01/1962``."""
        return f"{self.number:02d}/{self.year}"


def parse_book_number(text: str) -> BookNumber | None:
    """``01/1962``, or a book's name that ends so: ``KS.1962.01``."""
    for pattern in rules()["book_number"]:
        found = re.fullmatch(pattern, text.strip())
        if found:
            return BookNumber(found["year"], int(found["number"]))
    return None


def book_base(register: str, book: BookNumber, commune: str = "") -> str:
    """The base name of the book's xlsx and zip: ``xalocthuan_hbd_tbt.KS.2006.01``.

    Args:
        commune: the units that name the book's place (``xalocthuan_hbd_tbt``); may be empty.
    """
    if commune and not re.fullmatch(r"[a-z0-9_]+", commune):
        raise UsageError(
            f"commune {commune!r}: only a–z, 0–9 and _", hint="e.g. xalocthuan_hbd_tbt"
        )
    prefix = f"{commune}." if commune else ""
    return f"{prefix}{register}.{book.year}.{book.number:02d}"


def case_name(record: Record, book: BookNumber, width: int = 3) -> tuple[str, list[str]]:
    """The case's file name, and why it has none (Vietnamese; empty when it has one).

    Args:
        width: figures of the number, zeros ahead.
    """
    causes = []
    number = re.match(rules()["case_number"], record.get("so").value or "")
    if number is None or len(number["digits"].lstrip("0")) > width:
        causes.append(_cause("so", record))
    date = date_of_value(record.get("ngayDangKy").value)
    if date is None or date.day is None or not date.valid:
        causes.append(_cause("ngayDangKy", record))
    if causes or number is None or date is None:
        return "", causes
    digits = number["digits"].lstrip("0").zfill(width) + number["suffix"]
    iso = f"{date.year:04d}-{date.month:02d}-{date.day:02d}"
    return f"{record.register}.{book.year}.{book.number:02d}.{iso}.{digits}.pdf", []


def _cause(code: str, record: Record) -> str:
    value = record.get(code).value
    reason = "thiếu" if value is None else "không dùng được"
    return f"{code} {reason}" + (f" ({value})" if value else "")
