"""Tables of the store and their versions. A new version is one more entry in ``MIGRATIONS``."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from common.errors import InputError

metadata = sa.MetaData()

version_table = sa.Table(
    "hotich_schema", metadata, sa.Column("version", sa.Integer, nullable=False)
)

pages = sa.Table(
    "pages",
    metadata,
    sa.Column("book", sa.Text, primary_key=True),
    sa.Column("page", sa.Integer, primary_key=True),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("time", sa.Text, nullable=False),
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("book", sa.Text, primary_key=True),
    sa.Column("page", sa.Integer, primary_key=True),
    sa.Column("entry", sa.Integer, primary_key=True),
    sa.Column("register", sa.Text, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("codes", sa.Text, nullable=False),
    sa.Column("issues", sa.Text, nullable=False),
    sa.Column("matches", sa.Text, nullable=False),
)

field_values = sa.Table(
    "field_values",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("book", sa.Text, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("entry", sa.Integer, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("time", sa.Text, nullable=False),
    sa.Index("field_values_place", "book", "page", "entry", "field"),
)

steps = sa.Table(
    "steps",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("book", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)

efforts = sa.Table(
    "efforts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("book", sa.Text, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("entry", sa.Integer, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("time", sa.Text, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Index("efforts_book", "book"),
)


def _first(connection: sa.Connection) -> None:
    metadata.create_all(connection, tables=[pages, entries, field_values, steps])


def _second(connection: sa.Connection) -> None:
    metadata.create_all(connection, tables=[efforts])


MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = (_first, _second)


def migrate(connection: sa.Connection) -> None:
    """Bring the store to the newest version, inside the caller's transaction.

    Raises `InputError` when the store was written by a newer hotich.
    """
    version_table.create(connection, checkfirst=True)
    found = connection.execute(sa.select(version_table.c.version)).scalar_one_or_none()
    done = found or 0
    if done > len(MIGRATIONS):
        raise InputError(
            f"the store has schema version {done}, this hotich knows {len(MIGRATIONS)}",
            where=str(connection.engine.url),
            hint="update hotich",
        )
    if done == len(MIGRATIONS):
        return
    for step in MIGRATIONS[done:]:
        step(connection)
    if found is None:
        connection.execute(version_table.insert().values(version=len(MIGRATIONS)))
    else:
        connection.execute(version_table.update().values(version=len(MIGRATIONS)))
