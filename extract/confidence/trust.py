"""How far one book's values can be trusted, learnt from the answers that people gave in it.

The curves of `extract.confidence.curves` are the average book's. Answers tell more about this one:
which values stand in it, and which columns are read better or worse here. So the log odds of every
value that the machine still holds are moved by weights: for a value that people saw in a like
column (of a few fixed values, sex or boxes to tick, it says nothing), for the logarithm of how
often they saw it, for one that they saw in the same case, in a column that often holds the same,
and for how unsure it was; of all others, for how much better than claimed the column's answered
values were. Where another value that people gave explains the reading better, it takes the
machine's place (`extract.decision.recall`). The weights, their n and
their data stand in ``trust.json``; they are fitted on rendered books that a simulated
reviewer began (`hotich.evaluation.trust`). Without answers nothing moves.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from extract.decision import recall
from extract.decision.recall import Said, best_candidate, said_by_people
from extract.record import MACHINE, FieldValue, Record
from extract.registers import Register

TABLE = Path(__file__).with_name("trust.json")
FEATURES = ("seen", "again", "here", "unsure", "column")
_FIRM = 1.5  # variance that a column's answers must outweigh before they say much
_RIDGE = 0.1
_UNSURE = 1.4  # log odds (0.8) under which what people saw says the more, the less the machine knew
_ROUNDS = 25
_LEAST = 1e-4


@dataclass(frozen=True)
class Weights:
    """What was fitted: ``held``, of `FEATURES`; ``recalled``, of those of `recall`."""

    held: tuple[float, ...]
    recalled: tuple[float, ...]


@dataclass(frozen=True)
class Learnt:
    """What the answers of a book tell.

    Attributes:
        said: the values that people gave.
        column: by how much the answered values of a column were right more often than claimed, in
            units of the variance that was to be expected.
        coded: columns of a few fixed values: that one of them stands in many cases says little.
    """

    said: Said
    column: Mapping[str, float]
    coded: frozenset[str]

    def features(self, at: tuple[int, int], code: str, value: FieldValue) -> tuple[float, ...]:
        """`FEATURES` of a value that the machine holds in a column of a case."""
        times = 0 if code in self.coded else self.said.times(code, value.value)
        here = value.value in self.said.here(at, code)
        known = times > 0 or here
        return (
            float(times > 0),
            float(np.log1p(times)),
            float(here),
            max(_UNSURE - float(_odds(value.confidence)), 0.0) if known else 0.0,
            0.0 if known else self.column.get(code, 0.0),
        )


def learnt(records: Sequence[Record], before: Sequence[Record], register: Register) -> Learnt:
    """What people's values in ``records`` tell, held against what the machine said ``before``."""
    own = {record.key: record for record in before}
    more: defaultdict[str, float] = defaultdict(float)
    variance: defaultdict[str, float] = defaultdict(float)
    for record in records:
        for code, value in record.fields.items():
            if value.author == MACHINE:
                continue
            claimed = own[record.key].get(code) if record.key in own else None
            if claimed and claimed.value is not None:
                more[code] += float(claimed.value == value.value) - claimed.confidence
                variance[code] += claimed.confidence * (1 - claimed.confidence)
    column = {code: more[code] / (_FIRM + variance[code]) for code in more}
    coded = frozenset(c.code for c in register.columns if c.enum in register.enums)
    return Learnt(said_by_people(records, before, register), column, coded)


def trusted(
    records: Sequence[Record],
    before: Sequence[Record],
    register: Register,
    weights: Weights | None = None,
) -> list[Record]:
    """The records with the machine's values, and their confidence, moved by people's answers.

    Args:
        records: decided with the answers, people's values in their places.
        before: decided without them: what the machine said on its own.
        weights: the fitted ones when None.
    """
    told, weights = learnt(records, before, register), weights or load_weights()
    if not told.said.values:
        return list(records)
    return [
        record.with_fields(
            {
                code: _moved(record.key, code, value, told, weights)
                for code, value in record.fields.items()
                if value.author == MACHINE and value.value is not None
            }
        )
        for record in records
    ]


def _moved(
    at: tuple[int, int], code: str, held: FieldValue, told: Learnt, weights: Weights
) -> FieldValue:
    """The value the machine holds, or one of people's that is likelier, with its confidence."""
    confidence = moved(held.confidence, told.features(at, code, held), weights.held)
    other, chance = best_candidate(told.said, at, code, held, weights.recalled)
    if chance <= confidence:
        return replace(held, confidence=min(confidence, 1 - chance) if chance else confidence)
    own = (held.value or "", min(held.confidence, 1 - chance))
    others = tuple(pair for pair in held.alternatives if pair[0] != other)
    source = f"{held.source}+people"
    return replace(held, value=other, confidence=chance, alternatives=(own, *others), source=source)


@cache
def load_weights() -> Weights:
    """The weights that stand in ``trust.json``."""
    content = json.loads(TABLE.read_text("utf-8"))
    return Weights(
        tuple(content["held"]["weights"][name] for name in FEATURES),
        tuple(content["recalled"]["weights"][name] for name in recall.FEATURES),
    )


def fit_weights(
    confidences: Sequence[float], features: Sequence[Sequence[float]], right: Sequence[bool]
) -> tuple[float, ...]:
    """Weights under which moved confidences explain what was right: a logistic regression (Newton)
    with the log odds of the confidences as its offset."""
    offset, inputs = _odds(confidences), np.array(features)
    hold = _RIDGE * np.eye(inputs.shape[1])
    weights: NDArray[np.float64] = np.zeros(inputs.shape[1])
    for _ in range(_ROUNDS):
        said = 1 / (1 + np.exp(-(offset + inputs @ weights)))
        gradient = inputs.T @ (said - np.array(right)) + hold @ weights
        curve = (inputs * (said * (1 - said))[:, None]).T @ inputs + hold
        weights = weights - np.linalg.solve(curve, gradient)
    return tuple(float(weight) for weight in weights)


def _odds(probability: ArrayLike) -> NDArray[np.float64]:
    """Log odds, kept within those of 0.0001 and 0.9999."""
    kept = np.clip(probability, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(kept / (1 - kept)))


def moved(confidence: float, features: Sequence[float], weights: Sequence[float]) -> float:
    """A confidence, its log odds moved by the weighted features; by none, it stays as it is."""
    move = sum(w * x for w, x in zip(weights, features, strict=True))
    return float(1 / (1 + np.exp(-(_odds(confidence) + move)))) if move else confidence
