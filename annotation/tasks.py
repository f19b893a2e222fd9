"""A field that needs a person ↔ a Label Studio task, and an annotation → a correction."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from annotation.texts import texts
from common.text import squeeze
from extract.folder import BookFolder
from extract.parse.dates import Era, parse_date
from extract.parse.names import parse_name
from extract.parse.sex import parse_sex
from extract.record import MACHINE, FieldValue, Record, Status
from extract.registers import Column, load_register

_LIFETIME = 80  # parents of a book's first entries were born so long before


@dataclass(frozen=True)
class Place:
    """Where a field stands: the identity of a task, so that nothing is pushed twice."""

    page: int
    entry: int
    field: str

    def __str__(self) -> str:
        return f"{self.page}/{self.entry}/{self.field}"

    @classmethod
    def parse(cls, text: str) -> Place:
        page, entry, field = text.split("/")
        return cls(int(page), int(entry), field)


@dataclass(frozen=True)
class Correction:
    """What a person said about one field. ``text`` is None for a state without a value."""

    place: Place
    text: str | None
    status: Status
    author: str
    time: str


def doubtful(records: Sequence[Record]) -> list[tuple[Record, str]]:
    """The fields that a person must look at and nobody has: column by column, least sure first."""
    found = [
        (record, code)
        for record in records
        for code, value in record.fields.items()
        if value.review and value.author == MACHINE
    ]
    return sorted(found, key=lambda at: (at[1], at[0].fields[at[1]].confidence))


def task_of(folder: BookFolder, record: Record, code: str, images: str | None) -> dict[str, Any]:
    """The task for one field, with the machine's reading filled in.

    Args:
        images: address of the crops' folder on the server; None puts the picture into the task.
    """
    column = load_register(record.register).column(code)
    value = record.fields[code]
    crop = folder.crop(record.page, record.entry, code)
    reading = value.value or value.raw or ""
    embedded = "data:image/jpeg;base64,"
    return {
        "data": {
            "hotich": str(Place(record.page, record.entry, code)),
            "label": column.label,
            "place": texts()["place"].format(page=record.page, entry=record.entry),
            "hint": " · ".join(_hints(record, column, value)),
            "reading": reading,
            "image": f"{images}/{crop.name}"
            if images
            else embedded + base64.b64encode(crop.read_bytes()).decode("ascii"),
        },
        "predictions": [_prediction(value, reading)],
    }


def _prediction(value: FieldValue, reading: str) -> dict[str, Any]:
    result = {"id": "reading", "from_name": "text", "to_name": "image", "type": "textarea"}
    return {
        "model_version": "hotich",
        "score": value.confidence,
        "result": [{**result, "value": {"text": [reading]}}] if reading else [],
    }


def _hints(record: Record, column: Column, value: FieldValue) -> Iterator[str]:
    if value.value:
        yield texts()["sure"].format(percent=round(100 * value.confidence))
    if value.alternatives:
        others = ", ".join(text for text, _ in value.alternatives[:3])
        yield texts()["alternatives"].format(texts=others)
    yield from (issue.message for issue in record.issues if column.code in issue.fields)
    if column.type in texts()["hints"]:
        yield texts()["hints"][column.type]


def corrections_of(task: dict[str, Any], users: dict[int, str]) -> list[Correction]:
    """What people said in a task, oldest first; skipped and empty annotations say nothing."""
    place = Place.parse(task["data"]["hotich"])
    found = []
    for annotation in sorted(task["annotations"], key=lambda one: str(one["updated_at"])):
        said = _said(annotation["result"])
        if annotation["was_cancelled"] or said is None:
            continue
        who = annotation.get("updated_by") or annotation["completed_by"]
        author = users.get(who, f"user {who}")
        found.append(Correction(place, *said, author, _utc(annotation["updated_at"])))
    return found


def _said(result: list[dict[str, Any]]) -> tuple[str | None, Status] | None:
    answers = {part["from_name"]: part["value"] for part in result}
    state = answers.get("state", {}).get("choices", [])
    if state:
        return None, "blank" if state[0] == "blank" else "illegible"
    written = answers.get("text", {}).get("text", [])
    text = squeeze(written if isinstance(written, str) else " ".join(written))
    return (text, "read") if text else None


def _utc(time: str) -> str:
    moment = datetime.fromisoformat(time.replace("Z", "+00:00"))
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def typed_value(text: str, record: Record, code: str) -> str:
    """What a person typed, in the form of the record; as typed where it parses to nothing."""
    register = load_register(record.register)
    column = register.column(code)
    parsed: str | None = None
    if column.type == "partial_date":
        first, last = register.generation(record.form).years
        date = parse_date(text, Era(first - _LIFETIME, last))
        parsed = date.text if date else None
    elif column.enum == "gioiTinh":
        parsed = parse_sex(text)
    elif column.type == "person_name":
        parsed = parse_name(text)
    return parsed or squeeze(text)
