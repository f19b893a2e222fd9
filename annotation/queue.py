"""Which fields a person is asked about, and in which order."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import yaml

from common.errors import UsageError
from common.options import Options
from extract.record import MACHINE, Record
from extract.registers import load_register
from extract.reopen import Extracted
from extract.roles import roles_of
from extract.trust import like_columns

Field = tuple[Record, str]
_BANDS = (0.5, 0.8)  # confidences between which doubts count as alike
_TELLING = 3  # fields of a column that tell about the rest of it; fields of one value that it takes


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
    values come again, and one of each place or the like that stands several times among them. Then
    the most doubtful. Within that one column at a time, in book order, so that one clerk's hand
    stays before the eyes.
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
        band = sum(_confidence(field) >= bound for bound in _BANDS) + 1
        return 0 if (*record.key, code) in telling else band, code, record.key

    return sorted(found, key=order)


def _telling(fields: Sequence[Field]) -> set[tuple[int, int, str]]:
    """The least sure few of each column that repeats its values, and the least sure of each value
    that like columns repeat."""
    if not fields:
        return set()
    register = load_register(fields[0][0].register)
    roles, like = roles_of(register.code), like_columns(register)
    repeating = {*roles.get("constant", ()), *(c for some in roles.get("usual", ()) for c in some)}
    columns: defaultdict[str, list[Field]] = defaultdict(list)
    values: defaultdict[tuple[str, str], list[Field]] = defaultdict(list)
    for record, code in sorted(fields, key=_confidence):
        if code in repeating:
            columns[code].append((record, code))
        if code in like and (value := record.get(code).value):
            values[like[code], value].append((record, code))
    few = [field for some in columns.values() for field in some[:_TELLING]]
    one = [some[0] for some in values.values() if len(some) >= _TELLING]
    return {(*record.key, code) for record, code in (*few, *one)}


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
