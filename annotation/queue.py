"""Which fields a person is asked about, and in which order."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Sequence
from math import log2

import yaml

from common.errors import UsageError
from common.options import Options
from common.text import fold
from extract.decision.answers import At
from extract.decision.recall import mates_of, repeating_columns
from extract.record import MACHINE, Record
from extract.registers import load_register
from extract.reopen import Extracted

Field = tuple[Record, str]
_BANDS = (0.5, 0.8)  # confidences between which doubts count as alike
_TELLING = 3  # fields of a column that tell about the rest of it
_TURNS = 3  # turns of what tells about others: eight of one value and more, four, two


class SecondReading(Options):
    """What two people read.

    Attributes:
        share: share of the fields asked about.
        fields: columns of which every field asked about is read twice.
    """

    share: float = 0.0
    fields: tuple[str, ...] = ()


def second_reading(book: Extracted, share: float | None, fields: tuple[str, ...]) -> SecondReading:
    """What two people read of this book: as said now, or else as said before.

    What is said now is kept in the book's folder.

    Raises:
        UsageError: the book has no such column.
    """
    path = book.folder.root / "second-reading.yaml"
    if share is None and not fields:
        return SecondReading.read(path if path.is_file() else None)
    columns = {code for record in book.records() for code in record.fields}
    if strange := sorted(set(fields) - columns):
        raise UsageError(
            f"no column {', '.join(strange)} in this book",
            where=str(book.folder.root),
            hint=f"one of {', '.join(sorted(columns))}",
        )
    wanted = SecondReading.of(share=share or 0.0, fields=fields)
    path.write_text(yaml.safe_dump(wanted.model_dump(mode="json")), "utf-8")
    return wanted


def doubtful(records: Sequence[Record]) -> list[Field]:
    """The fields that a person must look at and nobody has, in the order they are asked about.

    First what tells about others, which may then go without a person: a few of each column whose
    values come again, one of each value that stands several times among them, and one of those of
    a case that say the same. Then the most doubtful. Within that one column at a time, in book
    order, so that one clerk's hand stays before the eyes.
    """
    found = [
        (record, code)
        for record in records
        for code, value in record.fields.items()
        if value.review and value.author == MACHINE
    ]
    telling = _telling(found)

    def order(field: Field) -> tuple[int, str, tuple[int, int]]:
        record, code = field
        band = sum(_confidence(field) >= bound for bound in _BANDS) + _TURNS
        return telling.get((*record.key, code), band), code, record.key

    return sorted(found, key=order)


def _telling(fields: Sequence[Field]) -> dict[At, int]:
    """Fields that tell about others, by turn: those that tell about many are asked first.

    The least sure few of each column that repeats its values, and the least sure of each value
    that stands again in like columns, or in the same case where columns often hold the same.
    """
    if not fields:
        return {}
    register = load_register(fields[0][0].register)
    groups, mates = repeating_columns(register), mates_of(register)
    columns: defaultdict[str, list[At]] = defaultdict(list)
    values: defaultdict[tuple[Hashable, str], list[At]] = defaultdict(list)
    for record, code in sorted(fields, key=_confidence):
        at, value = (*record.key, code), fold(record.get(code).value or "")
        if code in groups and groups[code] != "place":
            columns[code].append(at)
        if value and code in groups:
            values[groups[code], value].append(at)
        elif value and code in mates:
            values[record.key, value].append(at)
    turns = {at: 0 for some in columns.values() for at in some[:_TELLING]}
    for some in values.values():
        if len(some) > 1:
            turns.setdefault(some[0], max(_TURNS - int(log2(len(some))), 0))
    return turns


def _confidence(field: Field) -> float:
    record, code = field
    return record.get(code).confidence


def read_twice(records: Sequence[Record], wanted: SecondReading) -> list[Field]:
    """The fields that a second person reads: of those asked about or answered, the chosen ones.

    Which ones the share takes is the same at every call.
    """
    return [
        (record, code)
        for record in records
        for code, value in record.fields.items()
        if (value.review or value.author != MACHINE)
        and (code in wanted.fields or _draw(record, code) < wanted.share)
    ]


def in_dispute(records: Sequence[Record]) -> list[Field]:
    """The fields that two people read otherwise and nobody has decided since."""
    return [
        (record, code)
        for record in records
        for code, value in record.fields.items()
        if value.review and value.author != MACHINE
    ]


def _draw(record: Record, code: str) -> float:
    """A number in [0, 1) that belongs to the field."""
    name = f"{record.book}/{record.page}/{record.entry}/{code}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) / 2**32
