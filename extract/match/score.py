"""From evidence to a probability: which row is the query's person, or none of them.

Every candidate has odds: its evidence, against the many people of the list that agree by chance.
"Not in the list" has odds, too: of how often those asked for are in the list at all. Namesakes that
agree equally share the probability; rows that are one person, keyed twice, have it together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.options import Options
from extract.match.evidence import Evidence, Learnt, learnt
from extract.match.index import BLOCK_LIMIT, PeopleIndex
from extract.match.people import Person, person_of
from extract.match.present import Present

_COMPARED = 128  # candidates that are compared field by field
_KEPT = 20  # candidates whose odds are kept
_LIKELY = 0.02  # probability above which rows are looked at for being one person


class MatchOptions(Options):
    """How people are matched.

    Attributes:
        threshold: the least probability of a match that is reported.
        top: that many rows a query, at any probability.
        present: share of queries that are in the list; told by the queries when None.
        limit: rows of one blocking key above which it is not looked at.
    """

    threshold: float = 0.5
    top: int | None = None
    present: float | None = None
    limit: int = BLOCK_LIMIT


DEFAULTS = MatchOptions()


@dataclass(frozen=True)
class Match:
    """One row with the probability that it is the query's person."""

    id: str
    score: float
    row: int = -1


@dataclass(frozen=True)
class Scored:
    """The best candidates of one query.

    Attributes:
        rows: their numbers, best first.
        odds: log odds of each that it is the person, were everybody in the list.
        mass: log of the summed odds of all candidates.
        same: for each candidate the number of the first that is the same person.
    """

    rows: NDArray[np.int64]
    odds: NDArray[np.float64]
    mass: float
    same: tuple[int, ...] = ()


class Matcher:
    """Asks one index. Not for use by several threads at once."""

    def __init__(
        self, index: PeopleIndex, options: MatchOptions = DEFAULTS, weights: Learnt | None = None
    ) -> None:
        self.index, self.options = index, options
        self.evidence = Evidence(index, weights or learnt())

    def candidates(self, query: Person) -> Scored:
        """The rows that may be the person, with their odds."""
        rows = self.index.candidates(query, self.options.limit)
        if not len(rows):
            return Scored(rows.astype(np.int64), np.zeros(0), -math.inf)
        held = np.asarray(self.index.rows[rows])
        wanted = self.options.top or 0
        kept = self.evidence.promising(query, held, max(_COMPARED, wanted))
        rows = rows[kept]
        _, said = self.evidence.compare(query, held[kept])
        odds = self.evidence.total(said)
        best = np.argsort(-odds, kind="stable")[: max(_KEPT, wanted)]
        mass = float(np.logaddexp.reduce(odds))
        found = rows[best].astype(np.int64)
        return Scored(found, odds[best], mass, self._same(found, odds[best], mass))

    def present(self, scored: Sequence[Scored]) -> Present:
        """What is believed of the share of these queries that is in the list."""
        if self.options.present is not None:
            return Present.known(self.options.present)
        return Present.learnt([one.mass for one in scored])

    def matches(self, scored: Scored, present: Present) -> list[Match]:
        """The matches among candidates, best first."""
        chances = _chances(scored, present)
        if scored.same:
            together = np.bincount(scored.same, weights=chances, minlength=len(chances))
            chances = np.asarray(together[list(scored.same)])
        kept = [
            Match(self.index.person(int(row)).id, float(chance), int(row))
            for row, chance in zip(scored.rows[: self.options.top or 10], chances, strict=False)
            if self.options.top or chance >= self.options.threshold
        ]
        return sorted(kept, key=lambda match: -match.score)

    def _same(
        self, rows: NDArray[np.int64], odds: NDArray[np.float64], mass: float
    ) -> tuple[int, ...]:
        """Which of the likely candidates are one person, keyed twice."""
        likely = int((np.exp(odds - np.logaddexp(mass, 0.0)) > _LIKELY).sum())
        same = list(range(len(rows)))
        for at in range(min(likely, 4) - 1):
            if same[at] != at:
                continue
            rest = np.arange(at + 1, min(likely, 4))
            _, said = self.evidence.compare(
                self.index.person(int(rows[at])), self.index.rows[rows[rest]]
            )
            odds_same = self.evidence.total(said)
            for other, log_odds in zip(rest.tolist(), odds_same.tolist(), strict=True):
                if log_odds > 0 and same[other] == other:
                    same[other] = at
        return tuple(same)


def resolve(matcher: Matcher, scored: Sequence[Scored]) -> list[list[Match]]:
    """The matches of many queries.

    They tell together what share of them is in the list at all: a search for people of another
    province finds nobody, however many namesakes there are.
    """
    present = matcher.present(scored)
    return [matcher.matches(one, present) for one in scored]


def match_people(
    queries: Sequence[Person], index: PeopleIndex, options: MatchOptions = DEFAULTS
) -> list[list[Match]]:
    """The matches of every query; see `resolve`."""
    matcher = Matcher(index, options)
    return resolve(matcher, [matcher.candidates(query) for query in queries])


def match_person(
    query: Person, index: PeopleIndex, options: MatchOptions = DEFAULTS
) -> list[Match]:
    """The matches of one query; to ask many, use `match_people` or a `Matcher`."""
    return match_people([query], index, options)[0]


def match_record(record: dict[str, Any], index: PeopleIndex) -> list[dict[str, Any]]:
    """The ``matches`` of a birth record (contract.md): ``[{"id", "score"}]``, best first."""
    found = match_person(person_of(record), index)
    return [{"id": match.id, "score": round(match.score, 4)} for match in found]


def _chances(scored: Scored, present: Present) -> NDArray[np.float64]:
    if not len(scored.rows):
        return np.zeros(0)
    return np.asarray(np.exp(scored.odds - scored.mass) * present.chance(scored.mass))
