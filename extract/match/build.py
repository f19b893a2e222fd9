"""Building an index of people in one pass over the list, and bringing it up to date in place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from extract.match.counts import Counts
from extract.match.index import HEADER, MARK, VERSION, PeopleIndex, text_of
from extract.match.keys import key_table
from extract.match.notes import Notes
from extract.match.people import Person
from extract.match.rows import PARTS, Rows, encode
from extract.match.vocabulary import Vocabulary, write_vocabulary
from extract.record import write_whole

_CHUNK = 20_000
_MERGED = 8  # files of keys from which they are merged into one
_BIG = ("rows.bin", "marks.bin", "ends.bin", "text.bin")


def build_index(
    people: Iterable[Person],
    folder: Path,
    source: Mapping[str, Any] | None = None,
    notes: Notes | None = None,
) -> None:
    """Write the index of a list into ``folder``, which is made; what was there no longer counts.

    Args:
        source: says what the list was, to tell later whether it has changed.
        notes: what reading ``people`` takes down; kept with the index.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / HEADER).unlink(missing_ok=True)
    for name in _BIG:
        (folder / name).write_bytes(b"")
    writer = _Writer(folder, Vocabulary(), Vocabulary(), Counts.empty(), 0, 0)
    writer.append(people)
    writer.finish({"generation": 0, "segments": []}, np.zeros(0, np.uint32), source, notes)


def index_of(people: Iterable[Person], notes: Notes | None = None) -> PeopleIndex:
    """The index of a short list, in a temporary folder that goes with the object."""
    kept = TemporaryDirectory(prefix="hotich-people-")
    build_index(people, Path(kept.name), notes=notes)
    index = PeopleIndex.open(Path(kept.name))
    index.kept = kept
    return index


def update_index(
    index: PeopleIndex,
    people: Iterable[Person],
    *,
    whole: bool = False,
    source: Mapping[str, Any] | None = None,
    notes: Notes | None = None,
) -> dict[str, int]:
    """Bring an index up to date in place; open it again to see the change.

    Rows whose id is known and whose text differs are replaced, new ids are added; with ``whole``
    the people given are the whole list, and ids that are not among them are taken out.

    Returns:
        How many rows are ``added``, ``changed`` and ``removed``.
    """
    marks, living = index.marks, np.ones(len(index.rows), bool)
    living[index.gone] = False
    rows = np.flatnonzero(living)
    order = np.argsort(marks["id"][rows], kind="stable")
    rows, ids = rows[order], marks["id"][rows[order]]
    seen = np.zeros(len(rows), bool)
    stale: list[int] = []
    added = 0

    def new() -> Iterator[Person]:
        nonlocal added
        for person in people:
            mark = _mark(person)
            at = int(np.searchsorted(ids, np.uint64(mark[0])))
            if at < len(ids) and int(ids[at]) == mark[0]:
                seen[at] = True
                if int(marks["text"][rows[at]]) == mark[1]:
                    continue
                stale.append(int(rows[at]))
            else:
                added += 1
            yield person

    _cut(index)
    end = (index.folder / "text.bin").stat().st_size
    counts = index.counts
    writer = _Writer(index.folder, index.parts, index.places, counts, len(index.rows), end)
    writer.append(new())
    removed = rows[~seen].tolist() if whole else []
    left = np.array(sorted([*stale, *removed]), np.uint32)
    if len(left):
        counts.add(index.rows[left], sign=-1)
    gone = np.union1d(index.gone, left).astype(np.uint32)
    writer.finish(index.header, gone, source or index.header.get("source"), notes)
    return {"added": added, "changed": len(stale), "removed": len(removed)}


class _Writer:
    """Appends people to the files of an index."""

    def __init__(
        self,
        folder: Path,
        parts: Vocabulary,
        places: Vocabulary,
        counts: Counts,
        rows: int,
        end: int,
    ) -> None:
        self.folder, self.parts, self.places, self.counts = folder, parts, places, counts
        self.count, self._end = rows, end
        self._keys: list[NDArray[np.uint64]] = []

    def append(self, people: Iterable[Person]) -> None:
        files = {name: (self.folder / name).open("ab") for name in _BIG}
        try:
            waiting = iter(people)
            while chunk := list(islice(waiting, _CHUNK)):
                self._write(chunk, files)
        finally:
            for file in files.values():
                file.close()

    def _write(self, chunk: Sequence[Person], files: Mapping[str, IO[bytes]]) -> None:
        rows = encode(chunk, self.parts, self.places)
        texts = [text_of(person) for person in chunk]
        ends = self._end + np.cumsum([len(text) for text in texts], dtype=np.uint64)
        files["rows.bin"].write(rows.tobytes())
        marks = [(_hash(p.id.encode()), _hash(t)) for p, t in zip(chunk, texts, strict=True)]
        files["marks.bin"].write(np.array(marks, MARK).tobytes())
        files["ends.bin"].write(ends.astype("<u8").tobytes())
        files["text.bin"].write(b"".join(texts))
        table, there = key_table(_components(rows, self.parts, self.places))
        numbers = np.arange(self.count, self.count + len(chunk), dtype=np.uint64)
        packed = (table << np.uint64(32)) | numbers
        self._keys.append(packed[there])
        self.counts.add(rows)
        self.count += len(chunk)
        self._end = int(ends[-1])

    def finish(
        self,
        header: Mapping[str, Any],
        gone: NDArray[np.uint32],
        source: Mapping[str, Any] | None,
        notes: Notes | None,
    ) -> None:
        """Write the small files and, last, the header that makes everything count."""
        generation = int(header["generation"]) + 1
        segments = [tuple(segment) for segment in header["segments"]]
        keys = np.concatenate(self._keys) if self._keys else np.zeros(0, np.uint64)
        self._keys.clear()
        if len(segments) >= _MERGED:
            old = [np.fromfile(self.folder / name, "<u8", size) for name, size in segments]
            keys, segments = np.concatenate([*old, keys]), []
        keys.sort()
        if len(keys):
            name = f"keys-{generation}.bin"
            keys.astype("<u8", copy=False).tofile(self.folder / name)
            segments.append((name, len(keys)))
        write_vocabulary(self.folder / f"parts-{generation}.tsv", self.parts)
        write_vocabulary(self.folder / f"places-{generation}.tsv", self.places)
        self.counts.write(self.folder / f"counts-{generation}.npz")
        gone.astype("<u4").tofile(self.folder / f"gone-{generation}.bin")
        body = {
            "version": VERSION,
            "rows": self.count,
            "generation": generation,
            "segments": segments,
            "gone": len(gone),
            "source": source,
            "notes": notes.lines() if notes else header.get("notes", []),
        }
        write_whole(self.folder / HEADER, json.dumps(body).encode("utf-8"))
        self._clear(generation, {name for name, _ in segments})

    def _clear(self, generation: int, segments: set[str]) -> None:
        """Remove small files of earlier generations."""
        current = {f"{n}-{generation}.{e}" for n, e in _SMALL} | segments
        for stem in (*(name for name, _ in _SMALL), "keys"):
            for path in self.folder.glob(f"{stem}-*"):
                if path.name not in current:
                    path.unlink()


_SMALL = (("parts", "tsv"), ("places", "tsv"), ("counts", "npz"), ("gone", "bin"))


def _components(rows: Rows, parts: Vocabulary, places: Vocabulary) -> dict[str, NDArray[np.int64]]:
    sounds = parts.keys("sound").astype(np.int64)
    found = {part: sounds[rows[part]] for part in PARTS}
    found["place"] = places.keys("sound").astype(np.int64)[rows["place"][:, 0]]
    return found | {name: rows[name].astype(np.int64) for name in ("year", "month", "day")}


def _mark(person: Person) -> tuple[int, int]:
    return _hash(person.id.encode("utf-8")), _hash(text_of(person))


def _hash(text: bytes) -> int:
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


def _cut(index: PeopleIndex) -> None:
    """Take off what a broken update left at the ends of the big files."""
    count = len(index.rows)
    sizes = {
        "rows.bin": count * index.rows.dtype.itemsize,
        "marks.bin": count * MARK.itemsize,
        "ends.bin": count * 8,
        "text.bin": index.text_size,
    }
    for name, size in sizes.items():
        with (index.folder / name).open("r+b") as file:
            file.truncate(size)
