"""The list that matching asks: a CSV, whose index is kept beside it when the list is long."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path
from typing import Any

from common.errors import InputError
from extract.match.build import build_index, index_of, update_index
from extract.match.index import PeopleIndex, is_ours
from extract.match.notes import Notes
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
        notes = Notes(against.name)
        return index_of(read_people(against, notes), notes)
    kept = folder or against.with_name(against.name + ".index")
    try:
        return _kept(against, kept, source)
    except PermissionError as error:
        index = _opened(kept)
        if index is not None and index.header.get("source") == source:
            return index  # of a folder that others keep
        raise InputError(
            "no place for the index", where=str(kept), hint="name another with --index"
        ) from error


def _kept(against: Path, folder: Path, source: dict[str, Any]) -> PeopleIndex:
    """One process at a time looks at a kept index: another one waits for it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(folder.name + ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        index = _opened(folder)
        if index is None:
            _replace(against, folder, source)
        elif index.header.get("source") == source:
            return index
        else:
            notes = Notes(against.name)
            people = read_people(against, notes)
            update_index(index, people, whole=True, source=source, notes=notes)
        return PeopleIndex.open(folder)


def _opened(folder: Path) -> PeopleIndex | None:
    """The index in the folder; None when there is none, or a damaged one.

    Raises:
        InputError: the folder holds other files, which are not ours to touch.
    """
    others = (
        [file.name for file in folder.iterdir() if not is_ours(file)] if folder.exists() else []
    )
    if others:
        raise InputError(
            f"the index's folder holds other files ({others[0]})",
            where=str(folder),
            hint="name a folder of its own with --index",
        )
    try:
        return PeopleIndex.open(folder)
    except InputError:
        return None


def _replace(against: Path, folder: Path, source: dict[str, Any]) -> None:
    """Build the index beside its place and move it there whole."""
    waiting = folder.with_name(folder.name + ".part")
    for old in (waiting, folder):
        if old.exists():
            shutil.rmtree(old)
    notes = Notes(against.name)
    build_index(read_people(against, notes), waiting, source, notes)
    waiting.rename(folder)


def _source(path: Path) -> dict[str, Any]:
    try:
        known = path.stat()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    return {"bytes": known.st_size, "changed": known.st_mtime_ns, "node": known.st_ino}
