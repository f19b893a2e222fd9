"""The list of existing people as an index on disk: built once, opened at once, updated in place.

The folder holds the rows (numbers, `rows`), what was written in each (text), the blocking keys,
sorted, and the parts of names and places with how often each stands where. Big files are
memory-mapped, so that opening reads next to nothing; an update appends rows and one more file of
keys. ``index.json`` names what counts and is replaced last: a broken build or update is not seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from extract.match.counts import Counts
from extract.match.keys import query_keys
from extract.match.names import parse_name
from extract.match.people import Person, parse_date
from extract.match.rows import PARTS, ROW, Rows, place_parts
from extract.match.vocabulary import read_vocabulary

VERSION = 1
BLOCK_LIMIT = 2000  # rows of one key above which it tells too little to be looked at
HEADER = "index.json"
_OURS = re.compile(
    r"index\.json(\.part)?|(rows|marks|ends|text)\.bin"
    r"|(keys|gone)-\d+\.bin|(parts|places)-\d+\.tsv|counts-\d+\.npz"
)


def is_ours(file: Path) -> bool:
    """Whether an index has a file of this name."""
    return file.is_file() and _OURS.fullmatch(file.name) is not None


class PeopleIndex:
    """Existing people, ready to be asked for candidates; `build` makes the folder."""

    def __init__(self, folder: Path, header: Mapping[str, Any]) -> None:
        self.folder, self.header = folder, header
        count, generation = int(header["rows"]), header["generation"]
        self.rows: Rows = _mapped(folder / "rows.bin", ROW, count)
        self.marks = _mapped(folder / "marks.bin", MARK, count)
        self._ends = _mapped(folder / "ends.bin", np.dtype("<u8"), count)
        self.text_size = int(self._ends[-1]) if count else 0
        self._text = _mapped(folder / "text.bin", np.dtype("u1"), self.text_size)
        self.segments = [
            _mapped(folder / name, np.dtype("<u8"), size) for name, size in header["segments"]
        ]
        self.parts = read_vocabulary(folder / f"parts-{generation}.tsv")
        self.places = read_vocabulary(folder / f"places-{generation}.tsv")
        self.counts = Counts.read(folder / f"counts-{generation}.npz", self.parts, self.places)
        self.gone = np.fromfile(folder / f"gone-{generation}.bin", "<u4")
        self.kept: TemporaryDirectory[str] | None = None  # of a list in memory

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open an index. `InputError`: none of this version is there, or it is damaged."""
        try:
            header = json.loads((folder / HEADER).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise InputError("holds no index of people", where=str(folder)) from error
        if not isinstance(header, dict) or header.get("version") != VERSION:
            raise InputError("index of another version", where=str(folder), hint="delete it")
        try:
            index = cls(folder, header)
        except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
            raise InputError("damaged index", where=str(folder), hint="delete it") from error
        if len(index.gone) != header.get("gone"):
            raise InputError("damaged index", where=str(folder), hint="delete it")
        return index

    @property
    def notes(self) -> list[str]:
        """What of the list was not taken as it stands, in a line or two (`Notes.lines`)."""
        return list(self.header.get("notes", []))

    def __len__(self) -> int:
        return len(self.rows) - len(self.gone)

    def person(self, row: int) -> Person:
        """What the list says of the person in a row, as written there."""
        begin = int(self._ends[row - 1]) if row else 0
        text = bytes(self._text[begin : int(self._ends[row])]).decode("utf-8")
        return Person(*text.split("\t"))

    def candidates(self, query: Person, limit: int = BLOCK_LIMIT) -> NDArray[np.uint32]:
        """The rows that share a key with ``query``.

        A key shared by more than ``limit`` rows is left out, unless no other finds anyone: then
        its first rows stand for it.
        """
        keys = np.array(query_keys(self._components(query)), np.uint64)
        found: list[NDArray[np.uint32]] = []
        crowd: list[NDArray[np.uint32]] = []
        for segment in self.segments:
            firsts = np.searchsorted(segment, keys << np.uint64(32))
            lasts = np.searchsorted(segment, (keys + np.uint64(1)) << np.uint64(32))
            for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
                block = segment[first : min(last, first + limit)].astype(np.uint32)
                (found if last - first <= limit else crowd).append(block)
        blocks = found if any(len(block) for block in found) else crowd
        rows = np.unique(np.concatenate(blocks)) if blocks else np.zeros(0, np.uint32)
        return np.setdiff1d(rows, self.gone, assume_unique=True) if len(self.gone) else rows

    def _components(self, query: Person) -> dict[str, int]:
        sounds: dict[str, int] = dict.fromkeys(PARTS, 0)
        texts = (query.name, query.father, query.mother)
        for at, text in enumerate(texts):
            for column, part in zip(
                PARTS[3 * at : 3 * at + 3], parse_name(text) or (), strict=False
            ):
                sounds[column] = self.parts.key_number("sound", part) if part else 0
        place = place_parts(query.place)
        sounds["place"] = self.places.key_number("sound", place[0]) if place else 0
        date = dict(
            zip(("year", "month", "day"), parse_date(query.birth) or (0, 0, 0), strict=True)
        )
        return sounds | date


MARK = np.dtype([("id", "<u8"), ("text", "<u8")])
"""Hashes of a row's id and of its whole text, by which an update finds what has changed."""


def text_of(person: Person) -> bytes:
    """A person as stored: the fields, parted by tabs."""
    fields = (person.id, person.name, person.birth, person.sex, person.father, person.mother)
    return "\t".join((*fields, person.place)).encode("utf-8")


def _mapped(path: Path, dtype: np.dtype[Any], count: int) -> NDArray[Any]:
    """The first ``count`` items of a file, read when they are looked at."""
    if not count:
        return np.zeros(0, dtype)
    if path.stat().st_size < count * dtype.itemsize:
        raise InputError("index is cut short", where=str(path), hint="delete the folder")
    return np.memmap(path, dtype, "r", shape=(count,))
