"""Takes people's answers back into the store, and decides the book again by them.

Pulling twice changes nothing. Every answer is a value with its author and time; what the book knows
from it then settles other fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

from annotation.client import LabelStudio
from annotation.pages import Verdict, page_answers
from annotation.projects import KINDS, find
from annotation.tasks import Correction, corrections_of
from annotation.written import meant
from common.errors import UsageError
from common.provenance import Step
from extract.log.logged import note_corrected
from extract.record import ABSENT, FieldValue, Record
from extract.registers import Register, load_register
from extract.reopen import Extracted

Task = dict[str, Any]
_VERDICT = "page looked at"


@dataclass(frozen=True)
class Pulled:
    """What a pull brought: answers new in the store, answers it had, tasks still open, and how
    many values of the machine's were decided otherwise by what is known now."""

    new: int = 0
    known: int = 0
    open: int = 0
    settled: int = 0

    def __add__(self, other: Pulled) -> Pulled:
        return Pulled(
            self.new + other.new,
            self.known + other.known,
            self.open + other.open,
            self.settled + other.settled,
        )


def pull(studio: LabelStudio, book: Extracted) -> Pulled:
    """Add every answer to the store as a value with its author and time; decide the book again.

    Raises:
        UsageError: nothing of this book was ever pushed to this server.
    """
    projects = {kind: find(studio, book.folder, book.name, kind) for kind in KINDS}
    if not any(projects.values()):
        raise UsageError(
            "nothing was pushed from here", where=str(book.folder.root), hint="hotich review push"
        )
    users, done = studio.users(), Pulled()
    for kind, project in projects.items():
        if project is not None:
            done += take(book, kind, studio.tasks(project), users)
    return replace(done, settled=book.settle()) if done.new else done


def take(book: Extracted, kind: str, tasks: Iterable[Task], users: Mapping[int, str]) -> Pulled:
    """Add the answers of some tasks of a kind to the store. Nothing is decided yet."""
    records = {record.key: record for record in book.records()}
    known = {
        (at, value.author, value.time)
        for at, values in book.store.histories(book.name).items()
        for value in values
    }
    done = Pulled()
    for task in tasks:
        done += Pulled(open=int(not task["annotations"]))
        for said in _answers(book, kind, task, dict(users), records):
            at = (said.place.page, said.place.entry, said.place.field)
            if (at, said.author, said.time) in known:
                done += Pulled(known=1)
            elif _store(book, records[at[:2]], said, kind):
                known.add((at, said.author, said.time))
                done += Pulled(new=1)
    return done


def _answers(
    book: Extracted,
    kind: str,
    task: Task,
    users: dict[int, str],
    records: dict[tuple[int, int], Record],
) -> list[Correction]:
    """What people said in a task. A case that only they saw is made."""
    if kind != "pages":
        found = corrections_of(task, users)
        return [one for one in found if (one.place.page, one.place.entry) in records]
    if not records:
        return []
    any_record = next(iter(records.values()))
    register = load_register(any_record.register)
    codes = {column.label: column.code for column in register.columns}
    codes |= {column.code: column.code for column in register.columns}
    codes |= {code: code for code in any_record.fields}  # a ledger's own columns
    boxes, verdicts = page_answers(task, users, codes)
    for verdict in verdicts:
        _keep(book, verdict)
    changed = []
    for said in boxes:
        key = (said.place.page, said.place.entry)
        if key not in records:
            records[key] = _missed(any_record, key, register)
            book.store.add_case(records[key])
        if _is_news(records[key], said):
            changed.append(said)
    return changed


def _is_news(record: Record, said: Correction) -> bool:
    """A box that still holds the machine's reading says nothing: a page shows many."""
    text = said.text or ""
    return meant(text, record, said.place.field)[0] != record.get(said.place.field).value


def _missed(like: Record, key: tuple[int, int], register: Register) -> Record:
    codes = [column.code for column in register.columns] or list(like.fields)
    fields = dict.fromkeys(codes, ABSENT)
    return Record(like.book, *key, like.register, like.form, fields)


def _store(book: Extracted, record: Record, said: Correction, kind: str) -> bool:
    """Add one answer; False for a field that the record does not have."""
    code = said.place.field
    if code not in record.fields:
        return False
    value, status = (None, said.status)
    if said.text is not None:
        value, status = meant(said.text, record, code)
    answer = FieldValue(value=value, status=status, author=said.author, time=said.time)
    note_corrected(book.folder, (*record.key, code), answer)
    book.store.correct(
        record.book,
        *record.key,
        code,
        value=value,
        status=status,
        raw=said.text,
        box=_on_scan(book, said),
        author=said.author,
        time=said.time,
        second=kind == "second",
        third=kind == "third",
        seconds=said.seconds,
    )
    return True


def _on_scan(book: Extracted, said: Correction) -> tuple[int, int, int, int] | None:
    """Where a person drew the field's box, in pixels of the scan."""
    if said.box is None:
        return None
    page = said.place.page
    with Image.open(book.folder.page_image(page)) as picture:
        sides = (*picture.size, *picture.size)
    scale = book.picture_scale(page)
    x0, y0, x1, y1 = (
        round(share * side / scale) for share, side in zip(said.box, sides, strict=True)
    )
    return x0, y0, x1, y1


def _keep(book: Extracted, verdict: Verdict) -> None:
    """Note what a person said of a page, once."""
    about = {"page": verdict.page, "said": verdict.said}
    if not any(
        (s.name, s.options, s.time) == (_VERDICT, about, verdict.time)
        for s in book.store.steps(book.name)
    ):
        book.store.save_step(
            book.name, Step(_VERDICT, about, who=verdict.author, time=verdict.time)
        )
