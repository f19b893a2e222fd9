"""A package's files on the disk: all of them or none, and none of an earlier delivery besides."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from extract.record import write_whole


class Written:
    """The files of one delivery, written beside their places until all of them are there."""

    def __init__(self, waiting: Path) -> None:
        self._waiting = waiting
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files by their path in the package; how large each is, and its hash, is kept."""
        for name, data in files:
            path = self._waiting / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
            digest = hashlib.sha256(data).hexdigest()
            self.files[name] = {"bytes": len(data), "sha256": digest}


@contextmanager
def all_or_none(out: Path, manifest: str) -> Iterator[Written]:
    """Where a delivery's files are written: they take their places in ``out`` when the block ends,
    the manifest last, and the files that an earlier manifest of this name tells of go. When the
    block fails or is stopped, ``out`` stays as it was.
    """
    waiting = out / f".{manifest}.part"
    shutil.rmtree(waiting, ignore_errors=True)  # of a run that was killed
    made = next((path for path in (out, *out.parents) if path.exists()), out)
    try:
        waiting.mkdir(parents=True)
        written = Written(waiting)
        yield written
        stale = _told(out, manifest)
        for name in sorted(written.files, key=lambda name: name == manifest):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (waiting / name).replace(out / name)
        _remove(out, {name: d for name, d in stale.items() if name not in written.files})
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
        _prune(out, made)


def _told(out: Path, manifest: str) -> dict[str, str]:
    """The hashes of the files that an earlier manifest in ``out`` names."""
    try:
        files = json.loads((out / manifest).read_text("utf-8"))["files"]
        return {str(name): str(about["sha256"]) for name, about in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _remove(out: Path, stale: dict[str, str]) -> None:
    """Delete an earlier delivery's files, as far as they are still those, and their folders."""
    root = out.resolve()
    for name, digest in stale.items():
        path = out / name
        inside = path.is_file() and path.resolve().is_relative_to(root)
        if inside and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            path.unlink()
            _prune(path.parent, out)


def _prune(folder: Path, until: Path) -> None:
    """Remove a folder that is empty, and those above it that then are, below ``until``."""
    while folder != until and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
