"""Names of a package's files: ``KS.1962.01.1962-05-10.012.pdf`` for a case, one base for the book.

The rules are data (``names.yaml``, or a customer's own set); a name that cannot be made is a
reason to stop, never ``null``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from common.errors import InputError, UsageError
from common.tables import yaml_table
from extract.parse.dates import date_of_value
from extract.record import Record

_SAFE = re.compile(r"(?!\.)[\w.\-]+(?<!\.)")
_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE
)
_LONGEST = 255 - len("..manifest.json.part")  # bytes, as file systems count them


def rules() -> dict[str, Any]:
    """The rules of ``names.yaml``."""
    return yaml_table(Path(__file__).with_name("names.yaml"))


@dataclass(frozen=True)
class NameRules:
    """One rule set: the patterns of the names, and the figures of a case's number."""

    width: int
    case: str
    book: str
    cover: str
    commune: str

    @classmethod
    def of(cls, name: str) -> NameRules:
        """The set of this name, or the one in a YAML file.

        Raises:
            UsageError: there is no such set. InputError: the file holds none.
        """
        known = rules()["sets"]
        if name in known:
            return cls(**known[name])
        if not name.endswith((".yaml", ".yml")):
            raise UsageError(f"no rule set {name}", hint=f"known: {' '.join(known)}, or a .yaml")
        try:
            table = yaml.safe_load(Path(name).read_text("utf-8"))
            made = cls(**{**known["national"], **table})
            parts = {"date": "1962-05-10", "number": "012", "suffix": ""}
            made.named(made.case, "KS", BookNumber("1962", 1), **parts)
        except OSError as error:
            raise InputError("no such file of rules", where=name) from error
        except KeyError as error:
            known_parts = "register year book commune date number suffix"
            raise InputError(
                f"a pattern names {{{error.args[0]}}}", where=name, hint=f"known: {known_parts}"
            ) from error
        except (TypeError, ValueError, AttributeError, IndexError, yaml.YAMLError) as error:
            raise InputError(f"not a rule set: {error}", where=name) from error
        if not made.case.endswith(".pdf") or not made.cover.endswith(".pdf"):
            raise InputError("case and cover must end in .pdf", where=name)
        return made

    def named(
        self, pattern: str, register: str, book: BookNumber, commune: str = "", **parts: str
    ) -> str:
        """A name made by one of the set's patterns; never a path.

        Raises:
            UsageError: the name would be none, or would lead elsewhere.
        """
        prefix = f"{commune}." if commune else ""
        name = pattern.format(
            register=register, year=book.year, book=book.number, commune=prefix, **parts
        )
        whole, reserved = _SAFE.fullmatch(name), _RESERVED.fullmatch(name)
        if not whole or ".." in name or reserved or len(name.encode()) > _LONGEST:
            shown = name if len(name) < 80 else f"{name[:79]}…"
            raise UsageError(
                f"{shown!r} cannot be a file's name everywhere (letters, figures, . _ -; no device "
                f"of Windows; {_LONGEST} bytes)",
                hint="see --commune and the rule set's patterns",
            )
        return name


NATIONAL = "national"


@dataclass(frozen=True)
class BookNumber:
    """Quyển số: ``number`` of ``year`` (or a range of years, ``2007-2009``)."""

    year: str
    number: int

    @property
    def sheet(self) -> str:
        """As the import sheet wants it: ``01/1962``."""
        return f"{self.number:02d}/{self.year}"

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year."""
        return int(self.year[:4]), int(self.year[-4:])


def parse_book_number(text: str) -> BookNumber | None:
    """``01/1962``, or a book's name that ends so: ``KS.1962.01``."""
    for pattern in rules()["book_number"]:
        found = re.fullmatch(pattern, text.strip())
        if found:
            return BookNumber(found["year"], int(found["number"]))
    return None


def book_base(register: str, book: BookNumber, commune: str, names: NameRules) -> str:
    """The base name of the book's xlsx and zip: ``xalocthuan_hbd_tbt.KS.2006.01``.

    Args:
        commune: the units that name the book's place (``xalocthuan_hbd_tbt``); may be empty.

    Raises:
        UsageError: the rule set does not allow such a commune.
    """
    if commune and not re.fullmatch(names.commune, commune):
        raise UsageError(f"commune {commune!r}: must be {names.commune}", hint="xalocthuan_hbd_tbt")
    return names.named(names.book, register, book, commune)


def case_name(record: Record, book: BookNumber, names: NameRules) -> tuple[str, list[str]]:
    """The case's file name, and why it has none (Vietnamese; empty when it has one)."""
    causes = []
    number = re.match(rules()["case_number"], record.get("so").value or "")
    if number is None or len(number["digits"]) > names.width:
        causes.append(_cause("so", record))
    date = date_of_value(record.get("ngayDangKy").value)
    if date is None or date.day is None or not date.valid:
        causes.append(_cause("ngayDangKy", record))
    if causes or number is None or date is None:
        return "", causes
    iso = f"{date.year:04d}-{date.month:02d}-{date.day:02d}"
    digits = number["digits"].zfill(names.width)
    parts = {"date": iso, "number": digits, "suffix": number["suffix"]}
    return names.named(names.case, record.register, book, **parts), []


def _cause(code: str, record: Record) -> str:
    value = record.get(code).value
    reason = "thiếu" if value is None else "không dùng được"
    return f"{code} {reason}" + (f" ({value})" if value else "")
