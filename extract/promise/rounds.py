"""A round: the fields whose claims are held fixed, the order in which they are audited, and where
the promise stands after some answers.

Round 0 learns what to accept, every later one proves what was chosen. A field's place in the order
is a hash of its name, the round and the project's seed: anybody can draw it again, nobody can
choose it. What was looked at before a round began is not in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from extract.promise.choose import accepted, stratum, thresholds
from extract.promise.claims import Claim, Found
from extract.promise.drift import Stopped, stopped
from extract.promise.options import ALL, PromiseOptions
from extract.promise.proof import Audit, steps_needed

Name = tuple[str, str]
"""Book, ``page/entry/field``."""
LEARNING = 0
_FIRST, _NEXT = 0.8, 0.2  # of the risk that is left, what a round may spend; the rest is for others


@dataclass(frozen=True)
class Round:
    """Claims held fixed. ``books`` names all books of the project, ``floors`` the least confidence
    accepted, of all or by kind or column."""

    number: int
    options: PromiseOptions
    books: tuple[str, ...]
    floors: Mapping[str, float]
    fields: tuple[Claim, ...]

    @property
    def alpha(self) -> float:
        """The risk that each stratum may spend."""
        return risk_of(self.options, self.number) / max(len(self.strata), 1)

    @cached_property
    def ordered(self) -> list[Claim]:
        """The claims in the order in which they are audited."""
        return sorted(self.fields, key=self._rank)

    @cached_property
    def strata(self) -> dict[str, list[Claim]]:
        """The ordered claims by the stratum that keeps the promise; all together while learning."""
        groups: dict[str, list[Claim]] = {}
        for claim in self.ordered:
            own = ALL if self.number == LEARNING else stratum(claim, self.options)
            groups.setdefault(own, []).append(claim)
        return groups

    def _rank(self, claim: Claim) -> bytes:
        name = f"{self.options.seed}|{self.number}|{claim.book}|{claim.at}"
        return hashlib.sha256(name.encode()).digest()


def risk_of(options: PromiseOptions, number: int) -> float:
    """The risk that a round may spend: all rounds together spend 1 - confidence."""
    return (1 - options.confidence) * _FIRST * _NEXT ** max(number - 1, 0)


State = Literal["learning", "waiting", "kept", "hopeless"]


@dataclass(frozen=True)
class Stratum:
    """Where the promise stands for fields that keep it together.

    ``more``: audited fields still to be answered, all right, until it is kept. It is ``hopeless``
    when they are more than it would free.
    """

    kind: str
    state: State
    audit: Audit
    more: int


@dataclass(frozen=True)
class Standing:
    """Where a project stands: its strata, which fields are asked for the audit, which nobody need
    look at, and which books and clerks were stopped.

    ``free`` fields are chosen and not asked: they wait for the proof. ``proved`` ones have it.
    """

    strata: tuple[Stratum, ...]
    asked: frozenset[Name]
    free: frozenset[Name]
    proved: frozenset[Name]
    stopped: tuple[Stopped, ...]

    @property
    def learnt(self) -> bool:
        """The learning round has its answers."""
        return all(one.state == "learning" and one.more == 0 for one in self.strata)


def begin(
    number: int,
    claims: Iterable[Claim],
    found: Sequence[Found],
    options: PromiseOptions,
    books: Sequence[str],
) -> Round:
    """Hold the claims fixed; from round 1 on, those that the chosen thresholds accept."""
    held = list(claims)
    if number == LEARNING:
        sure = tuple(claim for claim in held if not claim.doubted)
        return Round(number, options, tuple(books), {}, sure)
    floors = thresholds(held, found, options, risk_of(options, number))
    chosen = tuple(claim for claim in held if accepted(claim, floors))
    return Round(number, options, tuple(books), floors, chosen)


def standing(held: Round, answers: Mapping[Name, str], claimed: Mapping[Name, str]) -> Standing:
    """Where the promise stands.

    Args:
        answers: digest of what people answered, by field.
        claimed: digest of what the machine claims now: one that is no longer what was held fixed
            is not covered by the promise.
    """
    looked = [_answered_first(claims, answers) for claims in held.strata.values()]
    audited = [c for some, n in zip(held.strata.values(), looked, strict=True) for c in some[:n]]
    alarms = _stopped(audited, answers, held.options.alarm) if held.number else ()
    out = {one.name for one in alarms}
    strata, asked = [], set()
    free: dict[State, set[Name]] = {"waiting": set(), "kept": set()}
    for (kind, claims), count in zip(held.strata.items(), looked, strict=True):
        names = [_name(claim) for claim in claims]
        said = [answers.get(name) for name in names]
        wrong = [
            text is not None and text != claim.digest
            for text, claim in zip(said, claims, strict=True)
        ]
        unseen = [
            text is None and claimed.get(name) == claim.digest
            for name, text, claim in zip(names, said, claims, strict=True)
        ]
        if out:
            unseen = [
                still and claim.book not in out and claim.clerk not in out
                for still, claim in zip(unseen, claims, strict=True)
            ]
        audit = Audit(len(claims), count, sum(wrong[:count]), sum(wrong), sum(unseen))
        state, steps = _state(held, audit, unseen[count:], wrong[count:])
        drawn = {name for name in names[count : count + steps] if name not in answers}
        strata.append(Stratum(kind, state, audit, len(drawn)))
        if state != "hopeless":
            asked |= drawn
        if state in free:
            free[state] |= {n for n, still in zip(names, unseen, strict=True) if still} - drawn
    waiting, proved = frozenset(free["waiting"]), frozenset(free["kept"])
    return Standing(tuple(strata), frozenset(asked), waiting, proved, tuple(alarms))


def _state(
    held: Round, audit: Audit, unseen: Sequence[bool], wrong: Sequence[bool]
) -> tuple[State, int]:
    """Where a stratum stands, and how far its audit must go on.

    Args:
        unseen: of each field that was not audited yet, in the order, whether nobody looked at it.
        wrong: whether it was found wrong, out of the order.
    """
    bound, size = held.options.max_error, audit.size
    if held.number == LEARNING:
        whole = Audit(size, 0, 0, 0, size)
        least = steps_needed(whole, bound, held.alpha, [True] * size, [False] * size)
        if least is None or 2 * least > size:  # not even if all were right
            return "hopeless", size if least is None else least
        return "learning", max(min(held.options.learn, size) - audit.looked, 0)
    steps = steps_needed(audit, bound, held.alpha, unseen, wrong)
    if steps == 0:
        return "kept", 0
    if steps is None or 2 * sum(unseen[:steps]) > audit.unseen:
        return "hopeless", len(unseen) if steps is None else steps  # it asks more than it frees
    return "waiting", steps


def _answered_first(claims: Sequence[Claim], answers: Mapping[Name, str]) -> int:
    """How many claims come before the first that nobody answered: nobody chooses which count."""
    return next((i for i, claim in enumerate(claims) if _name(claim) not in answers), len(claims))


def _stopped(
    looked: Sequence[Claim], answers: Mapping[Name, str], alarm: float
) -> tuple[Stopped, ...]:
    """Books and clerks that err more than the others among what was audited."""
    rights = [(claim, answers[_name(claim)] == claim.digest) for claim in looked]
    books = stopped(((claim.book, right) for claim, right in rights), alarm / 2)
    clerks = stopped(((c.clerk, right) for c, right in rights if c.clerk), alarm / 2)
    return (*books, *clerks)


def _name(claim: Claim) -> Name:
    return claim.book, claim.at
