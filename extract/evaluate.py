"""Records against their truth: cases found, places, states and values right, by type of field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extract.confidence.curves import calibration_error
from extract.record import FieldValue, Record
from extract.registers import Register

GROUPS: Mapping[str, str] = {
    "number_token": "numbers",
    "age": "numbers",
    "id_number": "numbers",
    "partial_date": "dates",
    "text_date_words": "dates",
    "person_name": "names",
    "place": "places",
}


@dataclass
class Tally:
    """How many were right of how many."""

    right: int = 0
    n: int = 0

    def add(self, good: bool) -> None:
        self.right += good
        self.n += 1

    def include(self, other: Tally) -> None:
        self.right += other.right
        self.n += other.n

    @property
    def share(self) -> float:
        return self.right / self.n if self.n else 0.0


@dataclass
class Score:
    """What a book's records are worth, counted over the fields its form has.

    Attributes:
        cases: cases of the truth found on the right page.
        invented: records that no case of the truth answers to.
        boxes: fields whose box holds the centre of the true box.
        states: fields whose status is right.
        values: by type of field: a value stands in the truth, and the record's is exactly it.
        mistakes: states taken for another, (true, found) → count.
        claims: confidence and truth of every value the records give.
    """

    cases: Tally = field(default_factory=Tally)
    invented: int = 0
    boxes: Tally = field(default_factory=Tally)
    states: Tally = field(default_factory=Tally)
    values: dict[str, Tally] = field(default_factory=dict)
    codes: dict[str, Tally] = field(default_factory=dict)
    mistakes: Counter[tuple[str, str]] = field(default_factory=Counter)
    claims: list[tuple[float, bool]] = field(default_factory=list)
    review: Tally = field(default_factory=Tally)

    @property
    def value(self) -> Tally:
        """Values over all types."""
        return _sum(self.values.values())

    @property
    def strict(self) -> Tally:
        """Values of numbers, dates and sex."""
        return _sum(self.values.get(name, Tally()) for name in ("numbers", "dates", "sex"))

    @classmethod
    def sum(cls, scores: Iterable[Score]) -> Score:
        """Several books counted as one."""
        total = cls()
        for score in scores:
            total.cases.include(score.cases)
            total.boxes.include(score.boxes)
            total.states.include(score.states)
            total.review.include(score.review)
            for name, tally in score.values.items():
                total.values.setdefault(name, Tally()).include(tally)
            for code, tally in score.codes.items():
                total.codes.setdefault(code, Tally()).include(tally)
            total.invented += score.invented
            total.mistakes.update(score.mistakes)
            total.claims += score.claims
        return total

    def as_json(self) -> dict[str, Any]:
        shares = {"cases": self.cases, "boxes": self.boxes, "states": self.states}
        shares |= {"value": self.value, "numbers, dates, sex": self.strict, **self.values}
        table = {name: {"share": round(t.share, 4), "n": t.n} for name, t in shares.items()}
        return {
            **table,
            "invented": self.invented,
            "review": round(self.review.share, 4),
            "calibration_error": round(calibration_error(self.claims), 4),
        }


def evaluate(found: Sequence[Record], truth: Sequence[Record], register: Register) -> Score:
    """Compare records with the truth of the same pages. Cases are paired by page and entry."""
    score = Score()
    by_place = {record.key: record for record in found}
    known = {record.key for record in truth}
    score.invented = sum(key not in known for key in by_place)
    for true in truth:
        record = by_place.get(true.key)
        score.cases.add(record is not None)
        for code, kind, wanted in asked_of(true, register):
            own = record.get(code) if record else FieldValue()
            score.states.add(own.status == wanted.status)
            if own.status != wanted.status:
                score.mistakes[wanted.status, own.status] += 1
            if wanted.box is not None:
                score.boxes.add(_holds(own.box, wanted.box))
            if wanted.value is not None:
                good = own.value == wanted.value
                score.values.setdefault(kind, Tally()).add(good)
                score.codes.setdefault(code, Tally()).add(good)
            if own.value is not None:
                score.claims.append((own.confidence, own.value == wanted.value))
            if own.status != "absent_on_form":
                score.review.add(own.review)
    return score


def table(score: Score) -> str:
    """The score as lines of text."""
    lines = [
        _line("cases found on the right page", score.cases),
        f"{'records of no case':32} {score.invented:6d}",
        _line("box holds the true centre", score.boxes),
        _line("status right", score.states),
        _line("value exact, all", score.value),
        _line("value exact, numbers dates sex", score.strict),
        *(_line(f"  {name}", score.values[name]) for name in sorted(score.values)),
        _line("sent to review", score.review),
        f"{'calibration error of values':32} {calibration_error(score.claims):6.3f}"
        f"  n={len(score.claims)}",
    ]
    return "\n".join(lines)


def asked_of(true: Record, register: Register) -> Iterator[tuple[str, str, FieldValue]]:
    """The columns a case's form has, each with its kind and what is true."""
    for code, wanted in true.fields.items():
        if wanted.status != "absent_on_form":
            column = register.column(code)
            sex = column.enum == "gioiTinh"
            yield code, "sex" if sex else GROUPS.get(column.type, "other"), wanted


def _holds(box: tuple[int, int, int, int] | None, true: tuple[int, int, int, int]) -> bool:
    if box is None:
        return False
    x, y = (true[0] + true[2]) / 2, (true[1] + true[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.include(tally)
    return total


def _line(name: str, tally: Tally) -> str:
    return f"{name:32} {tally.share:6.1%}  n={tally.n}"
