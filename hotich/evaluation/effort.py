"""What a person's looking is worth: errors left in a book against the share of fields looked at.

A simulated reviewer, who is always right, answers the fields of a rendered book in an order: ours
(the most doubtful first, the book decided again after every batch), the lowest raw confidence of
the reader first, or page by page. Nothing is read again: the pages' readings are in the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from pathlib import Path

from annotation.queue import doubtful
from extract.confidence.curves import load_calibration
from extract.decision.answers import At, Drafted, decide_both, decide_with_answers
from extract.decision.composite import split_shared
from extract.decision.decide import draft_book
from extract.reading.readings import PageReading
from extract.record import CORRECTION, FieldValue, Record, read_records
from extract.registers import Generation, Register, load_register
from extract.reopen import Extracted

ENOUGH = 0.995
WHO = "simulated"
BATCH = 32
"""Answers after which the book is decided again."""


@dataclass(frozen=True)
class Book:
    """A book's readings, and what is true of it."""

    name: str
    pages: tuple[PageReading, ...]
    register: Register
    generation: Generation
    truth: Mapping[tuple[int, int], Record]

    @cached_property
    def alone(self) -> Drafted:
        """The book drafted without people, once."""
        return draft_book(self.pages, self.register, self.generation)

    def decided(self, answers: Mapping[At, FieldValue]) -> Sequence[Record]:
        """The records, with these answers."""
        about = (self.name, self.pages, self.register, self.generation, load_calibration())
        return decide_with_answers(*about, answers, self.alone).records

    def begun(self, answers: Mapping[At, FieldValue]) -> tuple[list[Record], list[Record]]:
        """The records without these answers, and with them, nothing learnt from them yet."""
        about = (self.name, self.pages, self.register, self.generation, load_calibration())
        return decide_both(*about, answers, self.alone)

    def asked(self) -> list[At]:
        """Every field that the form has, page by page."""
        return [
            (*record.key, code)
            for record in self.truth.values()
            for code, value in record.fields.items()
            if value.status != "absent_on_form"
        ]

    def answer(self, at: At) -> FieldValue:
        """What the simulated reviewer says: the truth."""
        true = self.truth[at[:2]].get(at[2])
        return replace(
            true, confidence=1.0, review=False, source=f"{CORRECTION}{WHO}", author=WHO, time="-"
        )

    def right(self, records: Sequence[Record]) -> float:
        """Share of the form's fields whose value is the true one."""
        asked = self.asked()
        return 1 - _count_wrong(self, records, asked) / len(asked)


@dataclass(frozen=True)
class Point:
    """``looked``: share of the form's fields that a person looked at; ``right``: share right."""

    looked: float
    right: float


def open_book(out: Path, truth: Path) -> Book:
    """An extracted rendered book, with its truth."""
    with Extracted.open(out) as book:
        pages = tuple(
            PageReading.from_json(page.payload)
            for page in book.store.pages(book.name)
            if page.outcome == "done"
        )
        first = book.records()[0]
        register = load_register(first.register)
        true = {record.key: record for record in read_records(truth)}
        return Book(book.name, pages, register, register.generation(first.form), true)


def curves(book: Book, *, batch: int = BATCH) -> dict[str, list[Point]]:
    """The error left against the fields looked at, for each order."""
    alone = book.decided({})
    raw = _raw_confidence(book)
    asked = book.asked()
    return {
        "ours": list(_ours(book, batch)),
        "lowest raw confidence first": _fixed(book, alone, sorted(asked, key=raw.__getitem__)),
        "page by page": _fixed(book, alone, asked),
    }


def needed(points: Sequence[Point], right: float = ENOUGH) -> float:
    """The least share of fields to be looked at, from which on this share is right."""
    least = 1.0
    for point in reversed(points):
        if point.right < right:
            break
        least = point.looked
    return least


def _ours(book: Book, batch: int) -> Iterator[Point]:
    """Our queue, batch by batch; when it is empty, fields whose label was missed, then the least
    sure of the rest."""
    answers: dict[At, FieldValue] = {}
    total = len(book.asked())
    while True:
        records = book.decided(answers)
        yield Point(len(answers) / total, book.right(records))
        queue = [(*r.key, c) for r, c in doubtful(records) if r.key in book.truth]
        if not queue:
            held = {(*r.key, c): v for r in records for c, v in r.fields.items()}
            rest = [at for at in book.asked() if at not in answers]
            queue = sorted(rest, key=lambda at: _sure(held.get(at)))
        if not queue:
            return
        answers |= {at: book.answer(at) for at in queue[:batch]}


def _sure(value: FieldValue | None) -> float:
    """How sure a field is that nobody was asked about; one whose label was missed is not."""
    return value.confidence if value and value.status != "absent_on_form" else 0.0


def _fixed(book: Book, alone: Sequence[Record], order: Sequence[At]) -> list[Point]:
    """An order that no answer changes: nothing else is settled by it."""
    values = {(*r.key, c): v.value for r in alone for c, v in r.fields.items()}
    wrong = [values.get(at) != book.truth[at[:2]].get(at[2]).value for at in order]
    left, points = sum(wrong), [Point(0.0, 1 - sum(wrong) / len(order))]
    for place, bad in enumerate(wrong, start=1):
        left -= bad
        points.append(Point(place / len(order), 1 - left / len(order)))
    return points


def _raw_confidence(book: Book) -> dict[At, float]:
    """The reader's own probability of its best text in each place; of an empty place, that it
    is empty."""
    found = dict.fromkeys(book.asked(), 1.0)
    for page in book.pages:
        for entry in page.entries:
            for slot in split_shared(entry.slots, book.register):
                at = (page.page, entry.entry, slot.code)
                own = slot.candidates[0][1] if slot.candidates else 1 - slot.written
                if at in found:
                    found[at] = min(found[at], own)
    return found


@dataclass(frozen=True)
class Shortened:
    """The queue on the rest of a book, before and after some answers, and how many of the fields
    that nobody need look at any more are wrong; ``errors``: wrong values on the rest."""

    answers: int
    before: int
    after: int
    released: int
    released_wrong: int
    errors_before: int
    errors_after: int

    @property
    def shorter(self) -> float:
        return 1 - self.after / self.before if self.before else 0.0

    def __add__(self, other: Shortened) -> Shortened:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Shortened(*(one + two for one, two in pairs))


def shortened(book: Book, count: int = 64) -> Shortened:
    """Answer the first fields of our queue, and see what is left of the rest of it."""
    records = book.decided({})
    queue = [(*r.key, c) for r, c in doubtful(records) if r.key in book.truth]
    answers = {at: book.answer(at) for at in queue[:count]}
    again = book.decided(answers)
    rest = set(queue[count:])
    left = {(*r.key, c) for r, c in doubtful(again) if r.key in book.truth}
    released = rest - left
    others = [at for at in book.asked() if at not in answers]
    return Shortened(
        len(answers),
        len(rest),
        len(left),
        len(released),
        _count_wrong(book, again, released),
        _count_wrong(book, records, others),
        _count_wrong(book, again, others),
    )


def _count_wrong(book: Book, records: Sequence[Record], places: Sequence[At] | set[At]) -> int:
    values = {(*r.key, c): v.value for r in records for c, v in r.fields.items()}
    return sum(values.get(at) != book.truth[at[:2]].get(at[2]).value for at in places)
