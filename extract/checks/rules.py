"""Plausibility rules: what in a record, or between neighbours in a book, cannot be so.

The rules are data (``rules.csv``): which check, over which fields, with which numbers, and
the sentence a clerk reads. The checks are the functions of ``within.py``, ``people.py``,
``spelling.py`` and ``sequence.py``. Most hold for what is read and for what is delivered
(``when``), whoever made it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from extract.checks.people import PEOPLE_CHECKS
from extract.checks.sequence import SEQUENCE_CHECKS
from extract.checks.spelling import SPELLING_CHECKS
from extract.checks.within import FIELD_CHECKS, Book, Rule
from extract.record import Issue, Record
from extract.registers import Generation, Register

_TABLE = Path(__file__).with_name("rules.csv")
CHECKS = {**FIELD_CHECKS, **PEOPLE_CHECKS, **SPELLING_CHECKS}
When = Literal["read", "delivered"]


@dataclass(frozen=True)
class _Row:
    rule: Rule
    registers: tuple[str, ...]
    when: str
    check: str

    def holds(self, register: str, when: When) -> bool:
        """Whether the rule is one for this register, then."""
        return self.when in ("*", when) and bool({"*", register} & {*self.registers})


@cache
def _rows() -> tuple[_Row, ...]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            _Row(Rule.of(row), tuple(row["registers"].split()), row["when"], row["check"])
            for row in csv.DictReader(file)
        )


def check_book(
    records: Sequence[Record],
    register: Register,
    generation: Generation | None,
    when: When = "read",
) -> list[Record]:
    """The same records, in the same order, with every rule they break in ``issues``.

    Args:
        generation: of the printed form; None where it is not known.
        when: whether the records were read from pages, or stand in a delivered package.
    """
    book = Book(register, generation)
    rows = [row for row in _rows() if row.holds(register.code, when)]
    found: list[list[Issue]] = [[] for _ in records]
    for row in rows:
        if check := CHECKS.get(row.check):
            for place, record in enumerate(records):
                found[place] += check(record, row.rule, book)
        else:
            for place, issue in SEQUENCE_CHECKS[row.check](records, row.rule):
                found[place].append(issue)
    return [
        replace(record, issues=tuple(sorted(issues, key=lambda issue: (issue.rule, issue.fields))))
        for record, issues in zip(records, found, strict=True)
    ]


@cache
def severity(rule: str) -> str:
    """``error``, ``warn`` or ``info``: the gravest that the rule of this id has."""
    order = ("error", "warn", "info")
    found = {row.rule.severity for row in _rows() if row.rule.id == rule}
    return next((name for name in order if name in found), "info")
