"""Checks between neighbours in a book: numbers run on, dates do not run back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from extract.checks import Rule
from extract.parse.dates import date_of_value
from extract.parse.numbers import leading_number
from extract.record import Issue, Record

SequenceCheck = Callable[[Sequence[Record], Rule], Iterator[tuple[int, Issue]]]


def _steps(records: Sequence[Record], code: str) -> Iterator[tuple[int, Record, Record, int, int]]:
    """Neighbours that both have a number of one year: place of the second, both, both numbers."""
    for place, (before, after) in enumerate(pairwise(records), start=1):
        first, second = before.get(code).value, after.get(code).value
        one, two = leading_number(first), leading_number(second)
        if one is not None and two is not None and (first or "")[-4:] == (second or "")[-4:]:
            yield place, before, after, one, two


def runs_on(records: Sequence[Record], rule: Rule) -> Iterator[tuple[int, Issue]]:
    """The number goes back; a jump ahead is a gap, a repeat a duplicate."""
    (code,) = rule.fields
    for place, before, after, one, two in _steps(records, code):
        if two < one:
            first, second = before.get(code).value, after.get(code).value
            yield place, rule.issue((code,), first=first, second=second)


def gap(records: Sequence[Record], rule: Rule) -> Iterator[tuple[int, Issue]]:
    (code,) = rule.fields
    for place, _, _, one, two in _steps(records, code):
        if two > one + 1:
            yield place, rule.issue((code,), first=one + 1, second=two - 1)


def unique(records: Sequence[Record], rule: Rule) -> Iterator[tuple[int, Issue]]:
    seen: dict[tuple[str | None, ...], int] = {}
    for place, record in enumerate(records):
        key = tuple(record.get(code).value for code in rule.fields)
        if key[0] is None:
            continue
        if key in seen:
            yield place, rule.issue(rule.fields[:1], first=key[0], page=seen[key])
        seen.setdefault(key, record.page)


def dates_run_on(records: Sequence[Record], rule: Rule) -> Iterator[tuple[int, Issue]]:
    (code,) = rule.fields
    for place, (before, after) in enumerate(pairwise(records), start=1):
        one, two = (date_of_value(record.get(code).value) for record in (before, after))
        if one and two and one.ordinal - two.latest > rule.number("days"):
            yield place, rule.issue((code,), first=one.text, second=two.text)


SEQUENCE_CHECKS: Mapping[str, SequenceCheck] = {
    "runs_on": runs_on,
    "gap": gap,
    "unique": unique,
    "dates_run_on": dates_run_on,
}
