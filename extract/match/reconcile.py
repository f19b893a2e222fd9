"""Two keyings of the same book, ours and another's: the same, different, only here, only there.

Cases are paired one to one by who they are about and by their number, never by number alone: a
clerk may skip one. What differs only in how it is written is told apart from what says otherwise.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from common.text import nfc, squeeze
from extract.match.build import index_of
from extract.match.evidence import CROWD
from extract.match.names import spelling
from extract.match.people import Person, date_trouble, parse_date, people_of
from extract.match.score import Matcher
from extract.registers import Column, Register

_THERE = math.log(0.9 / 0.1)  # log odds that a case of ours was keyed by them at all
_DATES = ("partial_date",)  # types of columns that hold a day
_NUMBERS = ("number_token",)  # those whose leading noughts say nothing
_FINAL_Y = re.compile("(?:(?<=qu)|(?<![aeou\u0302\u0306\u031b]))y(?=\\d*$)")  # lý, lí; not huy
_NUMBER = re.compile(r"(\d{1,4})/(\d{1,4})")
_TELLS = 0.8  # of pairs that are one case, the share whose numbers agree; and whose days do


@dataclass(frozen=True)
class Case:
    """One row of a keying: where it stands, its values by column, and how sure they are."""

    where: str
    values: Mapping[str, str]
    confidence: Mapping[str, float]


@dataclass(frozen=True)
class Difference:
    """One field of a pair that differs; ``spelling``: only in how it is written."""

    ours: Case
    theirs: Case
    column: Column
    spelling: bool


@dataclass(frozen=True)
class Reconciled:
    """What two keyings share. ``pairs`` has every pair of cases, the same and the different."""

    pairs: tuple[tuple[Case, Case], ...]
    differences: tuple[Difference, ...]
    only_ours: tuple[Case, ...]
    only_theirs: tuple[Case, ...]

    @property
    def same(self) -> list[tuple[Case, Case]]:
        """Pairs without any difference."""
        differing = {id(one.ours) for one in self.differences}
        return [pair for pair in self.pairs if id(pair[0]) not in differing]


def reconcile(
    ours: Sequence[Case], theirs: Sequence[Case], codes: Iterable[str], register: Register
) -> Reconciled:
    """Pair the cases of two keyings and compare them in the columns ``codes``."""
    pairs = pair_cases(ours, theirs, register)
    asked = set(codes)
    columns = [column for column in register.columns if column.code in asked]
    differences = [
        Difference(ours[a], theirs[b], column, spelling)
        for a, b in pairs
        for column in columns
        if (spelling := _differs(ours[a], theirs[b], column, register)) is not None
    ]
    mine, other = {a for a, _ in pairs}, {b for _, b in pairs}
    return Reconciled(
        tuple((ours[a], theirs[b]) for a, b in pairs),
        tuple(differences),
        tuple(case for at, case in enumerate(ours) if at not in mine),
        tuple(case for at, case in enumerate(theirs) if at not in other),
    )


def pair_cases(
    ours: Sequence[Case], theirs: Sequence[Case], register: Register
) -> list[tuple[int, int]]:
    """Which case is which, one to one, the surest first; in the order of ours."""
    if not theirs:
        return []
    people = [_person(case, register, str(at)) for at, case in enumerate(theirs)]
    matcher = Matcher(index_of(people))
    told = [_told(case) for case in theirs]
    shares = [Counter(column) for column in zip(*told, strict=True)]
    offers = []
    for a, case in enumerate(ours):
        own = _told(case)
        near = [b for b, other in enumerate(told) if any(map(_agree, own, other))]
        for b, said in _odds(_person(case, register, "query"), near, matcher).items():
            for one, other, count in zip(own, told[b], shares, strict=True):
                if one and other:
                    by_chance = count[other] / (len(theirs) + CROWD)
                    said += math.log(_TELLS / by_chance if one == other else 1 - _TELLS)
            offers.append((said + _THERE, a, b))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for said, a, b in sorted(offers, key=lambda offer: (-offer[0], offer[1:])):
        if said > 0 and a not in pairs and b not in taken:
            pairs[a] = b
            taken.add(b)
    return sorted(pairs.items())


def _odds(query: Person, near: Sequence[int], matcher: Matcher) -> dict[int, float]:
    """Log odds of theirs that share a key or the number with ours."""
    rows = sorted({*near, *matcher.index.candidates(query).tolist()})
    if not rows:
        return {}
    _, said = matcher.evidence.compare(query, matcher.index.rows[rows])
    return dict(zip(rows, matcher.evidence.total(said).tolist(), strict=True))


def _person(case: Case, register: Register, number: str) -> Person:
    people = people_of(register.code, case.values)
    return replace(next(iter(people.values()), Person("")), id=number)


def _told(case: Case) -> tuple[str, str]:
    """What tells a case beside its person: its number without its year, and its day."""
    number = case.values.get("so", "").partition("/")[0].lstrip("0")
    date = parse_date(case.values.get("ngayDangKy", ""))
    return number, "" if date is None else "-".join(map(str, date))


def _agree(one: str, other: str) -> bool:
    return bool(one) and one == other


def _differs(ours: Case, theirs: Case, column: Column, register: Register) -> bool | None:
    """None when a field is the same; else whether it differs only in how it is written."""
    one, other = (squeeze(case.values.get(column.code, "")) for case in (ours, theirs))
    if one == other:
        return None
    meanings = register.enums.get(column.enum) or {}
    one, other = (str(meanings.get(text, text)) for text in (one, other))
    if one == other or (column.type in _DATES and _same_day(one, other)):
        return None
    if not one or not other:
        return False
    alike = _bare(one) == _bare(other)
    if alike and column.type in _NUMBERS:
        return None
    return alike or _made_a_date(one, other) or _made_a_date(other, one)


def _same_day(one: str, other: str) -> bool:
    """Whether two dates say the same: what is written differently, or kept as a number."""
    sound = {date_trouble(one), date_trouble(other)} <= {"", "number"}
    return sound and parse_date(one) is not None and parse_date(one) == parse_date(other)


def _bare(text: str) -> str:
    """A value without what is a matter of writing: case, signs, leading noughts, where a tone
    stands, i or y at the end. Another mark or letter makes another name."""
    words = "".join(ch if ch.isalnum() else " " for ch in nfc(text).casefold()).split()
    return " ".join(_FINAL_Y.sub("i", spelling(word)).lstrip("0") or "0" for word in words)


def _made_a_date(number: str, written: str) -> bool:
    """Whether a spreadsheet made a day of a number: ``3/1969`` became 01.03.1969."""
    figures, day = _NUMBER.fullmatch(number), parse_date(written)
    if not figures or not day or not day.day:
        return False
    a, b = int(figures[1]), int(figures[2])
    return (a, b) in {(day.day, day.month), (day.month, day.day), (day.month, day.year)}
