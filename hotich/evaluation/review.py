"""Thousands of tasks pushed to a real Label Studio, and pushed again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotation.client import LabelStudio
from annotation.projects import ensure
from annotation.push import Pushed, bring_up_to_date
from annotation.server import Server
from annotation.tasks import field_task
from extract.folder import BookFolder
from extract.record import FieldValue, Record

_VALUE = FieldValue(
    raw="Nguyễn-văn-Tư",
    value="Nguyễn Văn Tư",
    confidence=0.7,
    status="read",
    review=True,
    alternatives=(("Nguyễn Văn Tự", 0.2), ("Nguyễn Văn Từ", 0.1)),
    source="handwriting@made",
)


@dataclass(frozen=True)
class PushFigure:
    """Seconds of a first push and of a second, what each did, and the tasks then on the server."""

    first: Pushed
    first_seconds: float
    again: Pushed
    again_seconds: float
    on_server: int


def evaluate_push(server: Server, folder: Path, count: int) -> PushFigure:
    """Push so many field tasks, made up, as a book's would be; then push them again."""
    BookFolder(folder).prepare()
    tasks = [_task(page, folder) for page in range(1, count + 1)]
    with LabelStudio(server.url, server.credentials.token) as studio:
        project = ensure(studio, server, BookFolder(folder), "5000", "fields").id
        first, first_seconds = _timed(studio, project, tasks)
        again, again_seconds = _timed(studio, project, tasks)
        names = {task["data"]["hotich"] for task in studio.tasks(project)}
    return PushFigure(first, first_seconds, again, again_seconds, len(names))


def _task(page: int, folder: Path) -> dict[str, Any]:
    record = Record("made", page, 1, "KS", "rvn-1955-1975", {"nksHoTen": _VALUE})
    crop = BookFolder(folder).crop(page, 1, "nksHoTen")
    return field_task(record, "nksHoTen", crop, "/data/local-files/?d=made")


def _timed(studio: LabelStudio, project: int, tasks: list[dict[str, Any]]) -> tuple[Pushed, float]:
    began = time.monotonic()
    done = bring_up_to_date(studio, project, tasks)
    return done, time.monotonic() - began
