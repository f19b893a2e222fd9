"""Checks within one record. Each takes the record, its rule, the book; yields what is broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations

from common.errors import UsageError
from extract.parse.dates import Era, PartialDate, date_of_value, parse_date
from extract.parse.names import same_syllable, surname
from extract.parse.tables import table
from extract.record import Issue, Record
from extract.registers import Column, Generation, Register

_NO_NAME = re.compile(r"[0-9=+@<>|\\/*#%_{}\[\]?!():;]")


@dataclass(frozen=True)
class Rule:
    """One row of ``rules.csv``."""

    id: str
    severity: str
    fields: tuple[str, ...]
    params: Mapping[str, str]
    message: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Rule:
        pairs = (pair.split("=", 1) for pair in row["params"].split(";") if pair)
        fields = tuple(row["fields"].split())
        return cls(row["rule"], row["severity"], fields, dict(pairs), row["message"])

    def issue(self, fields: tuple[str, ...], **words: object) -> Issue:
        return Issue(self.id, fields, self.message.format(**words))

    def number(self, name: str) -> int:
        return int(self.params[name])


@dataclass(frozen=True)
class Book:
    """What a check may know of the whole book. A package that others made shows no generation."""

    register: Register
    generation: Generation | None

    def codes(self, rule: Rule) -> list[str]:
        """The rule's fields that the register has; ``type:x`` stands for all columns of that type
        (``type:*`` for all), ``enum:x`` for those of that list, ``like:x`` for those that end
        so."""
        return [
            column.code
            for field in rule.fields
            for column in self.register.columns
            if _is_meant(field, column)
        ]

    def label(self, code: str) -> str:
        try:
            return self.register.column(code).label
        except UsageError:
            return code


def _is_meant(field: str, column: Column) -> bool:
    kind, _, wanted = field.rpartition(":")
    if kind == "type":
        return wanted in ("*", column.type)
    if kind == "enum":
        return column.enum == wanted
    return column.code.endswith(wanted) if kind == "like" else column.code == wanted


Check = Callable[[Record, Rule, Book], Iterator[Issue]]


def values(record: Record, rule: Rule, book: Book) -> Iterator[tuple[str, str]]:
    for code in book.codes(rule):
        value = record.get(code).value
        if value is not None:
            yield code, value


def dates_of(record: Record, *codes: str) -> list[PartialDate] | None:
    dates = [date_of_value(record.get(code).value) for code in codes]
    found = [date for date in dates if date is not None]
    return found if len(found) == len(codes) else None


def _days(first: PartialDate, second: PartialDate) -> int | None:
    """Days from first to second; None when either is not a whole date of the calendar."""
    if None in (first.day, second.day) or not (first.valid and second.valid):
        return None
    one = date(first.year, first.month or 1, first.day or 1)
    return (date(second.year, second.month or 1, second.day or 1) - one).days


def present(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    for code in book.codes(rule):
        if record.get(code).value is None:
            yield rule.issue((code,), label=book.label(code))


def full_date(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    for code, value in values(record, rule, book):
        found = date_of_value(value)
        if found is None or found.day is None or not found.valid:
            yield rule.issue((code,), value=value)


def partial_date(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    for code, value in values(record, rule, book):
        found = date_of_value(value)
        if code != rule.params["but"] and (found is None or not found.valid):
            yield rule.issue((code,), label=book.label(code), value=value)


def same_year(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    number, registered = (record.get(code).value for code in rule.fields)
    if number and registered and number[-4:] != registered[-4:]:
        yield rule.issue(rule.fields, first=number, second=registered)


def numeric(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    for code, value in values(record, rule, book):
        if not value.isdigit():
            yield rule.issue((code,), value=value)


def no_digits(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    for code, value in values(record, rule, book):
        name, _, _age_and_work = value.partition(",")
        if _NO_NAME.search(name):
            yield rule.issue((code,), label=book.label(code), value=value)


def in_era(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    if book.generation is None:
        return
    first, last = book.generation.years
    for code, value in values(record, rule, book):
        found, slack = date_of_value(value), rule.number("slack")
        if found and not first - slack <= found.year <= last + slack:
            yield rule.issue((code,), value=value, first_year=first, last_year=last)


def not_ahead(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """No date that lies ahead of us."""
    today = date.today()
    for code, value in values(record, rule, book):
        found = date_of_value(value)
        days = _days(PartialDate(today.year, today.month, today.day), found) if found else None
        if days is not None and days > 0:
            yield rule.issue((code,), label=book.label(code), value=value)


def in_book_years(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    number, value = (record.get(code).value for code in rule.fields)
    years = [int(year) for year in re.findall(r"\d{4}", number or "")]
    found = date_of_value(value)
    if years and found and not min(years) <= found.year <= max(years):
        yield rule.issue(rule.fields, first=number, second=value)


def words_agree(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    figures, words = (record.get(code).value for code in rule.fields)
    said = parse_date(words, Era(1800, 2099)) if words else None
    if figures and words and (said is None or said.text != figures):
        yield rule.issue(rule.fields, first=figures, second=words)


def written_as(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    for code, value in values(record, rule, book):
        if not re.fullmatch(rule.params["pattern"], value):
            yield rule.issue((code,), label=book.label(code), value=value)


def present_one(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    codes = book.codes(rule)
    if codes and all(record.get(code).value is None for code in codes):
        yield rule.issue((codes[0],), label=book.label(codes[0]))


def name_case(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """A name is in capitals, or its ends begin with one and no word has one inside."""
    for code, value in values(record, rule, book):
        words = re.findall(r"[^\W\d_]+", value.partition(",")[0])
        inside = any(word[1:] != word[1:].lower() for word in words)
        if words and not value.isupper() and (inside or not words[0][0].isupper()):
            yield rule.issue((code,), label=book.label(code), value=value)


def not_after(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """The first date, as early as it may be, is not after the second, as late as that may be."""
    dates = dates_of(record, *rule.fields)
    if dates and dates[0].ordinal > dates[1].latest:
        yield rule.issue(rule.fields, first=dates[0].text, second=dates[1].text)


def lag_in_time(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    *codes, kind = rule.fields
    dates = dates_of(record, *codes)
    days = _days(*dates) if dates else None
    in_time = record.get(kind).value == rule.params["code"]
    if in_time and days is not None and days > rule.number("days"):
        yield rule.issue(rule.fields, days=days)


def _registered(record: Record, otherwise: PartialDate) -> PartialDate:
    """The date of registration, where it is known: laws change."""
    return date_of_value(record.get("ngayDangKy").value) or otherwise


def lag(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    dates = dates_of(record, *rule.fields)
    if dates and dates[1].year - dates[0].year > rule.number("years"):
        yield rule.issue(rule.fields, years=dates[1].year - dates[0].year)


def age_between(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    dates = dates_of(record, *rule.fields)
    since, until = (
        int(rule.params.get(name, end)) for name, end in (("since", 0), ("until", 9999))
    )
    if dates and since <= _registered(record, dates[1]).year <= until:
        years = dates[1].year - dates[0].year
        if not rule.number("low") <= years <= rule.number("high"):
            yield rule.issue(rule.fields, years=years)


@cache
def inheriting() -> frozenset[str]:
    """Peoples (dân tộc) among whom everybody has a surname, handed down."""
    return frozenset(table("values")["inheriting"])


def surname_follows(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """The child's surname is the father's, or the mother's. Only where surnames are handed down."""
    child, father, mother = (surname(record.get(code).value) for code in rule.fields)
    ethnic = record.get(rule.params["ethnic"]).value
    if (ethnic and ethnic not in inheriting()) or not child or not father:
        return
    if not same_syllable(child, father) and not (mother and same_syllable(child, mother)):
        yield rule.issue(rule.fields, first=child, second=father)


def one_of(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    child, *parents = (record.get(code).value for code in rule.fields)
    known = [value for value in parents if value]
    if child and len(known) == len(parents) and child not in known:
        yield rule.issue(rule.fields, first=child)


def all_differ(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """What two people of a case can hardly share: a whole name, the number of a paper."""
    known = list(values(record, rule, book))
    for (one, value), (other, same) in combinations(known, 2):
        if value.casefold() == same.casefold():
            labels = {"first": book.label(one), "second": book.label(other)}
            yield rule.issue((one, other), value=value, **labels)


def absent_has_value(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    absent = book.generation.absent if book.generation else ()
    for code, value in values(record, rule, book):
        if code in absent:
            yield rule.issue((code,), label=book.label(code), value=value)


FIELD_CHECKS: Mapping[str, Check] = {
    "present": present,
    "full_date": full_date,
    "partial_date": partial_date,
    "same_year": same_year,
    "numeric": numeric,
    "written_as": written_as,
    "present_one": present_one,
    "name_case": name_case,
    "no_digits": no_digits,
    "in_era": in_era,
    "not_ahead": not_ahead,
    "in_book_years": in_book_years,
    "words_agree": words_agree,
    "not_after": not_after,
    "lag_in_time": lag_in_time,
    "lag": lag,
    "age_between": age_between,
    "surname": surname_follows,
    "one_of": one_of,
    "all_differ": all_differ,
    "absent_has_value": absent_has_value,
}
