"""What people said, brought into the joint decision: their fields stand, others are chosen again.

An answered place is read as the person reads it, and the book is decided anew from the pages'
readings: the office's name, the year, running numbers, villages and families then rest on what is
known. How far the machine's other values can be trusted is learnt from the same answers
(`extract.confidence.trust`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from extract.checks.rules import check_book
from extract.confidence.curves import Calibration, book_odds
from extract.confidence.review import mark_for_review
from extract.confidence.trust import trusted
from extract.decision.composite import split_shared
from extract.decision.decide import draft_book, evidence_of, records_of
from extract.decision.numbering import Case, Drafts
from extract.reading.readings import PageReading, SlotReading
from extract.record import ABSENT, MACHINE, FieldValue, Record
from extract.registers import Generation, Register

At = tuple[int, int, str]
"""Page, entry, column."""
Drafted = Sequence[tuple[Case, Drafts]]
"""Every case with its fields chosen (`extract.decision.decide.draft_book`)."""


@dataclass(frozen=True)
class Decided:
    """A book decided.

    Attributes:
        records: with people's values in their places.
        alone: the machine's own records, decided without people.
    """

    records: tuple[Record, ...]
    alone: tuple[Record, ...]

    def unsaid(self, records: Sequence[Record]) -> list[Record]:
        """The records with the machine's own values where people answered: the store keeps both."""
        own = {record.key: record for record in self.alone}
        return [_unsaid(record, own.get(record.key)) for record in records]


def decide_with_answers(
    book: str,
    pages: Sequence[PageReading],
    register: Register,
    generation: Generation,
    calibration: Calibration,
    answers: Mapping[At, FieldValue],
    alone: Drafted | None = None,
) -> Decided:
    """The book's records with people's values in their places, and the rest decided by them.

    A case that only a person saw (no place of it was read) is a record too.

    Args:
        alone: the book drafted without people, where that was done before.
    """

    own, said = decide_both(book, pages, register, generation, calibration, answers, alone)
    machine = finished(own, register, generation)
    if not answers:
        return Decided(machine, machine)
    return Decided(finished(trusted(said, own, register), register, generation), machine)


def finished(
    records: Sequence[Record], register: Register, generation: Generation
) -> tuple[Record, ...]:
    """The records held against the rules, and what needs a person marked."""
    checked = check_book(records, register, generation)
    return tuple(mark_for_review(record, register) for record in checked)


def decide_both(
    book: str,
    pages: Sequence[PageReading],
    register: Register,
    generation: Generation,
    calibration: Calibration,
    answers: Mapping[At, FieldValue],
    alone: Drafted | None = None,
) -> tuple[list[Record], list[Record]]:
    """The book's records, as the machine decides them on its own, and decided from the answers on,
    people's values in their places; nothing learnt yet about how far the rest can be trusted."""
    alone = draft_book(pages, register, generation) if alone is None else alone
    own = records_of(book, alone, register, generation, calibration)
    if not answers:
        return own, own
    odds = book_odds(evidence_of(drafts for _, drafts in alone))
    read = [_answered(page, register, answers) for page in pages]
    drafted = draft_book(read, register, generation, odds)
    decided = records_of(book, drafted, register, generation, calibration)
    return own, [
        with_answers(record, answers) for record in _and_missed(decided, register, answers)
    ]


def _unsaid(record: Record, own: Record | None) -> Record:
    """The record with the machine's own values where people answered."""
    return record.with_fields(
        {
            code: own.get(code) if own else ABSENT
            for code, value in record.fields.items()
            if value.author != MACHINE
        }
    )


def _answered(
    page: PageReading, register: Register, answers: Mapping[At, FieldValue]
) -> PageReading:
    """The page with its answered places read as people read them."""
    entries = []
    for entry in page.entries:
        said = {
            slot.code: answers[page.page, entry.entry, slot.code]
            for slot in entry.slots
            if (page.page, entry.entry, slot.code) in answers
        }
        entries.append(replace(entry, slots=tuple(_read_by_people(entry.slots, said, register))))
    return replace(page, entries=tuple(entries))


def _read_by_people(
    slots: Sequence[SlotReading], said: Mapping[str, FieldValue], register: Register
) -> Iterator[SlotReading]:
    """The slots of one case; a place that several columns share is split before one is answered."""
    touched = {slot.box for slot in slots if slot.code in said}
    shared = split_shared([slot for slot in slots if slot.box in touched], register)
    given: set[str] = set()
    for slot in [*(slot for slot in slots if slot.box not in touched), *shared]:
        if slot.code not in said:
            yield slot
        elif slot.code not in given:
            given.add(slot.code)
            yield _as_said(slot, said[slot.code])


def _as_said(slot: SlotReading, answer: FieldValue) -> SlotReading:
    """The place as the person reads it: surely this text, surely nothing, or something unread."""
    text = answer.value or ""
    if answer.status == "derived" and answer.raw:
        text = answer.raw
    return replace(
        slot,
        part="",
        ink=0.0,
        written=0.0 if answer.status == "blank" else 1.0,
        candidates=((text, 1.0),) if text else (),
        weakest=1.0,
        fit=0.0,
        source=answer.source,
    )


def with_answers(record: Record, answers: Mapping[At, FieldValue]) -> Record:
    """The record with people's values in their places."""
    said = {code: answers.get((*record.key, code)) for code in record.fields}
    return record.with_fields({code: answer for code, answer in said.items() if answer})


def _and_missed(
    records: Sequence[Record], register: Register, answers: Mapping[At, FieldValue]
) -> list[Record]:
    """The records, and one for each case that only people know, in book order."""
    known = {record.key for record in records}
    missed = sorted({(page, entry) for page, entry, _ in answers} - known)
    if not missed or not records:
        return list(records)
    first = records[0]
    absent = dict.fromkeys((column.code for column in register.columns), ABSENT)
    made = [
        Record(first.book, page, entry, first.register, first.form, absent)
        for page, entry in missed
    ]
    return sorted([*records, *made], key=lambda record: record.key)
