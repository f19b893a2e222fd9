"""Acceptance of a package, whoever made it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError
from extract.acceptance.files import check_manifest, check_zip
from extract.acceptance.findings import Finding, finding
from extract.acceptance.rows import check_rows
from extract.acceptance.sheet import Table, read_table, register_of
from extract.deliver.names import parse_book_number
from extract.registers import load_register, register_codes


@dataclass(frozen=True)
class PackageFiles:
    """The files of one book, which share their base name; any of them may be missing."""

    folder: Path
    base: str

    def file(self, ending: str) -> Path:
        """The file of this ending, in capitals or not."""
        wanted = self.folder / f"{self.base}{ending}"
        if wanted.is_file() or not self.folder.is_dir():
            return wanted
        there = (path for path in self.folder.iterdir() if path.name.lower() == wanted.name.lower())
        return next(there, wanted)

    @property
    def register(self) -> str:
        """The register's code, from the base name (``….KS.1962.01`` → ``KS``), else from the
        sheet's headers."""
        known = [part for part in self.base.split(".") if part in register_codes()]
        return known[0] if known else register_of(self.file(".xlsx"))


def find_packages(paths: Sequence[Path]) -> list[PackageFiles]:
    """The books among folders and files, by base name, each once: those in a folder, or where it
    holds none, those below it.

    Raises:
        InputError: a path is not there, or a folder holds neither xlsx nor zip.
    """
    found: dict[PackageFiles, None] = {}
    for path in paths:
        if path.is_dir():
            files = _packed(path.iterdir()) or _packed(path.rglob("*"))
        else:
            files = [path] if path.is_file() else []
        if not files:
            raise InputError(
                "no package here", where=str(path), hint="give a folder, or an xlsx and its zip"
            )
        found.update({PackageFiles(file.parent, file.stem): None for file in files})
    return list(found)


def _packed(paths: Iterable[Path]) -> list[Path]:
    """The workbooks and zips; not what Excel leaves beside a workbook that is open."""
    ours = (path for path in paths if path.suffix.lower() in (".xlsx", ".zip"))
    return sorted(path for path in ours if not path.name.startswith(("~$", ".")))


def check_package(files: PackageFiles) -> list[Finding]:
    """Everything that is wrong with one package, errors first."""
    return sorted(_check(files), key=lambda found: not found.stops)


def _check(files: PackageFiles) -> Iterator[Finding]:
    xlsx, archive, manifest = map(files.file, (".xlsx", ".zip", ".manifest.json"))
    register = load_register(files.register)
    table = None
    if xlsx.is_file():
        table, wrong = read_table(xlsx, register)
        yield from wrong
    else:
        yield finding("B03", files.base, name=xlsx.name)
    if table is not None:
        if not table.rows:
            yield finding("H06", xlsx.name)
        yield from check_rows(xlsx.name, table, register)
        yield from _other_books(files.base, table)
    if archive.is_file():
        yield from check_zip(archive, table.rows if table else None, register.code)
    else:
        yield finding("B03", files.base, name=archive.name)
    if manifest.is_file():
        yield from check_manifest(manifest)


def _other_books(base: str, table: Table) -> Iterator[Finding]:
    """The rows are of the book that the files are named after, where they are named after one."""
    own = parse_book_number(base)
    found = Counter(parse_book_number(row.get("quyenSo")) for row in table.rows)
    for number, rows in found.items():
        if own and number and number != own:
            yield finding("B02-book", base, book=own.sheet, rows=rows, other=number.sheet)
