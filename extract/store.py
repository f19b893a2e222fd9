"""The store: pages, records and every value a field ever had. SQLite, or PostgreSQL by URL.

Nothing read is overwritten: a correction is one more value with its author and time.
Several processes may use one store; SQLite waits for its turn (write-ahead log, busy timeout).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa

from common.errors import InputError, MissingPartError, UsageError
from common.provenance import Step
from extract.record import (
    CORRECTION,
    MACHINE,
    SECOND,
    THIRD,
    FieldValue,
    Issue,
    Match,
    Record,
    Status,
)
from extract.schema_store import efforts, entries, field_values, migrate, pages, steps

Outcome = Literal["done", "failed", "refused", "empty"]
OUTCOMES: tuple[str, ...] = get_args(Outcome)
_BUSY_MS = 30_000
Histories = dict[tuple[int, int, str], list[FieldValue]]
"""Every value that each field ever had, oldest first, by page, entry and column."""


@dataclass(frozen=True)
class StoredPage:
    """What became of one page. ``cause`` says why when the outcome is not ``done``."""

    page: int
    outcome: Outcome
    cause: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Effort:
    """How many seconds a person had one field before them."""

    page: int
    entry: int
    field: str
    author: str
    time: str
    seconds: float


class Store:
    """Open with `Store.open`; every method is one transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Store:
        """Open (and make, and migrate) the store at a SQLAlchemy URL.

        Raises `UsageError` for a malformed URL, `MissingPartError` when the driver or the
        server is not there, `InputError` when a newer hotich wrote it.
        """
        try:
            engine = sa.create_engine(url)
        except sa.exc.ArgumentError as error:
            raise UsageError("not a store address", hint="e.g. sqlite:///a.db") from error
        except ModuleNotFoundError as error:
            raise MissingPartError(
                f"no driver {error.name}",
                hint=".venv/bin/pip install -c constraints.txt -e '.[cluster]'",
            ) from error
        where = engine.url.render_as_string(hide_password=True)
        if engine.dialect.name == "sqlite":
            _tame_sqlite(engine)
        store = cls(engine)
        try:
            with store._write() as connection:
                migrate(connection)
        except sa.exc.OperationalError as error:
            raise MissingPartError(
                f"the store does not open: {error.orig}", where=where, hint="check path and server"
            ) from error
        except sa.exc.DatabaseError as error:
            raise InputError(f"not a store: {error.orig}", where=where) from error
        return store

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def save_page(
        self, book: str, page: int, outcome: Outcome, cause: str, payload: Mapping[str, Any]
    ) -> None:
        """Record what became of a page; a later run of the page replaces it."""
        if outcome not in OUTCOMES:
            raise UsageError(f"unknown outcome {outcome!r}", hint=f"one of {OUTCOMES}")
        row = {
            "book": book,
            "page": page,
            "outcome": outcome,
            "cause": cause,
            "payload": _dump(payload),
            "time": now(),
        }
        with self._write() as connection:
            here = (pages.c.book == book) & (pages.c.page == page)
            connection.execute(pages.delete().where(here))
            connection.execute(pages.insert(), row)

    def pages(self, book: str) -> list[StoredPage]:
        """The book's pages met so far, in page order."""
        query = sa.select(pages).where(pages.c.book == book).order_by(pages.c.page)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [StoredPage(r.page, r.outcome, r.cause, json.loads(r.payload)) for r in rows]

    def outcomes(self, book: str) -> list[Outcome]:
        """What became of each page, in page order, their payloads left unread."""
        query = sa.select(pages.c.outcome).where(pages.c.book == book).order_by(pages.c.page)
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def books(self) -> list[str]:
        """The names of all books with a page or a record, sorted."""
        query = sa.union(sa.select(pages.c.book), sa.select(entries.c.book))
        with self._engine.connect() as connection:
            return sorted(connection.execute(query).scalars())

    def save_step(self, book: str, step: Step) -> None:
        """Add one step of provenance to the book."""
        with self._write() as connection:
            connection.execute(steps.insert(), {"book": book, "content": _dump(step.as_dict())})

    def steps(self, book: str) -> list[Step]:
        """The book's provenance, oldest first."""
        query = sa.select(steps.c.content).where(steps.c.book == book).order_by(steps.c.id)
        with self._engine.connect() as connection:
            return [Step(**json.loads(content)) for content in connection.execute(query).scalars()]

    def save_records(self, book: str, records: Sequence[Record]) -> None:
        """Make these the book's records. A value is added only where the machine's changed."""
        with self._write() as connection:
            known = {
                key: value
                for key, values in _values(connection, book).items()
                for value in values
                if value.author == MACHINE
            }
            connection.execute(entries.delete().where(entries.c.book == book))
            rows = [_entry_row(record) for record in records]
            if rows:
                connection.execute(entries.insert(), rows)
            new = [
                _value_row(book, record.page, record.entry, code, value)
                for record in records
                for code, value in record.fields.items()
                if not _same(known.get((record.page, record.entry, code)), value)
            ]
            if new:
                connection.execute(field_values.insert(), new)

    def records(self, book: str) -> list[Record]:
        """The book's records in book order with their latest values.

        A person's value stands before the machine's, even when the machine read again later.
        """
        return self.told(book)[0]

    def told(self, book: str) -> tuple[list[Record], Histories]:
        """The `records` and the `histories` of a book, its values read once for both."""
        query = sa.select(entries).where(entries.c.book == book)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(entries.c.page, entries.c.entry)).all()
            values = _values(connection, book)
        return [_record(row, values) for row in rows], values

    def correct(
        self,
        book: str,
        page: int,
        entry: int,
        field: str,
        *,
        value: str | None,
        status: Status,
        raw: str | None = None,
        box: tuple[int, int, int, int] | None = None,
        author: str,
        time: str,
        second: bool = False,
        third: bool = False,
        seconds: float | None = None,
    ) -> FieldValue:
        """Add a person's value to a field. Returns the new value.

        Args:
            raw: as written on the page; None keeps what the machine read.
            box: where they found it, in pixels of the scan; None where the field has its place.
            second: a blind second reading: it does not replace the first, it is held against it.
            third: a decision between the two.
            seconds: how long the person had the field before them.

        Raises `UsageError` when the field is unknown or the author is empty or the machine.
        """
        if not author or author == MACHINE:
            raise UsageError("a correction needs a person as its author")
        kind = SECOND if second else THIRD if third else CORRECTION
        with self._write() as connection:
            earlier = _values(connection, book, page, entry, field).get((page, entry, field))
            if not earlier:
                raise UsageError(f"no field {field}", where=f"{book} page {page} entry {entry}")
            last = _latest(earlier)
            corrected = replace(
                last,
                raw=last.raw if raw is None else raw,
                value=value,
                status=status,
                box=last.box if box is None else box,
                confidence=1.0,
                review=False,
                alternatives=(),
                source=f"{kind}{author}",
                author=author,
                time=time,
            )
            connection.execute(
                field_values.insert(), _value_row(book, page, entry, field, corrected)
            )
            if seconds is not None:
                at = {"book": book, "page": page, "entry": entry, "field": field}
                spent = {**at, "author": author, "time": time, "seconds": seconds}
                connection.execute(efforts.insert(), spent)
        return corrected

    def efforts(self, book: str) -> list[Effort]:
        """What people's answers took, in the order they came in."""
        query = sa.select(efforts).where(efforts.c.book == book).order_by(efforts.c.id)
        with self._engine.connect() as connection:
            return [
                Effort(r.page, r.entry, r.field, r.author, r.time, r.seconds)
                for r in connection.execute(query)
            ]

    def histories(self, book: str) -> Histories:
        """Every value that each field ever had, oldest first, by page, entry and column."""
        with self._engine.connect() as connection:
            return _values(connection, book)

    def answers(self, book: str) -> dict[tuple[int, int, str], FieldValue]:
        """The people's values that stand, by page, entry and column."""
        return {
            at: value
            for at, values in self.histories(book).items()
            if (value := _latest(values)).author != MACHINE
        }

    def add_case(self, record: Record) -> None:
        """Add a case that the machine missed; a case that is there already stays as it is."""
        here = (
            (entries.c.book == record.book)
            & (entries.c.page == record.page)
            & (entries.c.entry == record.entry)
        )
        with self._write() as connection:
            if connection.execute(sa.select(entries.c.book).where(here)).first() is None:
                connection.execute(entries.insert(), _entry_row(record))
                at = (record.book, record.page, record.entry)
                rows = [_value_row(*at, code, value) for code, value in record.fields.items()]
                connection.execute(field_values.insert(), rows)

    def history(self, book: str, page: int, entry: int, field: str) -> list[FieldValue]:
        """Every value the field ever had, oldest first."""
        with self._engine.connect() as connection:
            return _values(connection, book, page, entry, field).get((page, entry, field), [])

    def _write(self) -> AbstractContextManager[sa.Connection]:
        return self._engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").begin()


def now() -> str:
    """The time as stored: UTC, ISO 8601, seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _dump(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def _entry_row(record: Record) -> dict[str, Any]:
    return {
        "book": record.book,
        "page": record.page,
        "entry": record.entry,
        "register": record.register,
        "form": record.form,
        "codes": json.dumps(list(record.fields)),
        "issues": _dump([issue.as_json() for issue in record.issues]),
        "matches": _dump([match.as_json() for match in record.matches]),
    }


def _record(row: Any, values: Histories) -> Record:
    """An entry's row with the values that stand."""
    return Record(
        book=row.book,
        page=row.page,
        entry=row.entry,
        register=row.register,
        form=row.form,
        fields={c: _latest(_of(values, row, c)) for c in json.loads(row.codes)},
        issues=tuple(
            Issue(i["rule"], tuple(i["fields"]), i["message"]) for i in json.loads(row.issues)
        ),
        matches=tuple(Match(m["id"], m["score"]) for m in json.loads(row.matches)),
    )


def _of(values: Histories, row: Any, code: str) -> list[FieldValue]:
    try:
        return values[row.page, row.entry, code]
    except KeyError as error:
        raise _damaged(row, code) from error


def _damaged(row: Any, code: str) -> InputError:
    return InputError(
        f"the store was damaged or edited: {row.page}.{row.entry}.{code} has no value",
        where=row.book,
        hint="put back a copy of store.sqlite",
    )


def _value_row(book: str, page: int, entry: int, field: str, value: FieldValue) -> dict[str, Any]:
    return {
        "book": book,
        "page": page,
        "entry": entry,
        "field": field,
        "content": _dump(value.as_json()),
        "author": value.author,
        "time": value.time or now(),
    }


def _values(
    connection: sa.Connection,
    book: str,
    page: int | None = None,
    entry: int | None = None,
    field: str | None = None,
) -> Histories:
    query = sa.select(field_values).where(field_values.c.book == book)
    for name, wanted in (("page", page), ("entry", entry), ("field", field)):
        if wanted is not None:
            query = query.where(field_values.c[name] == wanted)
    found: Histories = {}
    for row in connection.execute(query.order_by(field_values.c.id)):
        try:
            value = FieldValue.from_json(json.loads(row.content), author=row.author, time=row.time)
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged(row, row.field) from error
        found.setdefault((row.page, row.entry, row.field), []).append(value)
    return found


def _latest(values: Sequence[FieldValue]) -> FieldValue:
    """The value that stands: a person's before the machine's, a first reading before a second.

    Where a second reading differs and nobody has decided since, the value waits for a third: the
    first reader, who may mend an answer, does not decide by that, nor is their own second one.
    """
    by_people = [value for value in values if value.author != MACHINE]
    if not by_people:
        return values[-1]
    firsts = [place for place, value in enumerate(by_people) if not _is_second(value)]
    if not firsts:
        return by_people[-1]
    stands = by_people[firsts[-1]]
    opener = by_people[firsts[0]].author
    decided = [
        place
        for place in firsts[1:]
        if by_people[place].author != opener or by_people[place].source.startswith(THIRD)
    ]
    since = by_people[decided[-1] :] if decided else by_people
    differs = any(
        _is_second(other) and other.author != opener and not stands.agrees(other) for other in since
    )
    return replace(stands, review=differs)


def _is_second(value: FieldValue) -> bool:
    return value.source.startswith(SECOND)


def _same(known: FieldValue | None, value: FieldValue) -> bool:
    return known is not None and known.as_json() == value.as_json()


def _tame_sqlite(engine: sa.Engine) -> None:
    """SQLAlchemy's own recipe: let it, not the driver, begin transactions (DDL included)."""

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        begin = connection.get_execution_options().get("sqlite_begin", "BEGIN")
        connection.exec_driver_sql(begin)
