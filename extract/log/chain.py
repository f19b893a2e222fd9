"""The log of one book: every read, decision, correction, export, view and deletion.

A text file to which lines are only ever added. Each holds the hash of the one before it, so a line
that was changed, removed or put between others is found; the last line's hash stands in a second
file, so that a line cut off the end is found too. Who can write both files can write a new log of
his own: the hash of the last line is therefore in every package's manifest, out of his reach.

The log names places and files, and digests of values, never the values: it outlives them.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

from extract.record import MACHINE, FieldValue, write_whole
from extract.store import now

START = "0" * 64
"""What the first line holds in place of a hash before it."""
_BLOCK = 1 << 16


@dataclass(frozen=True)
class Note:
    """What one line tells.

    Attributes:
        did: ``read``, ``decided``, ``corrected``, ``exported``, ``viewed`` or ``purged``.
        about: what it was done to.
        who: a person, or the machine.
    """

    did: str
    about: Mapping[str, Any] = field(default_factory=dict)
    who: str = MACHINE


@dataclass(frozen=True)
class Line:
    """One line of the log. ``number`` counts from 1."""

    number: int
    time: str
    note: Note
    before: str
    hash: str

    def json(self) -> bytes:
        """The line as it is written."""
        return _canonical({**self._content(), "hash": self.hash}) + b"\n"

    @classmethod
    def after(cls, last: Line | None, note: Note) -> Line:
        """The line that tells this after another."""
        number, before = (last.number + 1, last.hash) if last else (1, START)
        line = cls(number, now(), note, before, "")
        return cls(number, line.time, note, before, line.right_hash())

    @classmethod
    def from_json(cls, text: bytes) -> Line:
        """Read a line. Raises ``ValueError`` or ``KeyError`` when it is none."""
        data = json.loads(text)
        note = Note(str(data["did"]), dict(data["about"]), str(data["who"]))
        return cls(int(data["n"]), str(data["time"]), note, str(data["before"]), str(data["hash"]))

    def right_hash(self) -> str:
        """The hash that its content has."""
        return hashlib.sha256(_canonical(self._content())).hexdigest()

    def _content(self) -> dict[str, Any]:
        told = {"did": self.note.did, "about": self.note.about, "who": self.note.who}
        return {"n": self.number, "time": self.time, **told, "before": self.before}


class Chain:
    """The log in one book's folder."""

    def __init__(self, root: Path) -> None:
        self.path = root / "log.jsonl"
        self._end = root / "log.end"

    def add(self, *notes: Note) -> None:
        """Add lines, and see them on the disk. Several processes may do so at once.

        What a killed run left of a line that was never finished is dropped.
        """
        if not notes:
            return
        with self._locked() as file:
            _drop_unfinished(file)
            if not self._end.is_file():
                write_whole(self._end, f"0 {START}\n".encode())
            last, lines = self._last(), []
            for note in notes:
                last = Line.after(last, note)
                lines.append(last)
            file.write(b"".join(line.json() for line in lines))
            file.flush()
            os.fsync(file.fileno())
            write_whole(self._end, f"{lines[-1].number} {lines[-1].hash}\n".encode())

    @property
    def last(self) -> tuple[int, str]:
        """Number and hash of the last line; 0 and `START` of a log that has none."""
        line = self._last()
        return (line.number, line.hash) if line else (0, START)

    def lines(self) -> list[Line]:
        """Every line that can be read."""
        return [line for line in self._read() if isinstance(line, Line)]

    def faults(self) -> list[str]:
        """What shows that the log is not as it was written; empty when it is whole."""
        found = list(self._read())
        faults = [one for one in found if isinstance(one, str)]
        lines = [one for one in found if isinstance(one, Line)]
        faults += [
            f"line {line.number} of the log was changed"
            for line in lines
            if line.hash != line.right_hash()
        ]
        for before, after in pairwise([Line(0, "", Note(""), "", START), *lines]):
            if after.before != before.hash:
                faults.append(
                    f"the log is broken between lines {before.number} and {after.number}: "
                    "lines were removed, changed or put in"
                )
        return faults + list(self._wrong_end(lines))

    def _last(self) -> Line | None:
        """The last line that can be read; only the end of the file is read when that is whole."""
        if not self.path.is_file():
            return None
        with self.path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _BLOCK))
            *_, text, _rest = [b"", b"", *file.read().split(b"\n")]
        try:
            return Line.from_json(text)
        except (ValueError, KeyError, TypeError):
            lines = self.lines()
            return lines[-1] if lines else None

    def _wrong_end(self, lines: Sequence[Line]) -> Iterator[str]:
        if not self._end.is_file():
            if lines:
                yield f"{self._end.name} is missing: lines may be gone from the log's end"
            return
        number, _, mark = self._end.read_text("utf-8").strip().partition(" ")
        if mark not in {START, *(line.hash for line in lines)}:
            yield f"the end of the log is missing: line {number} was written"

    def _read(self) -> Iterator[Line | str]:
        """Every line, or what is wrong with it; an unfinished last one says nothing."""
        content = self.path.read_bytes() if self.path.is_file() else b""
        for place, text in enumerate(content.split(b"\n")[:-1], start=1):
            try:
                yield Line.from_json(text)
            except (ValueError, KeyError, TypeError):
                yield f"line {place} of the log cannot be read"

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file


def digest_of(values: Mapping[str, FieldValue]) -> str:
    """A digest of some fields' values, which tells whether they are the same."""
    content = {code: value.as_json() for code, value in sorted(values.items())}
    return hashlib.sha256(_canonical(content)).hexdigest()


def hashes(root: Path, files: Iterable[Path]) -> dict[str, str]:
    """The SHA-256 of files by their path in the folder."""
    found = {}
    for path in sorted(files):
        with path.open("rb") as file:
            found[str(path.relative_to(root))] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _drop_unfinished(file: BinaryIO) -> None:
    """Cut off what stands behind the last line's end."""
    end = size = file.seek(0, os.SEEK_END)
    while end > 0:
        start = max(0, end - _BLOCK)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    if end < size:
        file.truncate(end)
    file.seek(0, os.SEEK_END)


def _canonical(content: Mapping[str, Any]) -> bytes:
    compact = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return compact.encode("utf-8")
