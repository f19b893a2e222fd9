"""The promise of a project, kept beside its books: one ``promise.json`` in every book's folder.

A project is the books that were given together when the promise began. Their evidence is pooled,
so all of them must be given each time: nobody may leave out the book that errs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from common.errors import InputError, UsageError
from extract.folder import BookFolder
from extract.promise.claims import (
    Claim,
    Found,
    answered,
    claims_of,
    digest,
    found_by_people,
    place,
)
from extract.promise.options import PromiseOptions
from extract.promise.rounds import LEARNING, Name, Round, Standing, begin, standing
from extract.promise.words import said
from extract.record import MACHINE, Record, write_whole
from extract.reopen import Extracted

FILE = "promise.json"
_PARTS = {
    "round",
    "options",
    "books",
    "floors",
    "state",
    "said",
    "asked",
    "free",
    "proved",
    "fields",
}


@dataclass(frozen=True)
class Promise:
    """A project's round, and where it stands."""

    held: Round
    standing: Standing

    @property
    def kept(self) -> bool:
        """Every field that needs no person is covered by the proof."""
        strata = self.standing.strata
        return bool(strata) and all(one.state == "kept" for one in strata)


@dataclass(frozen=True)
class _Seen:
    """What the project's stores hold now."""

    claims: tuple[Claim, ...]
    found: tuple[Found, ...]
    answers: Mapping[Name, str]
    claimed: Mapping[Name, str]


def keep(
    books: Sequence[Extracted], wanted: Mapping[str, object], *, anew: bool = False
) -> Promise:
    """Begin the promise of a project, or see where it stands; written into every book's folder.

    Once the learning round has its answers, the first round that proves begins.

    Args:
        wanted: `PromiseOptions` by name; what was begun with others is refused.
        anew: choose again, from all that is known by now, and prove that.

    Raises:
        UsageError: the books given are not those of the project, or another promise was begun.
    """
    names = [book.name for book in books]
    if len(set(names)) != len(names):
        raise UsageError("two books have one name", hint="extract each with its own --book")
    held, seen = _read(books), _look(books)
    begun = held.options.model_dump() if held else {}
    options = PromiseOptions.of(**{**begun, **wanted})

    def start(number: int) -> Round:
        return begin(number, seen.claims, seen.found, options, names)

    if held is None:
        held = start(LEARNING if options.learn else 1)
    elif held.options != options:
        raise UsageError(
            f"another promise was begun here: {held.options.max_error:g} with confidence "
            f"{held.options.confidence:g}, seed {held.options.seed}",
            where=str(books[0].folder.root),
            hint=f"give the same options, or take {FILE} away and begin the audit again",
        )
    elif anew:
        held = start(held.number + 1)
    now = standing(held, seen.answers, seen.claimed)
    if held.number == LEARNING and now.learnt:
        held = start(1)
        now = standing(held, seen.answers, seen.claimed)
    promise = Promise(held, now)
    for book in books:
        _write(book, promise)
    return promise


def marked(folder: BookFolder, records: Sequence[Record], *, proved: bool) -> list[Record]:
    """The records with ``review`` as the promise has it; as they are where none was begun.

    Every field of the machine's needs a person, save those that are chosen: while the proof is not
    there yet (``proved`` asks for it) they need nobody but for those that the audit drew.
    """
    content = _content(folder)
    if content is None or content["round"] == LEARNING:
        asked = set(content["asked"]) if content else set()
        return [_asked_too(record, asked) for record in records]
    held = {at: mark for at, _, mark, _ in content["fields"]}
    free = set(content["proved"]) | (set() if proved else set(content["free"]))
    return [_freed(record, {at: held[at] for at in free}) for record in records]


def promised(folder: BookFolder) -> list[str]:
    """What is said of the book's promise, in Vietnamese; nothing where none was begun."""
    content = _content(folder)
    return list(content["said"]) if content else []


def state_of(folder: BookFolder) -> str:
    """Where the book's promise stands: ``learning``, ``waiting``, ``kept`` or ``hopeless``; empty
    where none was begun."""
    content = _content(folder)
    return str(content["state"]) if content else ""


def _state(promise: Promise) -> str:
    """The state that still asks something of people, if any stratum has one."""
    states = {one.state for one in promise.standing.strata}
    asking = [state for state in ("learning", "waiting") if state in states]
    return asking[0] if asking else "kept" if promise.kept else "hopeless"


def _asked_too(record: Record, asked: set[str]) -> Record:
    drawn = [code for code in record.fields if place(record, code) in asked]
    return record.with_fields(
        {
            code: replace(record.get(code), review=True)
            for code in drawn
            if record.get(code).author == MACHINE
        }
    )


def _freed(record: Record, free: Mapping[str, str]) -> Record:
    return record.with_fields(
        {
            code: replace(value, review=free.get(place(record, code)) != digest(value))
            for code, value in record.fields.items()
            if value.author == MACHINE and value.status != "absent_on_form"
        }
    )


def _look(books: Sequence[Extracted]) -> _Seen:
    claims: list[Claim] = []
    found: list[Found] = []
    answers: dict[Name, str] = {}
    claimed: dict[Name, str] = {}
    for book in books:
        records, histories = book.store.told(book.name)
        claims += claims_of(records)
        found += found_by_people(records, histories)
        for record in records:
            for code, value in record.fields.items():
                name = book.name, place(record, code)
                if answered(value):
                    answers[name] = digest(value)
                elif value.author == MACHINE:
                    claimed[name] = digest(value)
    return _Seen(tuple(claims), tuple(found), answers, claimed)


def _read(books: Sequence[Extracted]) -> Round | None:
    """The round that these books are in; None when no promise was begun."""
    names = {book.name for book in books}
    contents = [_content(book.folder) for book in books]
    known = [content for content in contents if content is not None]
    if not known:
        return None
    first = known[0]
    alike = all(
        (one["round"], one["options"], one["books"])
        == (first["round"], first["options"], first["books"])
        for one in known
    )
    if len(known) < len(contents) or not alike or set(first["books"]) != names:
        raise UsageError(
            f"the promise is one of the books {', '.join(first['books'])} together",
            where=str(books[0].folder.root),
            hint=f"give all of them and no other, or take every {FILE} away and begin again",
        )
    fields = [
        Claim(book.name, at, kind, 0.0, mark, clerk)
        for book, content in zip(books, known, strict=True)
        for at, kind, mark, clerk in content["fields"]
    ]
    options = PromiseOptions.of(**first["options"])
    return Round(first["round"], options, tuple(first["books"]), first["floors"], tuple(fields))


def _write(book: Extracted, promise: Promise) -> None:
    held, now = promise.held, promise.standing
    content = {
        "round": held.number,
        "options": held.options.model_dump(mode="json"),
        "books": list(held.books),
        "floors": dict(held.floors),
        "state": _state(promise),
        "said": said(held, now),
        "asked": sorted(at for name, at in now.asked if name == book.name),
        "free": sorted(at for name, at in now.free if name == book.name),
        "proved": sorted(at for name, at in now.proved if name == book.name),
        "fields": [[c.at, c.kind, c.digest, c.clerk] for c in held.fields if c.book == book.name],
    }
    text = json.dumps(content, ensure_ascii=False) + "\n"
    write_whole(book.folder.root / FILE, text.encode("utf-8"))


def _content(folder: BookFolder) -> dict[str, Any] | None:
    path: Path = folder.root / FILE
    if not path.is_file():
        return None
    hint = "take it away; people's answers stay"
    try:
        content = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise InputError("not a promise", where=str(path), hint=hint) from error
    if not (isinstance(content, dict) and content.keys() >= _PARTS):
        raise InputError("not a promise of this version of hotich", where=str(path), hint=hint)
    return content
