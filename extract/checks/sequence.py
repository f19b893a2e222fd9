"""Checks between neighbours in a book: numbers run on, dates do not run back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from common.text import fold
from extract.checks.within import Rule
from extract.parse.dates import date_of_value
from extract.parse.numbers import leading_number
from extract.record import Issue, Record

_ZEROS = re.compile(r"\b0+(?=\d)")  # 078/2019 and 78/2019 are one number
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
    seen: dict[tuple[str, ...], str] = {}
    for place, record in enumerate(records):
        number = record.get(rule.fields[0]).value
        key = tuple(_ZEROS.sub("", record.get(code).value or "") for code in rule.fields)
        if number is None:
            continue
        if key in seen:
            yield place, rule.issue(rule.fields[:1], first=number, where=seen[key])
        seen.setdefault(key, _where(record))


def dates_run_on(records: Sequence[Record], rule: Rule) -> Iterator[tuple[int, Issue]]:
    (code,) = rule.fields
    for place, (before, after) in enumerate(pairwise(records), start=1):
        one, two = (date_of_value(record.get(code).value) for record in (before, after))
        if one and two and one.ordinal - two.latest > rule.number("days"):
            yield place, rule.issue((code,), first=one.text, second=two.text)


def restarts(records: Sequence[Record], rule: Rule) -> Iterator[tuple[int, Issue]]:
    """Numbers begin at 01 with every year; the year is the one that the number bears."""
    (code,) = rule.fields
    for place, (before, after) in enumerate(pairwise(records), start=1):
        first, second = before.get(code).value or "", after.get(code).value or ""
        one, two = leading_number(first), leading_number(second)
        if one and two and first[-4:].isdigit() and first[-4:] < second[-4:] and two > one:
            yield place, rule.issue((code,), first=first, second=second)


def pages_run_on(records: Sequence[Record], rule: Rule) -> Iterator[tuple[int, Issue]]:
    """Page numbers do not fall, and do not jump further than they usually do in the book."""
    (code,) = rule.fields
    pages = [leading_number(record.get(code).value) for record in records]
    jumps = Counter(b - a for a, b in pairwise(pages) if a is not None and b is not None)
    usual = max(1, jumps.most_common(1)[0][0]) if jumps else 1
    for place, (first, second) in enumerate(pairwise(pages), start=1):
        if first is not None and second is not None and not 0 <= second - first <= usual:
            yield place, rule.issue((code,), first=first, second=second)


def year_slip(records: Sequence[Record], rule: Rule) -> Iterator[tuple[int, Issue]]:
    (code,) = rule.fields
    dates = [date_of_value(record.get(code).value) for record in records]
    triples = zip(dates, dates[1:], dates[2:], strict=False)
    for place, (before, own, after) in enumerate(triples, start=1):
        if before and own and after and before.year == after.year != own.year:
            yield place, rule.issue((code,), first=own.text, second=before.year)


def changes_once(records: Sequence[Record], rule: Rule) -> Iterator[tuple[int, Issue]]:
    """What stays the same over many cases differs in one, and is as before in the next."""
    for code in rule.fields:
        values = [record.get(code).value for record in records]
        for place in range(2, len(values) - 2):
            around = {*values[place - 2 : place], *values[place + 1 : place + 3]}
            own, (usual, *others) = values[place], around
            if own and usual and not others and own != usual:
                yield place, rule.issue((code,), first=own, second=usual)


def in_office(records: Sequence[Record], rule: Rule) -> Iterator[tuple[int, Issue]]:
    (code,) = rule.fields
    since: dict[str, int] = {}
    for place, record in enumerate(records):
        name, date = record.get(code).value, date_of_value(record.get("ngayDangKy").value)
        if name and date:
            years = date.year - since.setdefault(name, date.year)
            if years > rule.number("years"):
                yield place, rule.issue((code,), first=name, years=years)


def suffix_follows(records: Sequence[Record], rule: Rule) -> Iterator[tuple[int, Issue]]:
    """12a stands behind 12, which has a slot of its own."""
    (code,) = rule.fields
    before = ""
    for place, record in enumerate(records):
        value = record.get(code).value or ""
        found = re.match(r"0*(\d+)[a-zA-Z]", value)
        if found and place and leading_number(before) != int(found[1]):
            yield place, rule.issue((code,), first=value, second=found[1])
        before = value


def repeated(records: Sequence[Record], rule: Rule) -> Iterator[tuple[int, Issue]]:
    """The same person again: all the rule's fields are known and equal."""
    seen: dict[tuple[str, ...], str] = {}
    for place, record in enumerate(records):
        key = tuple(fold(record.get(code).value or "") for code in rule.fields)
        if not all(key):
            continue
        if key in seen:
            first = record.get(rule.fields[0]).value
            yield place, rule.issue(rule.fields, first=first, where=seen[key])
        seen.setdefault(key, _where(record))


def _where(record: Record) -> str:
    """A case's place, as a clerk finds it: a page of the book, or a row of a sheet."""
    return f"trang {record.page}" if record.page else f"dòng {record.entry}"


SEQUENCE_CHECKS: Mapping[str, SequenceCheck] = {
    "runs_on": runs_on,
    "gap": gap,
    "unique": unique,
    "dates_run_on": dates_run_on,
    "restarts": restarts,
    "pages_run_on": pages_run_on,
    "year_slip": year_slip,
    "changes_once": changes_once,
    "in_office": in_office,
    "suffix_follows": suffix_follows,
    "repeated": repeated,
}
