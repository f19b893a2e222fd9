"""Takes people's answers back into the store. Pulling twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from annotation.client import LabelStudio
from annotation.push import project_key
from annotation.tasks import Correction, corrections_of, typed_value
from common.errors import UsageError
from extract.folder import BookFolder
from extract.record import Record
from extract.store import Store


@dataclass(frozen=True)
class Pulled:
    """What a pull brought: answers new in the store, answers it had, tasks still open."""

    new: int
    known: int
    open: int


def pull(studio: LabelStudio, folder: BookFolder, store: Store, book: str) -> Pulled:
    """Add every answer to the store as a value with its author and time.

    Raises:
        UsageError: nothing of this book was ever pushed to this server.
    """
    project = studio.find_project(project_key(folder))
    if project is None:
        raise UsageError(
            "nothing was pushed from here", where=str(folder.root), hint="hotich review push"
        )
    users = studio.users()
    records = {record.key: record for record in store.records(book)}
    tasks = studio.tasks(project)
    new = known = 0
    for task in tasks:
        for correction in corrections_of(task, users):
            record = records.get((correction.place.page, correction.place.entry))
            if record is None or correction.place.field not in record.fields:
                continue
            if _store(store, record, correction):
                new += 1
            else:
                known += 1
    return Pulled(new, known, sum(not task["annotations"] for task in tasks))


def _store(store: Store, record: Record, said: Correction) -> bool:
    """Add one answer, unless the store has it."""
    at = (record.book, said.place.page, said.place.entry, said.place.field)
    if any((v.author, v.time) == (said.author, said.time) for v in store.history(*at)):
        return False
    value = None if said.text is None else typed_value(said.text, record, said.place.field)
    store.correct(*at, value=value, status=said.status, author=said.author, time=said.time)
    return True
