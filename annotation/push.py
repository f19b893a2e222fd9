"""Sends the fields that need a person to Label Studio. Pushing twice adds nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from annotation.client import LabelStudio
from annotation.crops import cut_missing
from annotation.server import Server
from annotation.tasks import doubtful, task_of
from annotation.texts import layout, texts
from extract.folder import BookFolder
from extract.reopen import Extracted


@dataclass(frozen=True)
class Pushed:
    """What a push did: ``waiting`` tasks were already there; ``unseen`` fields have no picture."""

    project: int
    added: int
    renewed: int
    waiting: int
    unseen: int


def project_key(folder: BookFolder) -> str:
    """By which a book's project is found again: the book's folder, by its path."""
    digest = hashlib.sha256(str(folder.root.resolve()).encode()).hexdigest()
    return f"hotich-{digest[:16]}"


def push(studio: LabelStudio, server: Server, book: Extracted) -> Pushed:
    """Make the book's project, and a task for each doubtful field that has none yet.

    A task nobody has answered is renewed when the machine has read the field again since.
    Our own server shows the crops from their folder; another one gets them inside the task.
    """
    wanted = doubtful(book.records())
    shown = cut_missing(book, wanted)
    project, images = _project(studio, server, book)
    there = {task["data"]["hotich"]: task for task in studio.tasks(project)}
    added, renewed, waiting = [], 0, 0
    for record, code in shown:
        task = task_of(book.folder, record, code, images)
        old = there.get(task["data"]["hotich"])
        if old and (old["annotations"] or old["data"]["reading"] == task["data"]["reading"]):
            waiting += 1
            continue
        if old:
            studio.drop_task(old["id"])
            renewed += 1
        added.append(task)
    studio.add_tasks(project, added)
    return Pushed(project, len(added) - renewed, renewed, waiting, len(wanted) - len(shown))


def _project(studio: LabelStudio, server: Server, book: Extracted) -> tuple[int, str | None]:
    """The book's project, made when there is none, and where its crops are served, if they are."""
    key = project_key(book.folder)
    project = studio.find_project(key)
    if project is None:
        title = texts()["project"].format(book=book.name)
        project = studio.make_project(key, title, layout(), texts()["instructions"])
    if server.url != studio.url:
        return project, None
    _point(server.files / key, book.folder.root / "crops")
    studio.serve_folder(project, server.files / key)
    return project, f"/data/local-files/?d={key}"


def _point(link: Path, crops: Path) -> None:
    """Make ``link`` show the crops."""
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(crops.resolve(), target_is_directory=True)
