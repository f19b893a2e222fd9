"""Does a promise hold? Projects made of rendered books, whose truth is known, and a simulated
reviewer who is always right.

The people first look at what the plain thresholds doubt; then the promise learns, chooses and
proves, as `extract.promise` does for a project, until it is kept or hopeless. A project is drawn
from the books at hand, with replacement, each under a seed of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from annotation.queue import doubtful
from extract.promise.claims import Claim, Found, claims_of, digest, place
from extract.promise.options import PromiseOptions
from extract.promise.rounds import LEARNING, Name, begin, standing
from extract.record import Record, read_records
from hotich.evaluation import effort

_ROUNDS = 3  # choices that a simulated project proves before it gives up


@dataclass(frozen=True)
class Book:
    """What was claimed of a rendered book, and what is true.

    ``fields``: fields that its form has; ``missed``: those that the machine held for absent.
    """

    name: str
    claims: tuple[Claim, ...]
    truth: Mapping[str, str]
    fields: int
    missed: int

    def right(self, claim: Claim) -> bool:
        return self.truth.get(claim.at) == claim.digest

    def named(self, name: str) -> Book:
        """The same book under another name, as another book of a project."""
        return replace(self, name=name, claims=tuple(replace(c, book=name) for c in self.claims))


@dataclass(frozen=True)
class Outcome:
    """What became of a project.

    Attributes:
        accepted: by book, how many fields nobody looked at, and how many of those are wrong.
        audited: fields that the audit asked for.
        fields: fields that the forms have.
    """

    accepted: Mapping[str, tuple[int, int]]
    audited: int
    fields: int

    @property
    def count(self) -> int:
        return sum(n for n, _ in self.accepted.values())

    @property
    def wrong(self) -> int:
        return sum(bad for _, bad in self.accepted.values())

    def within(self, max_error: float) -> bool:
        return self.wrong <= max_error * self.count


Way = Callable[[Sequence[Book]], Outcome]


def open_book(folder: Path, *, settled: bool = False) -> Book:
    """An extracted rendered book: ``truth.jsonl`` and ``extracted/records.jsonl``.

    Args:
        settled: decide it again with the answers to what the plain thresholds doubt, as
            ``hotich review pull`` does; some seconds to a minute.
    """
    records: Sequence[Record] = read_records(folder / "extracted" / "records.jsonl")
    true = {record.key: record for record in read_records(folder / "truth.jsonl")}
    if not settled:
        return _book(folder.name, claims_of(records), records, true)
    known = effort.open_book(folder / "extracted", folder / "truth.jsonl")
    alone = known.decided({})
    asked = {(*r.key, code) for r, code in doubtful(alone) if r.key in known.truth}
    records = known.decided({at: known.answer(at) for at in asked})
    names = {f"{page}/{entry}/{code}" for page, entry, code in asked}
    claims = [claim for claim in claims_of(alone) if claim.at in names]
    return _book(folder.name, [*claims, *claims_of(records)], records, true)


def _book(
    name: str,
    claims: Iterable[Claim],
    records: Sequence[Record],
    known: Mapping[tuple[int, int], Record],
) -> Book:
    truth: dict[str, str] = {}
    fields = missed = 0
    for record in records:
        true = known.get(record.key)
        for code, value in (true.fields if true else {}).items():
            truth[place(record, code)] = digest(value)
            if value.status != "absent_on_form":
                fields += 1
                missed += record.get(code).status == "absent_on_form" and value.value is not None
    return Book(name, tuple(replace(c, book=name) for c in claims), truth, fields, missed)


def plain(floor: float) -> Way:
    """Accept whatever the machine is so sure of, whether the plain thresholds doubt it or not."""

    def accept(books: Sequence[Book]) -> Outcome:
        sure = {b.name: [c for c in b.claims if c.confidence >= floor] for b in books}
        return _outcome(books, sure, 0)

    return accept


def promised(options: PromiseOptions) -> Way:
    """Accept what the promise proves."""

    def accept(books: Sequence[Book]) -> Outcome:
        by_name = {book.name: book for book in books}
        claims = [claim for book in books for claim in book.claims]
        right = {(c.book, c.at): by_name[c.book].right(c) for c in claims}
        claimed = {(c.book, c.at): c.digest for c in claims}
        found = [_found(c, right) for c in claims if c.doubted]
        looked = {(c.book, c.at) for c in claims if c.doubted}
        audited: set[Name] = set()
        proved: frozenset[Name] = frozenset()
        for number in range(LEARNING, _ROUNDS + 1):
            known = looked | audited
            left = [c for c in claims if (c.book, c.at) not in known]
            held = begin(number, left, found, options, list(by_name))
            while True:
                answers = {n: "" if not right[n] else claimed[n] for n in looked | audited}
                now = standing(held, answers, claimed)
                if not now.asked:
                    break
                audited |= now.asked
            found += [_found(c, right) for c in held.fields if (c.book, c.at) in audited]
            proved = now.proved
            if proved:
                break
        accepted = {b.name: [c for c in b.claims if (b.name, c.at) in proved] for b in books}
        return _outcome(books, accepted, len(audited))

    return accept


def projects(books: Sequence[Book], size: int, count: int, seed: int) -> list[list[Book]]:
    """Projects of so many books each, drawn with replacement."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(books), size=(count, size))
    return [
        [books[which].named(f"{row}-{place}") for place, which in enumerate(places)]
        for row, places in enumerate(drawn.tolist())
    ]


def _found(claim: Claim, right: Mapping[Name, bool]) -> Found:
    return Found(claim.kind, claim.confidence, right[claim.book, claim.at], claim.column)


def _outcome(
    books: Sequence[Book], accepted: Mapping[str, Sequence[Claim]], audited: int
) -> Outcome:
    counts = {
        book.name: (len(own), sum(not book.right(claim) for claim in own))
        for book in books
        for own in [accepted[book.name]]
    }
    return Outcome(counts, audited, sum(book.fields for book in books))


def row(name: str, outcomes: Sequence[Outcome], max_error: float) -> str:
    """What became of the projects, as a line."""
    fields = sum(one.fields for one in outcomes)
    accepted = sum(one.count for one in outcomes)
    books = [counts for one in outcomes for counts in one.accepted.values() if counts[0]]
    within = sum(wrong <= max_error * count for count, wrong in books)
    projects = sum(one.within(max_error) for one in outcomes)
    some = sum(one.count > 0 for one in outcomes)
    return (
        f"{name:28} within {projects / len(outcomes):6.1%} of {len(outcomes)} projects "
        f"({some} accept anything), {within / max(len(books), 1):6.1%} of {len(books)} books; "
        f"accepted {accepted / fields:6.1%} of the fields, "
        f"{sum(one.wrong for one in outcomes) / max(accepted, 1):.3%} of them wrong; "
        f"audited {sum(one.audited for one in outcomes) / fields:.1%}"
    )
