"""The list that matching asks: a CSV, whose index is kept beside it when the list is long."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from common.errors import InputError
from extract.match.build import build_index, index_of, update_index
from extract.match.index import HEADER, PeopleIndex
from extract.match.table import read_people

KEPT_FROM = 4_000_000  # bytes of a list from which its index is kept on disk


def open_existing(against: Path, folder: Path | None = None) -> PeopleIndex:
    """The index of a list: opened, built, or brought up to date when the CSV has changed.

    Args:
        against: the CSV, or the folder of an index.
        folder: where the index is kept; beside the CSV when None, and nowhere for a short list.

    Raises:
        InputError: the list cannot be read, or the folder cannot be written.
    """
    if against.is_dir():
        return PeopleIndex.open(against)
    source = _source(against)
    if folder is None and source["bytes"] < KEPT_FROM:
        return index_of(read_people(against))
    kept = folder or against.with_name(against.name + ".index")
    try:
        return _kept(against, kept, source)
    except PermissionError as error:
        raise InputError(
            "no place for the index", where=str(kept), hint="name another with --index"
        ) from error


def _kept(against: Path, folder: Path, source: dict[str, Any]) -> PeopleIndex:
    if not (folder / HEADER).is_file():
        build_index(read_people(against), folder, source)
        return PeopleIndex.open(folder)
    try:
        index = PeopleIndex.open(folder)
    except InputError:
        shutil.rmtree(folder)
        return _kept(against, folder, source)
    if index.header.get("source") == source:
        return index
    update_index(index, read_people(against), whole=True, source=source)
    return PeopleIndex.open(folder)


def _source(path: Path) -> dict[str, Any]:
    try:
        known = path.stat()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    return {"bytes": known.st_size, "changed": known.st_mtime_ns}
