"""A ledger's records from what its pages gave and people said: numbers run on, text stays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from extract.confidence.review import mark_for_review
from extract.decision.answers import At, Decided, with_answers
from extract.decision.runon import run_on_numbers
from extract.ledger.form import LedgerForm
from extract.parse.numbers import as_digits
from extract.reading.readings import PageReading, SlotReading
from extract.record import FieldValue, Record
from extract.registers import ANY, load_register

LEDGER = "ledger"
"""The form of such a book's records."""
_EMPTY = 0.93  # that a cell is blank where the line finder saw nothing: 455 cells of real ledgers
_SUGGESTED = 0.5  # of a number that follows from its neighbours but was read otherwise


def decide_ledger(
    book: str,
    pages: Sequence[PageReading],
    form: LedgerForm,
    answers: Mapping[At, FieldValue],
) -> Decided:
    """The book's records: every cell as read, the rows' numbers as more of them run on."""
    register = load_register(ANY)
    places = [(page.page, entry) for page in pages for entry in page.entries]
    records = [
        Record(book, page, entry.entry, ANY, LEDGER, {s.code: _value(s) for s in entry.slots})
        for page, entry in places
    ]
    name = form.names[form.numbers]
    numbered = [at for at, record in enumerate(records) if record.get(name).status == "read"]
    slots = [_slot(places[at][1].slots, name) for at in numbered]
    for at, number in zip(numbered, run_on_numbers([_figures(s) for s in slots]), strict=True):
        if number is not None:
            own = records[at].get(name)
            records[at] = records[at].with_fields({name: _run_on(own, str(number))})
    alone = tuple(mark_for_review(record, register) for record in records)
    said = tuple(with_answers(record, answers) for record in alone)
    return Decided(said, alone)


def _slot(slots: Sequence[SlotReading], name: str) -> SlotReading:
    return next(slot for slot in slots if slot.code == name)


def _value(slot: SlotReading) -> FieldValue:
    if not slot.candidates:
        return FieldValue(None, None, _EMPTY, "blank", slot.box)
    (text, sure), *others = slot.candidates
    return FieldValue(text, text, sure, "read", slot.box, False, tuple(others), slot.source)


def _run_on(own: FieldValue, number: str) -> FieldValue:
    """The number as it runs on; what was read stays in ``raw`` and among the alternatives."""
    read = as_digits(re.sub(r"[\s.,–—-]", "", own.raw or ""))
    if read == number:
        return replace(own, value=number)
    others = (((own.value, own.confidence),) if own.value else ()) + own.alternatives
    return replace(own, value=number, confidence=_SUGGESTED, alternatives=others)


def _figures(slot: SlotReading) -> list[tuple[str, float]]:
    found = []
    for text, sure in slot.candidates:
        number = re.search(r"\d{1,4}", as_digits(re.sub(r"[\s.,–—-]", "", text)))
        if number and int(number[0]):
            found.append((str(int(number[0])), sure))
    return found
