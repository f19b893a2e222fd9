"""What people's answers say about the machine's probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extract.record import MACHINE, FieldValue, Record


@dataclass(frozen=True)
class Seen:
    """Fields that people looked at: how many, how many the machine had right, and how many it
    promised to have right."""

    n: int
    right: int
    promised: float


def seen_by_people(
    records: Sequence[Record], histories: Mapping[tuple[int, int, str], Sequence[FieldValue]]
) -> Seen:
    """How often the machine was right where a person looked, and how often it said it would be."""
    n = right = 0
    promised = 0.0
    for record in records:
        for code, value in record.fields.items():
            if value.author == MACHINE:
                continue
            past = histories.get((*record.key, code), ())
            machine = [old for old in past if old.author == MACHINE]
            if machine:
                n += 1
                right += (machine[-1].value, machine[-1].status) == (value.value, value.status)
                promised += machine[-1].confidence
    return Seen(n, right, promised)
