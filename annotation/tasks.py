"""A field that needs a person ↔ a Label Studio task, and an annotation → a correction."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from annotation.doubt import marked
from annotation.texts import texts
from annotation.written import proposed
from common.text import squeeze
from extract.record import FieldValue, Record, Status
from extract.registers import Column, load_register

VERSION = "hotich"
"""Model version of every prediction we send. Label Studio shows those of one version only, so
that after a new reader the fields it did not read again would lose theirs: the version stays, the
reader's name stands in the task, and a field that was read again gets a new task."""


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
    """What a person said about one field.

    Attributes:
        text: as typed; None for a state without a value.
        seconds: how long the field was before them; None when the server did not say.
        box: where on the page's picture they found it, in shares of its sides; None when they
            were asked about a place that was known.
    """

    place: Place
    text: str | None
    status: Status
    author: str
    time: str
    seconds: float | None = None
    box: tuple[float, float, float, float] | None = None


def field_task(record: Record, code: str, crop: Path, images: str | None) -> dict[str, Any]:
    """The task for one field, with the machine's reading filled in.

    Args:
        images: address of the crops' folder on the server; None puts the picture into the task.
    """
    value, text = record.get(code), proposed(record, code)
    column = load_register(record.register).column(code)
    data = _asked(record, column, crop, images)
    data["marks"] = marked(text, _others(value)) if text else " "
    data["hint"] = " · ".join(_hints(record, column, value))
    data |= {"reading": text, "reader": value.source}
    return {"data": data, "predictions": [_prediction(text, value.confidence)]}


def blind_task(record: Record, code: str, crop: Path, images: str | None) -> dict[str, Any]:
    """The task for a second reading: neither the machine's nor the first person's is shown."""
    column = load_register(record.register).column(code)
    data = _asked(record, column, crop, images)
    data |= {"marks": " ", "hint": texts()["hints"].get(column.type, ""), "reading": ""}
    return {"data": data, "predictions": [_prediction("", 0.0)]}


def third_task(
    record: Record, code: str, said: list[FieldValue], crop: Path, images: str | None
) -> dict[str, Any]:
    """The task that decides between two people, who are not named."""
    task = blind_task(record, code, crop, images)
    words = [one.raw or texts()["states"][one.status] for one in said]
    task["data"]["reading"] = " | ".join(words)
    task["data"]["hint"] = texts()["differ"].format(texts=" · ".join(f"“{w}”" for w in words))
    return task


def _asked(record: Record, column: Column, crop: Path, images: str | None) -> dict[str, Any]:
    embedded = "data:image/jpeg;base64,"
    return {
        "hotich": str(Place(record.page, record.entry, column.code)),
        "label": column.label,
        "place": texts()["place"].format(page=record.page, entry=record.entry),
        "image": f"{images}/{crop.name}"
        if images
        else embedded + base64.b64encode(crop.read_bytes()).decode("ascii"),
    }


def _prediction(text: str, score: float) -> dict[str, Any]:
    """The text filled in; a space where there is none, because Label Studio puts the caret only
    into a field that holds something."""
    result = {"id": "reading", "from_name": "text", "to_name": "marks", "type": "textarea"}
    filled = {**result, "value": {"text": [text or " "]}}
    return {"model_version": VERSION, "score": score, "result": [filled]}


def _others(value: FieldValue) -> list[tuple[str, float]]:
    """The alternatives, sharing among them what the value's confidence leaves."""
    others = [(other, p) for other, p in value.alternatives if other != value.value]
    whole = sum(p for _, p in others)
    return [(other, (1 - value.confidence) * p / whole) for other, p in others if whole]


def _hints(record: Record, column: Column, value: FieldValue) -> Iterator[str]:
    if value.value:
        yield texts()["sure"].format(percent=round(100 * value.confidence))
    if others := [text for text, _ in value.alternatives if text != value.value][:3]:
        yield texts()["alternatives"].format(texts=" | ".join(others))
    yield from (issue.message for issue in record.issues if column.code in issue.fields)
    if column.type in texts()["hints"]:
        yield texts()["hints"][column.type]


def corrections_of(task: dict[str, Any], users: dict[int, str]) -> list[Correction]:
    """What people said in a task, oldest first; a skipped one says nothing."""
    place = Place.parse(task["data"]["hotich"])
    found = []
    for annotation in sorted(task["annotations"], key=lambda one: str(one["updated_at"])):
        said = _said(annotation["result"])
        if annotation["was_cancelled"]:
            continue
        seconds = annotation.get("lead_time")
        found.append(Correction(place, *said, *who_and_when(annotation, users), seconds))
    return found


def who_and_when(annotation: dict[str, Any], users: dict[int, str]) -> tuple[str, str]:
    """The author's e-mail, and the time: UTC, ISO 8601, milliseconds."""
    who = annotation.get("updated_by") or annotation["completed_by"]
    if isinstance(who, dict):
        who = who["id"]
    moment = datetime.fromisoformat(str(annotation["updated_at"]).replace("Z", "+00:00"))
    return users.get(who, f"user {who}"), moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _said(result: list[dict[str, Any]]) -> tuple[str | None, Status]:
    """The text and the state; who sends an empty field says that nothing stands there."""
    answers = {part["from_name"]: part["value"] for part in result}
    state = answers.get("state", {}).get("choices", [])
    if state:
        return None, "blank" if state[0] == "blank" else "illegible"
    text = typed(answers.get("text", {}))
    return (text, "read") if text else (None, "blank")


def typed(value: dict[str, Any]) -> str:
    """The text of a textarea's value."""
    written = value.get("text", [])
    return squeeze(written if isinstance(written, str) else " ".join(written))
