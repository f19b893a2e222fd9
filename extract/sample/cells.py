"""The cells of any vendor's package: what stands in them, their stratum, their PDF."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from common.errors import InputError
from common.tables import yaml_table
from extract.acceptance.files import is_pdf_name, pdf_key, row_key
from extract.acceptance.package import PackageFiles
from extract.acceptance.sheet import Row, Table, read_table
from extract.parse.dates import date_of_value
from extract.promise.options import kind_of
from extract.registers import Register, load_register


def words() -> dict[str, Any]:
    """The table of ``sample.yaml``."""
    return yaml_table(Path(__file__).with_name("sample.yaml"))


@dataclass(frozen=True)
class Cell:
    """One cell of a package, without its value. ``stratum``: era, register, kind of field."""

    book: str
    row: int
    code: str
    stratum: tuple[str, str, str]

    @property
    def name(self) -> str:
        return f"{self.book}/{self.row}/{self.code}"


@dataclass(frozen=True)
class Package:
    """A package opened for acceptance."""

    files: PackageFiles
    register: Register
    table: Table

    @classmethod
    def open(cls, files: PackageFiles) -> Package:
        """Raises `InputError` when it has no sheet that can be read."""
        register = load_register(files.register)
        table, wrong = read_table(files.file(".xlsx"), register)
        if table is None or not table.rows:
            cause = wrong[0].message if wrong else "no row"
            raise InputError(
                f"no sheet to draw from: {cause}", where=files.base, hint="see hotich check"
            )
        return cls(files, register, table)

    @property
    def name(self) -> str:
        return self.files.base

    @property
    def digest(self) -> str:
        """sha256 of its workbook."""
        return hashlib.sha256(self.files.file(".xlsx").read_bytes()).hexdigest()

    @cached_property
    def rows(self) -> dict[int, Row]:
        return {row.number: row for row in self.table.rows}

    @cached_property
    def codes(self) -> list[str]:
        """Columns of the sheet that some row fills, but for the one that counts the rows and
        those that say something of the whole book."""
        known = [column.code for column in self.register.columns]
        filled = {code for row in self.table.rows for code in row.cells if row.get(code)}
        other = {self.table.form.counter, *words()["of_the_book"]}
        return [code for code in known if code in filled - other]

    @property
    def never(self) -> list[str]:
        """Columns of the sheet that no row fills: nothing of them is drawn."""
        other = {*self.codes, self.table.form.counter, *words()["of_the_book"]}
        return [code for code in self.table.form.columns if code and code not in other]

    def cells(self) -> Iterator[Cell]:
        """Every cell of its filled columns, row by row; an empty one says that nothing is there."""
        for row in self.table.rows:
            era = _era(row)
            for code in self.codes:
                kind = kind_of(self.register.column(code).type, "read" if row.get(code) else "")
                shown = words()["kinds"][kind] if row.get(code) else words()["empty"]
                yield Cell(self.name, row.number, code, (era, self.register.code, shown))

    @cached_property
    def pdfs(self) -> dict[int, str]:
        """Name of each row's PDF in the zip: by type, book, date and number; else, where there are
        as many as rows, by its place when they are sorted as people count (2 before 10)."""
        path = self.files.file(".zip")
        try:
            with ZipFile(path) as archive:
                names = sorted(filter(is_pdf_name, archive.namelist()), key=_as_counted)
        except (BadZipFile, OSError) as error:
            raise InputError(
                "no zip of PDFs to look at",
                where=str(path),
                hint="the zip must bear the workbook's name",
            ) from error
        by_key = {key: name for name in names if (key := pdf_key(name))}
        keys = {row.number: row_key(row, self.register.code) for row in self.table.rows}
        found = {n: by_key[key] for n, key in keys.items() if key is not None and key in by_key}
        if not found and len(names) == len(self.table.rows):
            return dict(zip(keys, names, strict=True))
        return found

    @property
    def by_place(self) -> bool:
        """The PDFs' names tell no case: they belong to the rows by their order."""
        return not any(map(pdf_key, self.pdfs.values()))


def open_packages(files: Sequence[PackageFiles]) -> list[Package]:
    """The packages. Raises `InputError` when two bear one name."""
    packages = [Package.open(one) for one in files]
    if len({package.name for package in packages}) != len(packages):
        raise InputError("two packages bear one name", hint="draw a sample of each")
    return packages


def _as_counted(name: str) -> list[tuple[int, str]]:
    return [(int(figures or 0), text) for figures, text in re.findall(r"(\d*)(\D*)", name.lower())]


def _era(row: Row) -> str:
    date = date_of_value(row.get("ngayDangKy"))
    year = date.year if date else 0
    return str([era["name"] for era in words()["eras"] if era["from"] <= year][-1])
