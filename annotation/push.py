"""Sends what needs a person to Label Studio. Pushing twice adds nothing.

The tasks on the server are compared with those that are wanted now, and only the difference is
sent, in chunks that are there as a whole or not at all: a push that died is pushed again.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from annotation.client import LabelStudio
from annotation.crops import cut_missing
from annotation.pages import box_labels, doubtful_pages, page_task
from annotation.projects import KINDS, ensure, find
from annotation.queue import SecondReading, doubtful, in_dispute, read_twice
from annotation.server import Server
from annotation.tasks import VERSION, Place, blind_task, field_task, third_task
from common.errors import UsageError
from extract.log.logged import note_shown
from extract.promise import marked
from extract.record import CORRECTION, MACHINE
from extract.reopen import Extracted

Task = dict[str, Any]


@dataclass(frozen=True)
class Pushed:
    """What a push did to one project: tasks new, renewed (the machine reads otherwise now),
    dropped (settled without a person), and left as they were."""

    project: int
    added: int = 0
    renewed: int = 0
    dropped: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class PushedBook:
    """What a push did, by kind of project; ``unseen`` fields have no picture to show."""

    projects: dict[str, Pushed] = field(default_factory=dict)
    unseen: int = 0

    @property
    def fields(self) -> Pushed:
        return self.projects["fields"]


def push(
    studio: LabelStudio,
    server: Server,
    book: Extracted,
    second: SecondReading = SecondReading(),  # noqa: B008 (frozen)
) -> PushedBook:
    """Make the book's projects and bring their tasks up to date.

    A project without anything to ask is not made.

    Raises:
        UsageError: another push of this book is at work.
    """
    with _alone(book.folder.root):
        records = marked(book.folder, book.records(), proved=False)
        fields = doubtful(records)
        seen = cut_missing(book, fields)
        hidden = {record.page for record, code in fields if (record, code) not in seen}
        wanted: dict[str, Sequence[Any]] = {
            "fields": seen,
            "pages": doubtful_pages(book, records, hidden),
            "second": cut_missing(book, read_twice(records, second)),
            "third": cut_missing(book, in_dispute(records)),
        }
        done = {}
        for kind in KINDS:
            if not wanted[kind] and find(studio, book.folder, book.name, kind) is None:
                continue
            labels = box_labels(records) if kind == "pages" else None
            project = ensure(studio, server, book.folder, book.name, kind, labels)
            tasks = [_task(kind, book, item, project.images) for item in wanted[kind]]
            drop = kind != "second"
            void = {} if drop else _first_readers(studio, book)
            done[kind] = bring_up_to_date(studio, project.id, tasks, drop=drop, void=void)
        if any(pushed.added for pushed in done.values()):
            note_shown(book.folder, [(*record.key, code) for record, code in seen])
        return PushedBook(done, len(fields) - len(seen))


def bring_up_to_date(
    studio: LabelStudio,
    project: int,
    wanted: Sequence[Task],
    *,
    drop: bool = True,
    void: Mapping[str, int] = MappingProxyType({}),
) -> Pushed:
    """Make a project's open tasks the wanted ones, new ones in their order; answered ones stay.

    A task that is renewed keeps its turn; one that a person has begun is left alone.

    Args:
        drop: take away what is no longer wanted.
        void: by task, the person (their id) whose answer does not count: it is asked once more.
    """
    there: dict[str, Task] = {}
    gone: list[int] = []
    for task in sorted(studio.tasks(project), key=_touched, reverse=True):
        name = task["data"]["hotich"]
        if _answered_only_by(task, void.get(name)):
            continue
        if name not in there:
            there[name] = task
        elif not _touched(task):
            gone.append(task["id"])  # pushed twice, from two machines at once
    new, renewed, remade = [], 0, 0
    for task in wanted:
        old = there.pop(task["data"]["hotich"], None)
        if old is None:
            new.append(task)
        elif _touched(old) or _same(old, task):
            continue
        elif len(old["predictions"]) == len(task["predictions"]) == 1:
            studio.renew_task(old["id"], old["predictions"][0], task)
            renewed += 1
        else:
            gone.append(old["id"])
            new.append(task)
            remade += 1
    settled = [task["id"] for task in there.values() if not _touched(task)] if drop else []
    studio.drop_tasks(project, [*gone, *settled])
    studio.add_tasks(project, new)
    if any(task["predictions"] for task in new):
        studio.show_version(project, VERSION)
    waiting = len(wanted) - len(new) - renewed
    return Pushed(project, len(new) - remade, renewed + remade, len(settled), waiting)


def _same(old: Task, task: Task) -> bool:
    """The task shows the same reading, and has its prediction."""
    shown = old["data"].get("reading") == task["data"].get("reading")
    return shown and len(old["predictions"]) == len(task["predictions"])


def _first_readers(studio: LabelStudio, book: Extracted) -> dict[str, int]:
    """Who read each field first, by its task: a second reading of their own is none."""
    ids = {email: user for user, email in studio.users().items()}
    first = {
        str(Place(*at)): next((v.author for v in values if v.source.startswith(CORRECTION)), "")
        for at, values in book.store.histories(book.name).items()
    }
    return {name: ids[author] for name, author in first.items() if author in ids}


def _answered_only_by(task: Task, user: int | None) -> bool:
    """Who skips a task leaves it to others, and so it stays open."""
    given = [one["completed_by"] for one in task["annotations"] if not one["was_cancelled"]]
    return bool(given) and set(given) == {user}


def _touched(task: Task) -> bool:
    return bool(task["annotations"] or task.get("drafts"))


def _task(kind: str, book: Extracted, item: Any, images: str | None) -> Task:
    if kind == "pages":
        return page_task(book, item, images)
    record, code = item
    crop = book.folder.crop(record.page, record.entry, code)
    if kind == "fields":
        return field_task(record, code, crop, images)
    if kind == "second":
        return blind_task(record, code, crop, images)
    history = book.store.history(book.name, record.page, record.entry, code)
    people = {value.source: value for value in history if value.author != MACHINE}  # last words
    return third_task(record, code, list(people.values()), crop, images)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one push of a book at a time: the lock goes with the process, however it ends."""
    with (folder / ".push").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError("another push of this book is at work", where=str(folder)) from None
        yield
