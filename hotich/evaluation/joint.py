"""What deciding together adds to deciding each field alone, on the same readings of the same books.

Nothing is read again: the pages' readings are in the books' stores.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from extract.confidence.curves import load_calibration
from extract.decision.decide import cases_of, draft_alone, draft_book, records_of
from extract.decision.steps import steps
from extract.evaluate import asked_of
from extract.record import FieldValue
from hotich.evaluation.effort import Book, open_book

CONTEXT = "the book's year and dates"
"""What changed a value that no later rule did."""
SAID = ("mended", "broke", "still wrong")
TOGETHER = {"numbers and dates": ("numbers", "dates"), "names": ("names",)}
"""Kinds of fields that are also counted as one."""


class Change(NamedTuple):
    """One field whose value is another when decided together."""

    book: str
    page: int
    entry: int
    code: str
    kind: str
    true: FieldValue
    alone: FieldValue
    joint: FieldValue
    rule: str

    @property
    def broke(self) -> bool:
        """Right alone, wrong together."""
        return self.alone.value == self.true.value

    @property
    def mended(self) -> bool:
        return self.joint.value == self.true.value

    @property
    def said(self) -> str:
        return "broke" if self.broke else "mended" if self.mended else "still wrong"

    def __str__(self) -> str:
        return (
            f"{self.said} by {self.rule}: {self.book} page {self.page} case {self.entry} "
            f"{self.code}: raw "
            f"{self.alone.raw!r}, alone {self.alone.value!r}, together {self.joint.value!r}, "
            f"true {self.true.value!r}"
        )


@dataclass
class Gain:
    """Fields of one kind: how many have a value, are right alone and together, were broken."""

    n: int = 0
    alone: int = 0
    joint: int = 0
    broke: int = 0

    def add(self, other: Gain) -> None:
        self.n, self.alone = self.n + other.n, self.alone + other.alone
        self.joint, self.broke = self.joint + other.joint, self.broke + other.broke

    def row(self, name: str) -> str:
        shares = [part / max(self.n, 1) for part in (self.alone, self.joint, self.broke)]
        return (
            f"| {name} | {self.n} | {shares[0]:.1%} | {shares[1]:.1%} | "
            f"{100 * (shares[1] - shares[0]):+.1f} | {self.broke} ({shares[2]:.2%}) |"
        )


@dataclass
class Joint:
    """What some books gave: by kind of field, and every value that was changed."""

    books: list[str] = field(default_factory=list)
    gains: dict[str, Gain] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def include(self, book: Book) -> None:
        """Decide a book both ways and count."""
        parts = (book.pages, book.register, book.generation)
        curves = (book.register, book.generation, load_calibration())
        alone, joint = (
            {record.key: record for record in records_of(book.name, drafted, *curves)}
            for drafted in (draft_alone(*parts), draft_book(*parts))
        )
        rules = last_rules(book)
        self.books.append(book.name)
        for key, true in book.truth.items():
            for code, kind, wanted in asked_of(true, book.register):
                if wanted.value is None:
                    continue
                one, two = (
                    found[key].get(code) if key in found else FieldValue()
                    for found in (alone, joint)
                )
                right = (one.value == wanted.value, two.value == wanted.value)
                gain = self.gains.setdefault(kind, Gain())
                gain.add(Gain(1, right[0], right[1], right[0] and not right[1]))
                if one.value != two.value:
                    rule = rules.get((*key, code), CONTEXT)
                    self.changes.append(Change(book.name, *key, code, kind, wanted, one, two, rule))

    def rows(self) -> Iterator[str]:
        """The table, in markdown."""
        yield "| fields | n | alone exact | together exact | points | right alone, wrong together |"
        yield "|---|---|---|---|---|---|"
        for name in sorted(self.gains):
            yield self.gains[name].row(name)
        for name, kinds in TOGETHER.items():
            yield self._sum(kinds).row(f"**{name}**")
        yield self._sum(tuple(self.gains)).row("**all**")

    def by_rule(self) -> Iterator[str]:
        """What each rule changed last, in markdown."""
        yield "| rule | fields | mended | broke | still wrong |"
        yield "|---|---|---|---|---|"
        counts = Counter((c.rule, c.kind, c.said) for c in self.changes)
        for rule, kind in sorted({(rule, kind) for rule, kind, _ in counts}):
            shares = " | ".join(str(counts[rule, kind, said]) for said in SAID)
            yield f"| {rule} | {kind} | {shares} |"

    def _sum(self, kinds: Sequence[str]) -> Gain:
        total = Gain()
        for kind in kinds:
            total.add(self.gains.get(kind, Gain()))
        return total


def last_rules(book: Book) -> dict[tuple[int, int, str], str]:
    """The rule that changed each field last, by page, entry and column; none where the value is
    what the place gives once the case's year is known."""
    cases = cases_of(book.pages, book.register)
    values: dict[tuple[int, int, str], str | None] = {}
    rules: dict[tuple[int, int, str], str] = {}
    for rule, drafted in steps(cases, book.register, book.generation):
        for case, drafts in zip(cases, drafted, strict=True):
            for code, own in drafts.items():
                key = (case.page, case.entry, code)
                if values.setdefault(key, own.value.value) != own.value.value:
                    values[key], rules[key] = own.value.value, rule
    return rules


def evaluate_joint(folders: Sequence[Path]) -> Joint:
    """Books of `hotich evaluate books --work`: folders with ``extracted`` and truth.jsonl."""
    joint = Joint()
    for folder in folders:
        joint.include(open_book(folder / "extracted", folder / "truth.jsonl"))
    return joint
