"""Packages held against each other: a case that two books hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extract.acceptance.findings import Finding, finding
from extract.acceptance.package import PackageFiles
from extract.acceptance.sheet import read_table
from extract.registers import load_register

Key = tuple[str, ...]


def check_together(packages: Sequence[PackageFiles]) -> Iterator[Finding]:
    """Cases of the same office, quyển số and number that stand in two of the books."""
    seen: dict[Key, str] = {}
    for files in packages if len(packages) > 1 else ():
        own = dict(_cases(files))
        for key, where in own.items():
            if key in seen:
                yield finding("B13", where, number=key[-1], other=seen[key])
        seen = {**own, **seen}


def _cases(files: PackageFiles) -> Iterator[tuple[Key, str]]:
    xlsx, register = files.file(".xlsx"), files.register
    table, _ = read_table(xlsx, load_register(register)) if xlsx.is_file() else (None, [])
    for row in table.rows if table else ():
        office = row.get("noiDangKy") or row.get("noiCap")
        key = (register, office, row.get("quyenSo"), row.get("so"))
        if key[2] and key[3]:
            yield key, f"{xlsx.name} dòng {row.number}"
