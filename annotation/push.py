"""Sends the fields that need a person to Label Studio. Pushing twice adds nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from annotation.client import LabelStudio
from annotation.server import Server
from annotation.tasks import doubtful, task_of
from annotation.texts import layout, texts
from extract.folder import BookFolder
from extract.record import Record


@dataclass(frozen=True)
class Pushed:
    """What a push did: ``waiting`` counts the tasks that were already there."""

    project: int
    added: int
    renewed: int
    waiting: int


def project_key(folder: BookFolder) -> str:
    """By which a book's project is found again: the book's folder, by its path."""
    digest = hashlib.sha256(str(folder.root.resolve()).encode()).hexdigest()
    return f"hotich-{digest[:16]}"


def push(studio: LabelStudio, server: Server, folder: BookFolder, records: list[Record]) -> Pushed:
    """Make the book's project, and a task for each doubtful field that has none yet.

    A task nobody has answered is renewed when the machine has read the field again since.
    Our own server shows the crops from their folder; another one gets them inside the task.
    """
    key = project_key(folder)
    ours = server.url == studio.url
    link = server.files / key
    project = studio.find_project(key)
    if project is None:
        title = texts()["project"].format(book=records[0].book if records else folder.root.name)
        project = studio.make_project(key, title, layout(), texts()["instructions"])
    images = f"/data/local-files/?d={key}" if ours else None
    if ours and _point(link, folder.root / "crops"):
        studio.serve_folder(project, link)
    there = {task["data"]["hotich"]: task for task in studio.tasks(project)}
    added, renewed, waiting = [], 0, 0
    for record, code in doubtful(folder, records):
        task = task_of(folder, record, code, images)
        old = there.get(task["data"]["hotich"])
        if old and (old["annotations"] or old["data"]["reading"] == task["data"]["reading"]):
            waiting += 1
            continue
        if old:
            studio.drop_task(old["id"])
            renewed += 1
        added.append(task)
    studio.add_tasks(project, added)
    return Pushed(project, len(added) - renewed, renewed, waiting)


def _point(link: Path, crops: Path) -> bool:
    """Make ``link`` show the crops; False when it already does."""
    target = crops.resolve()
    if link.is_symlink() and link.readlink() == target:
        return False
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(target, target_is_directory=True)
    return True
