"""From evidence to a probability: which candidate is the query's person, or none of them.

A conditional logit over the candidates and "nobody": each candidate's score is its weighted
evidence less the log of the list's length (the more people, the more agree by chance), and
"nobody" scores 0. Namesakes that agree equally share the probability. McFadden (1974).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.options import Options
from common.tables import yaml_table
from extract.match.evidence import FEATURES, compare
from extract.match.index import PeopleIndex
from extract.match.people import Person, person_of

WEIGHTS = Path(__file__).parent / "weights.yaml"


class MatchOptions(Options):
    """``threshold``: the least probability of a row; ``top``: that many rows at any score."""

    threshold: float = 0.5
    top: int | None = None


DEFAULTS = MatchOptions()


@dataclass(frozen=True)
class Match:
    """One candidate with the probability that it is the query's person."""

    id: str
    score: float


@lru_cache(maxsize=1)
def weights() -> NDArray[np.float64]:
    """The weight of each feature, in `FEATURES` order."""
    table = yaml_table(WEIGHTS)["weights"]
    return np.array([float(table[name]) for name in FEATURES])


def evidence_table(query: Person, people: Sequence[Person], index: PeopleIndex) -> Any:
    """The candidates' evidence, (candidates, features)."""
    return np.stack([compare(query, person, index.rarity) for person in people])


def probabilities(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Softmax over the candidates and "nobody" (score 0); the rest of 1 is nobody's."""
    top = max(0.0, float(scores.max(initial=0.0)))
    powers = np.exp(scores - top)
    return np.asarray(powers / (powers.sum() + math.exp(-top)))


def match_person(
    query: Person, index: PeopleIndex, options: MatchOptions = DEFAULTS
) -> list[Match]:
    """The existing rows that are ``query``'s person, best first."""
    people = index.candidates(query)
    if not people:
        return []
    scores = evidence_table(query, people, index) @ weights() - math.log(len(index))
    chances = probabilities(scores)
    best = np.argsort(-chances, kind="stable")[: options.top or 10]
    return [
        Match(people[i].id, float(chances[i]))
        for i in best
        if options.top or chances[i] >= options.threshold
    ]


def match_record(record: dict[str, Any], index: PeopleIndex) -> list[dict[str, Any]]:
    """The ``matches`` of a birth record (contract.md): ``[{"id", "score"}]``, best first."""
    found = match_person(person_of(record), index)
    return [{"id": match.id, "score": round(match.score, 4)} for match in found]
