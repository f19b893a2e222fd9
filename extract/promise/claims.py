"""What the machine claims of each field, and what people found of such claims."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extract.checks.rules import severity
from extract.promise.options import kind_of, table
from extract.record import MACHINE, FieldValue, Record
from extract.registers import load_register


@dataclass(frozen=True)
class Claim:
    """One field that the machine could be believed about.

    Attributes:
        at: ``page/entry/field``.
        digest: of the value claimed; tells whether it is still the same.
        doubted: the plain thresholds of ``review.yaml`` send it to a person.
    """

    book: str
    at: str
    kind: str
    confidence: float
    digest: str
    clerk: str = ""
    doubted: bool = False

    @property
    def column(self) -> str:
        """Its kind and its column."""
        return column_of(self.kind, self.at.rpartition("/")[2])


@dataclass(frozen=True)
class Found:
    """A claim that a person looked at: of what kind and column (`column_of`), how sure, and was it
    right."""

    kind: str
    confidence: float
    right: bool
    column: str


def claims_of(records: Sequence[Record]) -> Iterator[Claim]:
    """The claims that can be audited, in book order: nobody looked at them, there is a place to
    look at, something was read or held for blank, and no rule is broken.

    A field that the form does not have, as the machine holds, is none: there is no place to show.
    """
    if not records:
        return
    types = {c.code: c.type for c in load_register(records[0].register).columns}
    for record in records:
        broken = {c for i in record.issues if severity(i.rule) != "info" for c in i.fields}
        clerk = clerk_of(record)
        for code, value in record.fields.items():
            if value.author == MACHINE and code not in broken and _claims(value):
                yield Claim(
                    record.book,
                    place(record, code),
                    kind_of(types.get(code, ""), value.status),
                    value.confidence,
                    digest(value),
                    clerk,
                    value.review,
                )


def found_by_people(
    records: Sequence[Record], histories: Mapping[tuple[int, int, str], Sequence[FieldValue]]
) -> Iterator[Found]:
    """Every field that people answered, with what the machine last claimed before they did."""
    for record in records:
        types = {c.code: c.type for c in load_register(record.register).columns}
        for code, value in record.fields.items():
            if not answered(value):
                continue
            past = histories.get((*record.key, code), ())
            first = next((i for i, one in enumerate(past) if one.author != MACHINE), 0)
            if first and _claims(past[first - 1]):
                claimed = past[first - 1]
                kind = kind_of(types.get(code, ""), claimed.status)
                right = digest(claimed) == digest(value)
                yield Found(kind, claimed.confidence, right, column_of(kind, code))


def column_of(kind: str, code: str) -> str:
    """How a column's fields of one kind are called together."""
    return f"{kind} {code}"


def answered(value: FieldValue) -> bool:
    """A person's value stands, and no second person says otherwise."""
    return value.author != MACHINE and not value.review


def digest(value: FieldValue) -> str:
    """A short mark of the value, or of the state of a field without one."""
    text = value.status if value.value is None else f"={value.value}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def place(record: Record, code: str) -> str:
    return f"{record.page}/{record.entry}/{code}"


def clerk_of(record: Record) -> str:
    """Who wrote the case, as far as the record says."""
    return next((text for code in table()["clerk"] if (text := record.get(code).value)), "")


def _claims(value: FieldValue) -> bool:
    if value.box is None or value.status in ("absent_on_form", "illegible"):
        return False
    return value.value is not None or value.status == "blank"
