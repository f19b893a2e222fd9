"""Deciding late, with the whole book known: which value each field has.

Every field is first drafted from its own place. Then what the book knows is brought in: the
year, numbers that run on, dates that do not run back, the same date in words, names of offices
that stay the same, and the field that a ditto mark points to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import replace

from extract.confidence.curves import Calibration, Evidence, book_odds
from extract.decision.book_dates import agree_in_words, registration_dates
from extract.decision.casing import one_case
from extract.decision.choose import alternatives_of, chosen, draft
from extract.decision.composite import split_shared
from extract.decision.ditto import province_drafted, resolve_dittos
from extract.decision.hand import weigh_ages_by_hand
from extract.decision.kin import agree_between_people, agree_on_age
from extract.decision.numbering import (
    YEARLY,
    Case,
    Drafts,
    keep_to_year,
    number_entries,
    number_pages,
)
from extract.decision.plausible import weigh_ages, weigh_dates
from extract.decision.recurring import NEW, Favour, recurring
from extract.decision.votes import named_elsewhere, vote
from extract.decision.witnesses import mend_tails
from extract.parse.dates import Era, date_of_value
from extract.parse.field import Context
from extract.parse.names import likely_name
from extract.parse.phrases import usual_values
from extract.parse.tables import table
from extract.reading.readings import EntryReading, PageReading, SlotReading
from extract.record import ABSENT, FieldValue, Record
from extract.registers import Generation, Register
from extract.roles import roles_of

_LONGEST_LIFE = 90
_NEW_USUAL = 0.2  # share of values that stand only once in columns where values often come again
_NAMES = {"person_name", "signature"}  # kinds of places that hold a name
_FEW = 3  # readings of a column from which what the book repeats can be told


def records_of(
    book: str,
    drafted: Sequence[tuple[Case, Drafts]],
    register: Register,
    generation: Generation,
    calibration: Calibration,
) -> list[Record]:
    """The records of a book's drafted cases; confidence set, review and issues not yet."""
    return [
        _record(book, case, drafts, register, generation, calibration) for case, drafts in drafted
    ]


def draft_book(
    pages: Sequence[PageReading],
    register: Register,
    generation: Generation,
    odds: float | None = None,
) -> list[tuple[Case, Drafts]]:
    """Every case with all its fields chosen, and the evidence for each.

    Args:
        odds: how well the machine reads the book, where people read some of ``pages``; None takes
            it from them.
    """
    roles = roles_of(register.code)
    cases = [_case(page.page, e, register) for page in pages for e in page.entries]
    first, last = generation.years
    registered, book = registration_dates(cases, register, roles, Era(first - 1, last + 1))
    years = [date_of_value(d.value.value) if d else None for d in registered]
    usual = Counter(y.year for y in years if y).most_common(1)
    year_of_book = usual[0][0] if usual else book
    era = Era(first - _LONGEST_LIFE, last + 1)
    drafted: list[Drafts] = []
    for case, date, year in zip(cases, registered, years, strict=True):
        known = year.year if year else year_of_book
        context = Context(known, era)
        drafts = {
            code: draft(register.column(code), slots, context) for code, slots in case.slots.items()
        }
        if date:
            drafts[roles["registered"]] = date
        drafted.append(drafts)
    number_entries(cases, drafted, roles)
    number_pages(cases, drafted, roles)
    weigh_ages_by_hand(cases, drafted, roles)
    for code, words in roles.get("events", {}).items():
        for drafts in drafted:
            agree_in_words(drafts, code, words, roles["registered"], year_of_book)
    vote(drafted)
    one_case(drafted)
    mend_tails(drafted)
    for drafts in drafted:
        agree_between_people(drafts, roles)
    for drafts in drafted:
        weigh_dates(drafts, roles)
        weigh_ages(drafts, roles)
        agree_on_age(drafts, roles)
    favour = named_elsewhere(drafted)
    for code in roles.get("constant", ()):
        if year_of_book and table("values")["number_forms"].get(code) == YEARLY:
            keep_to_year(drafted, code, year_of_book)
        _choose_recurring(drafted, [code], NEW, favour)
    for codes in roles.get("usual", ()):
        _choose_recurring(drafted, codes, _NEW_USUAL, known=usual_values(codes[0]))
    resolve_dittos(drafted, roles)
    drafted = [_with_derived(drafts, generation) for drafts in drafted]
    _tell_of_book(drafted, book_odds(evidence_of(drafted)) if odds is None else odds)
    return list(zip(cases, drafted, strict=True))


def draft_alone(
    pages: Sequence[PageReading], register: Register, generation: Generation
) -> list[tuple[Case, Drafts]]:
    """Every case with each field chosen from its own place only: what the joint decision adds to.

    Ages become years of birth, and numbers bear a year, by what the case's own date of
    registration says, read alone too.
    """
    registered = roles_of(register.code).get("registered", "")
    era = Era(generation.years[0] - _LONGEST_LIFE, generation.years[1] + 1)
    cases = [_case(page.page, e, register) for page in pages for e in page.entries]
    drafted: list[Drafts] = []
    for case in cases:
        slots = case.slots.get(registered)
        read = draft(register.column(registered), slots, Context(None, era)) if slots else None
        date = date_of_value(read.value.value) if read else None
        context = Context(date.year if date else None, era)
        drafts = {
            code: draft(register.column(code), own, context) for code, own in case.slots.items()
        }
        drafted.append(_with_derived(drafts, generation))
    return list(zip(cases, drafted, strict=True))


def _with_derived(drafts: Drafts, generation: Generation) -> Drafts:
    """The case with the fields that another one of it gives."""
    return drafts | {
        code: province_drafted(drafts[origin], origin)
        for code, origin in generation.derived
        if origin in drafts
    }


def evidence_of(drafted: Sequence[Drafts]) -> list[Evidence]:
    """The evidence for every field of the cases."""
    return [own.evidence for drafts in drafted for own in drafts.values()]


def _tell_of_book(drafted: Sequence[Drafts], odds: float) -> None:
    """Tell every field's evidence how well the book is read at all."""
    for drafts in drafted:
        for code, own in drafts.items():
            drafts[code] = replace(own, evidence=replace(own.evidence, book=odds))


def _case(page: int, entry: EntryReading, register: Register) -> Case:
    slots: dict[str, list[SlotReading]] = defaultdict(list)
    for slot in split_shared(entry.slots, register):
        slots[slot.code].append(slot)
    return Case(page, entry.entry, {code: _one_place(found) for code, found in slots.items()})


def _one_place(slots: Sequence[SlotReading]) -> tuple[SlotReading, ...]:
    """The parts of a date and the whole; of several whole places the one with the most ink."""
    whole = [slot for slot in slots if not slot.part]
    parts = [slot for slot in slots if slot.part]
    return (*parts, *(sorted(whole, key=lambda slot: -slot.ink)[:1]))


def _choose_recurring(
    drafted: Sequence[Drafts],
    codes: Sequence[str],
    new: float,
    favour: Favour | None = None,
    known: Set[str] = frozenset(),
) -> None:
    """Choose again among what the whole book reads in columns where values come again."""
    places = [
        (drafts, code)
        for drafts in drafted
        for code in codes
        if code in drafts and drafts[code].options and drafts[code].mark is None
    ]
    if len(places) < _FEW:
        return
    readings = [drafts[code].options for drafts, code in places]
    kinds = {drafts[code].evidence.kind for drafts, code in places}
    likely = likely_name if kinds & _NAMES else None
    chosen_again = recurring(readings, new, favour, known, likely)
    for (drafts, code), found in zip(places, chosen_again, strict=True):
        value = max(sorted(found), key=lambda value: found[value])
        drafts[code] = chosen(drafts[code], value, 2 * found[value] - 1)


def _record(
    book: str,
    case: Case,
    drafts: Drafts,
    register: Register,
    generation: Generation,
    calibration: Calibration,
) -> Record:
    fields: dict[str, FieldValue] = {column.code: ABSENT for column in register.columns}
    for code, own in drafts.items():
        confidence = calibration.probability(own.evidence)
        others = alternatives_of(own, 1.0 - confidence)
        fields[code] = replace(own.value, confidence=confidence, alternatives=others)
    return Record(book, case.page, case.entry, register.code, generation.id, fields)
