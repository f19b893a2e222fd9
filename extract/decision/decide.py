"""Deciding late, with the whole book known: which value each field has.

Every field is first drafted from its own place. Then what the book knows is brought in: the
year, numbers that run on, dates that do not run back, the same date in words, names of offices
that stay the same, and the field that a ditto mark points to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from extract.checks.rules import check_book, severity
from extract.confidence.curves import BookOdds, Calibration, Evidence, book_odds
from extract.decision.choose import Drafted, alternatives_of, draft
from extract.decision.composite import split_shared
from extract.decision.numbering import Case, Drafts
from extract.decision.steps import LONGEST_LIFE, steps, with_derived
from extract.parse.dates import Era, date_of_value
from extract.parse.field import Context
from extract.reading.readings import EntryReading, PageReading, SlotReading
from extract.record import ABSENT, FieldValue, Record
from extract.registers import Generation, Register
from extract.roles import roles_of


def records_of(
    book: str,
    drafted: Sequence[tuple[Case, Drafts]],
    register: Register,
    generation: Generation,
    calibration: Calibration,
) -> list[Record]:
    """The records of a book's drafted cases; confidence set, review and issues not yet."""
    return [
        _record(
            book,
            case,
            {code: _with_confidence(own, calibration) for code, own in drafts.items()},
            register,
            generation,
        )
        for case, drafts in drafted
    ]


def draft_book(
    pages: Sequence[PageReading],
    register: Register,
    generation: Generation,
    odds: BookOdds | None = None,
) -> list[tuple[Case, Drafts]]:
    """Every case with all its fields chosen, and the evidence for each.

    Args:
        odds: how well the machine reads the book, where people read some of ``pages``; None takes
            it from them.
    """
    cases = cases_of(pages, register)
    *_, (_, drafted) = steps(cases, register, generation)
    _tell_of_book(drafted, odds or book_odds(evidence_of(drafted)))
    _tell_of_rules(cases, drafted, register, generation)
    return list(zip(cases, drafted, strict=True))


def draft_alone(
    pages: Sequence[PageReading], register: Register, generation: Generation
) -> list[tuple[Case, Drafts]]:
    """Every case with each field chosen from its own place only: what the joint decision adds to.

    Ages become years of birth, and numbers bear a year, by what the case's own date of
    registration says, read alone too.
    """
    registered = roles_of(register.code).get("registered", "")
    era = Era(generation.years[0] - LONGEST_LIFE, generation.years[1] + 1)
    cases = cases_of(pages, register)
    drafted: list[Drafts] = []
    for case in cases:
        slots = case.slots.get(registered)
        read = draft(register.column(registered), slots, Context(None, era)) if slots else None
        date = date_of_value(read.value.value) if read else None
        context = Context(date.year if date else None, era)
        drafts = {
            code: draft(register.column(code), own, context) for code, own in case.slots.items()
        }
        drafted.append(with_derived(drafts, generation))
    return list(zip(cases, drafted, strict=True))


def evidence_of(drafted: Iterable[Drafts]) -> list[dict[str, Evidence]]:
    """The evidence for every field of the cases."""
    return [{code: own.evidence for code, own in drafts.items()} for drafts in drafted]


def _tell_of_book(drafted: Sequence[Drafts], odds: BookOdds) -> None:
    """Tell every field's evidence how well its book and its column are read at all."""
    for drafts in drafted:
        for code, own in drafts.items():
            drafts[code] = replace(own, evidence=odds.told(code, own.evidence))


def _tell_of_rules(
    cases: Sequence[Case], drafted: Sequence[Drafts], register: Register, generation: Generation
) -> None:
    """Tell the evidence for every value that breaks a rule, unless the rule only informs."""
    records = [
        _record("", case, {code: own.value for code, own in drafts.items()}, register, generation)
        for case, drafts in zip(cases, drafted, strict=True)
    ]
    for drafts, record in zip(drafted, check_book(records, register, generation), strict=True):
        broken = [issue.fields for issue in record.issues if severity(issue.rule) != "info"]
        for code in {code for codes in broken for code in codes} & drafts.keys():
            own = drafts[code]
            drafts[code] = replace(own, evidence=replace(own.evidence, broken=True))


def cases_of(pages: Sequence[PageReading], register: Register) -> list[Case]:
    """The cases of a book in its order, places that columns share parted."""
    return [_case(page.page, entry, register) for page in pages for entry in page.entries]


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


def _with_confidence(own: Drafted, calibration: Calibration) -> FieldValue:
    confidence = calibration.probability(own.evidence)
    others = alternatives_of(own, 1.0 - confidence)
    return replace(own.value, confidence=confidence, alternatives=others)


def _record(
    book: str,
    case: Case,
    values: Mapping[str, FieldValue],
    register: Register,
    generation: Generation,
) -> Record:
    absent = {column.code: ABSENT for column in register.columns}
    fields = {**absent, **values}
    return Record(book, case.page, case.entry, register.code, generation.id, fields)
