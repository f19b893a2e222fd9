"""The record of one case: typed, frozen, and written as one JSON line of ``records.jsonl``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self, get_args

from common.errors import InputError

Status = Literal["read", "blank", "absent_on_form", "illegible", "ditto", "derived"]
STATUSES: tuple[str, ...] = get_args(Status)
MACHINE = "machine"
CORRECTION, SECOND, THIRD = "correction@", "second@", "third@"
"""With a name behind them, the source of a value that a person gave; of a blind second reading; of
a decision between two readings."""
_DIGITS = 4  # decimals of every probability, so that equal runs write equal bytes


@dataclass(frozen=True)
class FieldValue:
    """One value of one field.

    Attributes:
        raw: text as written on the page, NFC; None when nothing was read.
        value: normalised text; None when the field holds no value.
        confidence: calibrated probability that ``value`` is exactly right.
        status: how the value came about; see ``Status``.
        box: (x0, y0, x1, y1) in pixels of the page as scanned; None when there is no place.
        review: a person must look.
        alternatives: other normalised values with their probabilities, best first.
        source: ``engine@weights``, or the rule that derived the value.
        author: ``machine`` or the name of the person who corrected it; not part of the JSON.
        time: UTC, ISO 8601, when the value was stored; empty until then; not part of the JSON.
    """

    raw: str | None = None
    value: str | None = None
    confidence: float = 1.0
    status: Status = "absent_on_form"
    box: tuple[int, int, int, int] | None = None
    review: bool = False
    alternatives: tuple[tuple[str, float], ...] = ()
    source: str = ""
    author: str = MACHINE
    time: str = ""

    def agrees(self, other: FieldValue) -> bool:
        """Whether both say the same: one value, or one state without a value."""
        if self.value is None and other.value is None:
            return self.status == other.status
        return self.value == other.value

    def as_json(self) -> dict[str, Any]:
        return {
            "raw": self.raw,
            "value": self.value,
            "confidence": round(self.confidence, _DIGITS),
            "status": self.status,
            "box": None if self.box is None else list(self.box),
            "review": self.review,
            "alternatives": [[text, round(p, _DIGITS)] for text, p in self.alternatives],
            "source": self.source,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], *, author: str = MACHINE, time: str = "") -> Self:
        """Build from the JSON form. Raises `InputError` on an unknown status."""
        if data["status"] not in STATUSES:
            raise InputError(f"unknown status {data['status']!r}", hint=f"one of {STATUSES}")
        box = data.get("box")
        return cls(
            raw=data.get("raw"),
            value=data.get("value"),
            confidence=float(data.get("confidence", 1.0)),
            status=data["status"],
            box=None if box is None else (int(box[0]), int(box[1]), int(box[2]), int(box[3])),
            review=bool(data.get("review", False)),
            alternatives=tuple((str(t), float(p)) for t, p in data.get("alternatives", ())),
            source=str(data.get("source", "")),
            author=author,
            time=time,
        )


ABSENT = FieldValue()


@dataclass(frozen=True)
class Issue:
    """A plausibility rule that the record breaks; ``message`` is Vietnamese, for a clerk."""

    rule: str
    fields: tuple[str, ...]
    message: str

    def as_json(self) -> dict[str, Any]:
        return {"rule": self.rule, "fields": list(self.fields), "message": self.message}


@dataclass(frozen=True)
class Match:
    """An existing record that may be the same person; ``score`` is a probability."""

    id: str
    score: float

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "score": round(self.score, _DIGITS)}


@dataclass(frozen=True)
class Record:
    """One case. ``page`` counts from 1 over the scans, ``entry`` from 1 on its page."""

    book: str
    page: int
    entry: int
    register: str
    form: str
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    matches: tuple[Match, ...] = ()

    @property
    def key(self) -> tuple[int, int]:
        """Its place in the book: (page, entry)."""
        return self.page, self.entry

    def get(self, code: str) -> FieldValue:
        """The field's value; ``ABSENT`` for a field that the record does not list."""
        return self.fields.get(code, ABSENT)

    def with_fields(self, changes: Mapping[str, FieldValue]) -> Record:
        """A copy with some fields replaced, in the same order."""
        return replace(self, fields={**self.fields, **changes})

    def as_json(self) -> dict[str, Any]:
        return {
            "book": self.book,
            "page": self.page,
            "entry": self.entry,
            "register": self.register,
            "form": self.form,
            "fields": {code: value.as_json() for code, value in self.fields.items()},
            "issues": [issue.as_json() for issue in self.issues],
            "matches": [match.as_json() for match in self.matches],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build from the JSON form; `InputError` when a part of it is missing or malformed."""
        try:
            return cls(
                book=data["book"],
                page=int(data["page"]),
                entry=int(data["entry"]),
                register=data["register"],
                form=data["form"],
                fields={c: FieldValue.from_json(v) for c, v in data["fields"].items()},
                issues=tuple(
                    Issue(i["rule"], tuple(i["fields"]), i["message"])
                    for i in data.get("issues", ())
                ),
                matches=tuple(Match(m["id"], m["score"]) for m in data.get("matches", ())),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"not a record: {error!r}", hint="see the contract") from error


def read_records(path: Path) -> list[Record]:
    """Read a ``records.jsonl`` (or ``truth.jsonl``). `InputError` names the bad line."""
    records = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            records.append(Record.from_json(json.loads(line)))
        except (json.JSONDecodeError, InputError) as error:
            raise InputError(str(error), where=f"{path}:{number}") from error
    return records


def write_records(path: Path, records: Iterable[Record]) -> None:
    """Write ``records.jsonl`` in one move: a reader sees the old file or the new, whole."""
    lines = [json.dumps(record.as_json(), ensure_ascii=False) + "\n" for record in records]
    write_whole(path, "".join(lines).encode("utf-8"))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place, flush it to the disk, and move it there."""
    waiting = path.with_name(path.name + ".part")
    with waiting.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(path)
