"""Whether a book is as its log says, and the whole story of one of its cells."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import InputError, UsageError
from extract.log.chain import START, Line, hashes
from extract.log.logged import (
    CORRECTED,
    DECIDED,
    EXPORTED,
    PURGED,
    READ,
    VIEWED,
    At,
    answer_digest,
    answers_digests,
    cell_name,
    log_of,
    machine_digests,
)
from extract.record import MACHINE, FieldValue
from extract.reopen import Extracted

_CELL = re.compile(r"(\d+)\.(\d+)\.(\w+)")
_TOLD = 0.0005  # probability from which another reading is told
_PICTURED = (READ, DECIDED, VIEWED)  # lines that say how files of the folder are


@dataclass(frozen=True)
class Audit:
    """What an audit found: how many lines the log has, its last hash, and every fault."""

    lines: int
    last: str
    faults: tuple[str, ...]


def audit(book: Extracted, head: str = "", manifest: Path | None = None) -> Audit:
    """Hold the book against its log.

    Args:
        head: a hash that the log must hold: the last one, as a package's manifest has it.
        manifest: of a package that was made of the book: the log must tell of it, and its files
            be those that were delivered.
    """
    log = log_of(book.folder)
    lines = log.lines()
    faults = [*log.faults()]
    if not lines:
        faults.append("there is no log: an older hotich made the folder, or the log was removed")
    faults += _other_log(head, lines)
    if manifest:
        faults += _changed_package(manifest, lines)
    faults += _changed_files(book.folder.root, lines)
    faults += _lost_pages(book, lines)
    try:
        faults += [*_changed_answers(book, lines), *_changed_values(book, lines)]
    except InputError as error:
        faults.append(str(error))
    number, last = log.last
    return Audit(number, last, tuple(faults))


def _other_log(head: str, lines: Sequence[Line]) -> Iterator[str]:
    if head and head not in {START, *(line.hash for line in lines)}:
        yield f"the log does not hold {head}: it is not the one that was delivered from"


def _changed_package(manifest: Path, lines: Sequence[Line]) -> Iterator[str]:
    """The log tells of the delivery with this manifest, and its files are as they were then."""
    try:
        content = manifest.read_bytes()
        head, digest = str(json.loads(content)["log"]["last"]), hashlib.sha256(content).hexdigest()
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("not a package's manifest", where=str(manifest)) from error
    yield from _other_log(head, lines)
    told = [line.note.about["files"] for line in lines if line.note.did == EXPORTED]
    files = next((one for one in told if one.get(manifest.name) == digest), None)
    if files is None:
        yield f"the log does not tell of a delivery with {manifest} as it is"
        return
    for name, gone in _differing(manifest.parent, files):
        fault = "is gone from the package" if gone else "is not the file that was delivered"
        yield f"{manifest.parent / name} {fault}"


def _lost_pages(book: Extracted, lines: Sequence[Line]) -> Iterator[str]:
    """Every page that was read is in the store."""
    read = {line.note.about["page"] for line in lines if line.note.did == READ}
    for page in sorted(read - {stored.page for stored in book.store.pages(book.name)}):
        yield f"page {page} was read and is gone from the store"


def known_files(lines: Sequence[Line]) -> dict[str, str]:
    """The hash that each file of the folder must have by the log; deleted ones are not in it."""
    known: dict[str, str] = {}
    for line in lines:
        files: Mapping[str, str] = line.note.about.get("files", {})
        if line.note.did in _PICTURED:
            known.update(files)
        elif line.note.did == PURGED:
            known = {path: digest for path, digest in known.items() if path not in files}
    return known


def _changed_files(root: Path, lines: Sequence[Line]) -> Iterator[str]:
    for path, gone in _differing(root, known_files(lines)):
        fault = "is gone, and the log does not say that it was deleted"
        yield f"{path} {fault if gone else 'is not the file that the log tells of'}"


def _differing(root: Path, wanted: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """The files of a folder that are gone (True) or have not the hash wanted (False)."""
    there = {path for path in wanted if (root / path).is_file()}
    found = hashes(root, (root / path for path in there))
    for path, digest in wanted.items():
        if path not in there or found[path] != digest:
            yield path, path not in there


def _changed_answers(book: Extracted, lines: Sequence[Line]) -> Iterator[str]:
    """Every value that a person gave has its line, and every such line its value."""
    stored = answers_digests(book.store.histories(book.name))
    told = {line.note.about["digest"]: line for line in lines if line.note.did == CORRECTED}
    for digest, at in stored.items():
        if digest not in told:
            yield f"{cell_name(at)}: the store holds a person's value that the log does not know"
    for digest, line in told.items():
        if digest not in stored:
            about = line.note.about
            at = (about["page"], about["entry"], about["field"])
            yield (
                f"{cell_name(at)}: the value that {line.note.who} gave (line "
                f"{line.number} of the log) is not in the store as it was given"
            )


def _changed_values(book: Extracted, lines: Sequence[Line]) -> Iterator[str]:
    decided = [line for line in lines if line.note.did == DECIDED]
    if not decided:
        return
    wanted: Mapping[str, str] = decided[-1].note.about["cases"]
    found = machine_digests(book.store, book.name)
    for case in sorted({*wanted, *found}, key=lambda name: [int(part) for part in name.split(".")]):
        if case not in found:
            yield f"case {case} is gone from the store"
        elif case in wanted and found[case] != wanted[case]:
            yield f"case {case}: the store holds other values of the machine than were decided"


def parse_cell(text: str, book: Extracted) -> At:
    """The cell of this name.

    Raises:
        UsageError: it is no such name, or the book has no such cell.
    """
    found = _CELL.fullmatch(text)
    at = (int(found[1]), int(found[2]), found[3]) if found else (0, 0, "")
    cases = {record.key: record for record in book.records()}
    if at[:2] not in cases or at[2] not in cases[at[:2]].fields:
        raise UsageError(
            f"no cell {text}",
            where=book.name,
            hint="PAGE.ENTRY.FIELD as in records.jsonl: 3.1.nksHoTen",
        )
    return at


@dataclass(frozen=True)
class Event:
    """One thing that happened to a cell: what it was by its parts, which ``extract.report.story``
    puts in words. ``line`` is its place in the log, 0 where it has none."""

    time: str
    who: str
    did: str
    about: Mapping[str, Any]
    line: int = 0


@dataclass(frozen=True)
class Story:
    """A cell's story: what it holds, where it stands, every event, and its picture.

    ``crop_is_true``: whether the picture is the one that the log knows; None where none is kept.
    """

    at: At
    register: str
    value: FieldValue
    source: str
    issues: tuple[str, ...]
    events: tuple[Event, ...]
    crop: Path
    crop_is_true: bool | None


def story(book: Extracted, at: At) -> Story:
    """The whole story of a cell, down to its pixels."""
    page, entry, field = at
    lines = log_of(book.folder).lines()
    record = next(r for r in book.records() if r.key == (page, entry))
    stored = {one.page: one for one in book.store.pages(book.name)}
    source = str(stored[page].payload.get("source", "")) if page in stored else ""
    crop = book.folder.crop(page, entry, field)
    name = str(crop.relative_to(book.folder.root))
    known = known_files(lines).get(name)
    true = None
    if crop.is_file() and known:
        true = hashes(book.folder.root, [crop])[name] == known
    issues = tuple(
        f"{issue.rule}: {issue.message}" for issue in record.issues if field in issue.fields
    )
    events = [*_values(book, at, lines), *_lines(at, name, lines)]
    told = tuple(sorted(events, key=lambda event: (event.time, event.line or len(lines) + 1)))
    return Story(at, record.register, record.get(field), source, issues, told, crop, true)


def _values(book: Extracted, at: At, lines: Sequence[Line]) -> Iterator[Event]:
    """The values that the cell ever had."""
    told = {one.note.about["digest"]: one.number for one in lines if one.note.did == CORRECTED}
    for value in book.store.history(book.name, *at):
        about: dict[str, Any] = {"status": value.status}
        if value.value is not None:
            about = {"value": value.value}
        if value.raw not in (None, value.value):
            about["raw"] = value.raw
        if value.author == MACHINE:
            others = [(text, p) for text, p in value.alternatives if p >= _TOLD]
            more = {"others": others, "review": value.review, "source": value.source}
            about |= {"confidence": value.confidence, **{k: v for k, v in more.items() if v}}
            yield Event(value.time, MACHINE, DECIDED, about)
        else:
            number = told.get(answer_digest(at, value), 0)
            yield Event(value.time, value.author, CORRECTED, about, number)


def _lines(at: At, crop: str, lines: Sequence[Line]) -> Iterator[Event]:
    """The lines of the log that concern the cell, whose picture is ``crop``, beside its
    corrections."""
    for line in lines:
        note, about = line.note, line.note.about
        parts: dict[str, Any] = {}
        if note.did == READ and about["page"] == at[0]:
            parts = {name: about[name] for name in ("page", "scan", "reader")}
        elif note.did == EXPORTED:
            table = [f"{name} {digest}" for name, digest in about["files"].items()]
            parts = {"to": about["to"], "files": [t for t in table if ".archive/" not in t]}
        elif note.did == VIEWED and cell_name(at) in about.get("cells", ()):
            parts = {"what": about["what"]}
        elif note.did == PURGED and crop in about["files"]:
            parts = {"file": crop, "rules": about["rules"]}
        if parts:
            yield Event(line.time, note.who, note.did, parts, line.number)
