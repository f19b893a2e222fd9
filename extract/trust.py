"""How far one book's values can be trusted, learnt from the answers that people gave in it.

The curves of `extract.confidence` hold for the average book. Answers tell more about this one:
which values stand in it, and which columns are read better or worse here. So the log odds of every
value that the machine still holds are moved by three weights: for a value that people saw in a
like column, for the logarithm of how often they saw it, and for how much better than claimed the
column's answered values were. The weights, their n and their data stand in ``data/trust.json``;
they are fitted on rendered books that a simulated reviewer began (`hotich.evaluation.trust`).
Without answers nothing moves.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from extract.record import MACHINE, FieldValue, Record
from extract.registers import Register
from extract.roles import roles_of

TABLE = Path(__file__).with_name("data") / "trust.json"
FEATURES = ("seen", "again", "column")
_FIRM = 1.5  # variance that a column's answers must outweigh before they say much
_RIDGE = 1.0
_ROUNDS = 25
_LEAST = 1e-4


@dataclass(frozen=True)
class Learnt:
    """What the answers of a book tell.

    Attributes:
        seen: how often people saw a value in a group of like columns.
        column: by how much the answered values of a column were right more often than claimed, in
            units of the variance that was to be expected.
        groups: columns that share their values, by a name for them.
    """

    seen: Mapping[tuple[str, str], int]
    column: Mapping[str, float]
    groups: Mapping[str, str]

    def features(self, code: str, value: FieldValue) -> tuple[float, ...]:
        """`FEATURES` of a value that the machine holds in a column."""
        times = self.seen.get((self.groups.get(code, code), value.value or ""), 0)
        return float(times > 0), float(np.log1p(times)), self.column.get(code, 0.0)


def learnt(records: Sequence[Record], before: Sequence[Record], register: Register) -> Learnt:
    """What people's values in ``records`` tell, held against what the machine said ``before``."""
    groups = like_columns(register)
    own = {record.key: record for record in before}
    seen: Counter[tuple[str, str]] = Counter()
    more: defaultdict[str, float] = defaultdict(float)
    variance: defaultdict[str, float] = defaultdict(float)
    for record in records:
        for code, value in record.fields.items():
            if value.author == MACHINE:
                continue
            if value.value:
                seen[groups.get(code, code), value.value] += 1
            claimed = own[record.key].get(code) if record.key in own else None
            if claimed and claimed.value is not None:
                more[code] += float(claimed.value == value.value) - claimed.confidence
                variance[code] += claimed.confidence * (1 - claimed.confidence)
    return Learnt(seen, {code: more[code] / (_FIRM + variance[code]) for code in more}, groups)


def trusted(
    records: Sequence[Record], before: Sequence[Record], register: Register
) -> list[Record]:
    """The records with the confidence of the machine's values moved by people's answers.

    Args:
        records: decided with the answers, people's values in their places.
        before: decided without them: what the machine said on its own.
    """
    told, weights = learnt(records, before, register), load_weights()
    return [
        record.with_fields(
            {
                code: replace(
                    value,
                    confidence=moved(value.confidence, told.features(code, value), weights),
                )
                for code, value in record.fields.items()
                if value.author == MACHINE and value.value is not None
            }
        )
        for record in records
    ]


@cache
def load_weights() -> tuple[float, ...]:
    """The fitted weights of `FEATURES`."""
    content = json.loads(TABLE.read_text("utf-8"))
    return tuple(content["weights"][name] for name in FEATURES)


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


def like_columns(register: Register) -> dict[str, str]:
    """Columns that share their values, by the first of them: places, and the roles' ``usual``."""
    groups = {column.code: "place" for column in register.columns if column.type == "place"}
    for codes in roles_of(register.code).get("usual", ()):
        groups |= dict.fromkeys(codes, codes[0])
    return groups
