"""Dates of a book: its registrations, which do not run back, its years, and dates written twice."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz

from extract.decision.agree import likeliest
from extract.decision.choose import Drafted, chosen, draft, options_of
from extract.decision.evidence import outweighs
from extract.decision.figures import Table
from extract.decision.numbering import YEARLY, Case, Drafts
from extract.decision.runon import run_on_dates
from extract.decision.spoken import dates_said, hand_by_words, written_twice
from extract.decision.years import Told, book_years
from extract.parse.dates import Era, date_of_value, parse_date, words_nearest
from extract.parse.field import Context
from extract.parse.tables import table
from extract.registers import Register

_AGREED = 0.5  # probability from which a year is taken for the book's
_YEARLESS = re.compile(r"\W*n[ăâa]m\W*$")  # the word before a year that was not read
_NEAR_WORDS = 60.0  # likeness, of 100, from which a text that says no date says the one in figures


def registration_dates(
    cases: Sequence[Case], register: Register, roles: Mapping[str, Any], era: Era
) -> tuple[list[Drafted | None], int | None]:
    """Each case's registration, and the book's year when its dates and numbers agree on one."""
    code = roles.get("registered", "")
    context = Context(None, era)
    written = [written_twice(case, register, roles, context) for case in cases]
    hand = hand_by_words(written)
    drafts = [
        draft(register.column(code), case.slots[code], context) if code in case.slots else None
        for case in cases
    ]
    events = [event.likely(hand) for event in written]
    years = book_years([_told(case, register, roles, context) for case in cases], era)
    if not years:
        return list(drafts), None
    year = max(years, key=lambda one: years[one])
    options = [dict(d.options) or _in_year(d, year) if d else {} for d in drafts]
    dates = run_on_dates(options, years, events)
    return [
        None if d is None else d if date is None else chosen(d, date, _steady(dates, place))
        for place, (d, date) in enumerate(zip(drafts, dates, strict=True))
    ], (year if years[year] > _AGREED else None)


def _told(case: Case, register: Register, roles: Mapping[str, Any], context: Context) -> Told:
    """What tells a case's year: in figures, its registration and numbers that bear their year; in
    words; and in figures, what is registered.

    Words that say a full century are mostly those of a line that breaks off.
    """
    numbered = [code for code, form in table("values")["number_forms"].items() if form == YEARLY]
    events: Mapping[str, str] = roles.get("events", {})
    figures: list[dict[str, float]] = []
    words: list[dict[str, float]] = []
    happened: list[dict[str, float]] = []
    dated = {*events, *events.values()}
    for code in (roles.get("registered", ""), *events, *numbered, *events.values()):
        slots = case.slots.get(code)
        if not slots:
            continue
        said = options_of(register.column(code), slots, context)
        if code in events.values():
            said = dates_said(said)
        if any(ch.isdigit() for slot in slots for ch in slot.text):
            (happened if code in dated else figures).append(said)
        else:
            words.append({date: p for date, p in said.items() if int(date[-4:]) % 100})
    return Told(figures, words, happened)


def _in_year(own: Drafted, year: int | None) -> dict[str, float]:
    """The day of a year that a text without one says; none where it says none."""
    if not own.value.raw or own.mark or year is None:
        return {}
    date = parse_date(f"{_YEARLESS.sub('', own.value.raw)} năm {year}", Era(year, year))
    return {date.text: own.evidence.reader} if date and date.day else {}


def _steady(values: Sequence[str | None], place: int) -> float:
    """1 when the date lies between its neighbours', −1 when it does not."""
    around = [date_of_value(v) for v in values[max(0, place - 1) : place + 2]]
    known = [date.ordinal for date in around if date]
    return 1.0 if known == sorted(known) else -1.0


def agree_in_words(
    drafts: Drafts, code: str, words: str, registered: str, year: int | None, hand: Table
) -> None:
    """One date written in figures and in words: the date that both, and the lag, make likely.

    Words that say no date, with one misread or doubled, are held against the dates that are.
    ``hand``: how often the book's figures are taken for each other.
    """
    figures, spoken = drafts.get(code), drafts.get(words)
    written = spoken.value.raw if spoken and spoken.mark is None else None
    if not figures or not (figures.options or written):
        return
    said = dates_said(spoken.options if spoken else {})
    if not said and written:
        said = {written: 1.0}
    read = figures.options or _in_year(figures, year)
    end = drafts[registered].value.value if registered in drafts else None
    if end is None and year is not None:
        end = f"31.12.{year}"
    ranked = likeliest(read, said, end, hand)
    if not ranked:
        return
    best, cost = ranked[0]
    now = dict(ranked).get(figures.value.value or "", math.inf)
    doubtful = not outweighs("figures and words", figures.evidence.kind, math.exp(now - cost))
    best = str(figures.value.value) if doubtful else best
    margin = ranked[1][1] - cost if len(ranked) > 1 else 5.0
    if figures.value.raw or (spoken and spoken.options):
        drafts[code] = chosen(figures, best, min(margin / 5.0, 1.0) if said else margin / 10.0)
    meant = date_of_value(best)
    if spoken and spoken.options and said:
        costs, own = dict(ranked), max(sorted(said), key=lambda date: said[date])
        odds = math.exp(costs.get(own, math.inf) - costs.get(best, math.inf))
        doubtful = not outweighs("words and figures", spoken.evidence.kind, odds)
    if spoken and written and meant and not (doubtful and spoken.options):
        meant_words = words_nearest(meant, written)
        if spoken.options or fuzz.ratio(meant_words, written.lower()) >= _NEAR_WORDS:
            support = 1.0 if best in read else 0.0
            drafts[words] = chosen(spoken, meant_words, support)
