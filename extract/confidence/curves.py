"""From evidence to the probability that a value is exactly right, one curve a type of field.

A logistic model (Platt 1999, with his smoothed targets) over a few features of how the value was
chosen, fitted by Newton's method on rendered books that no reader was trained on. The weights,
their n and their data stand in ``calibration.json``.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TABLE = Path(__file__).with_name("calibration.json")
FEATURES = ("reader", "weakest", "first", "support", "fit", "size", "book", "column", "broken")
POOLED = "any"
_LEAST = 60  # cases of a kind below which the pooled curve is used
_RIDGE, _NEAR = 1.0, 8.0  # how firmly weights are held to nought, and a kind's to the pooled ones
_FORCED = -3.0  # least fit a letter
_LIKE_BOOK = 4.0  # values of a column that outweigh what is known of its book


@dataclass(frozen=True)
class Evidence:
    """How a value was chosen.

    Attributes:
        kind: type of field, or the state (``blank``, ``ditto``, ``derived``).
        reader: the reader's probability of the texts that give this value.
        weakest: least probability of any character.
        first: whether the reader's best text gives this value.
        support: agreement of what else is known: neighbours, words and figures; -1 to 1.
        fit: how far the text lies under the reader's likeliest, in log probability a letter.
        size: letters of the text.
        book: mean of the reader's log odds over the book: how well it reads this hand at all.
        column: by how much they are higher in this column of the book.
        broken: whether the value breaks a rule that says something is wrong.
    """

    kind: str
    reader: float
    weakest: float = 1.0
    first: bool = True
    support: float = 0.0
    fit: float = 0.0
    size: int = 1
    book: float = 0.0
    column: float = 0.0
    broken: bool = False

    @property
    def vector(self) -> tuple[float, ...]:
        """The features with a leading 1."""
        return (
            1.0,
            _logit(self.reader),
            _logit(self.weakest),
            float(self.first),
            self.support,
            max(self.fit, _FORCED),
            math.log(max(self.size, 1)),
            self.book,
            self.column,
            float(self.broken),
        )


@dataclass(frozen=True)
class BookOdds:
    """How well the reader reads a book: `Evidence.book`, and `Evidence.column` of each column."""

    book: float
    columns: Mapping[str, float]

    def told(self, code: str, evidence: Evidence) -> Evidence:
        """The evidence for a value in a column, with what is known of its book."""
        return replace(evidence, book=self.book, column=self.columns.get(code, 0.0))


def book_odds(cases: Iterable[Mapping[str, Evidence]]) -> BookOdds:
    """How well the reader reads a book, from all its evidence, by column; 0 when there is none."""
    odds: defaultdict[str, list[float]] = defaultdict(list)
    for evidence in cases:
        for code, own in evidence.items():
            odds[code].append(_logit(own.reader))
    book = sum(map(sum, odds.values())) / max(sum(map(len, odds.values())), 1)
    columns = {
        code: sum(one - book for one in own) / (_LIKE_BOOK + len(own)) for code, own in odds.items()
    }
    return BookOdds(book, columns)


@dataclass(frozen=True)
class Calibration:
    """Weights of each kind, and what they were fitted on."""

    weights: Mapping[str, tuple[float, ...]]
    cases: Mapping[str, int]
    data: str

    def probability(self, evidence: Evidence) -> float:
        """The calibrated probability; the reader's own where nothing was fitted."""
        weights = self.weights.get(evidence.kind) or self.weights.get(POOLED)
        if weights is None:
            return evidence.reader
        total = sum(w * x for w, x in zip(weights, evidence.vector, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))

    def as_json(self) -> dict[str, Any]:
        return {
            "data": self.data,
            "features": ["1", *FEATURES],
            "kinds": {
                kind: {"n": self.cases[kind], "weights": [round(w, 4) for w in weights]}
                for kind, weights in sorted(self.weights.items())
            },
        }


@cache
def load_calibration(path: Path = TABLE) -> Calibration:
    """The fitted curves; an empty calibration when none over these features stands there yet."""
    content = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    if content.get("features") != ["1", *FEATURES]:
        return Calibration({}, {}, "none")
    kinds = content["kinds"]
    return Calibration(
        {kind: tuple(entry["weights"]) for kind, entry in kinds.items()},
        {kind: entry["n"] for kind, entry in kinds.items()},
        content["data"],
    )


def fit_calibration(pairs: Iterable[tuple[Evidence, bool]], data: str) -> Calibration:
    """Fit a pooled curve, and one near it for each kind with at least 60 cases.

    ``data`` names the books.
    """
    by_kind: dict[str, list[tuple[Evidence, bool]]] = {POOLED: []}
    for evidence, right in pairs:
        by_kind[POOLED].append((evidence, right))
        by_kind.setdefault(evidence.kind, []).append((evidence, right))
    kept = {kind: cases for kind, cases in by_kind.items() if len(cases) >= _LEAST}
    width = len(FEATURES) + 1
    pooled = _fit(by_kind[POOLED], np.zeros(width), _RIDGE) if kept else np.zeros(width)
    curves = {kind: _fit(cases, pooled, _NEAR) for kind, cases in kept.items() if kind != POOLED}
    if POOLED in kept:
        curves[POOLED] = pooled
    return Calibration(
        {kind: tuple(float(weight) for weight in weights) for kind, weights in curves.items()},
        {kind: len(cases) for kind, cases in kept.items()},
        data,
    )


def calibration_error(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error over bins of equal count (Nixon et al. 2019); 0 when empty."""
    ordered = sorted(pairs)
    groups = [
        ordered[i * len(ordered) // bins : (i + 1) * len(ordered) // bins] for i in range(bins)
    ]
    gaps = (abs(sum(p - right for p, right in group)) for group in groups)
    return sum(gaps) / max(len(ordered), 1)


def _fit(
    cases: Sequence[tuple[Evidence, bool]], near: NDArray[np.float64], ridge: float
) -> NDArray[np.float64]:
    """Weights that explain the cases and do not stray far from others."""
    right = sum(good for _, good in cases)
    high, low = (right + 1) / (right + 2), 1 / (len(cases) - right + 2)
    inputs = np.array([evidence.vector for evidence, _ in cases])
    targets = np.array([high if good else low for _, good in cases])
    weights = near.copy()
    penalty = ridge * np.eye(len(weights))
    penalty[0, 0] = 1e-6
    for _ in range(50):
        said = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        gradient = inputs.T @ (said - targets) + penalty @ (weights - near)
        curve = (inputs * (said * (1 - said))[:, None]).T @ inputs + penalty
        move = np.linalg.solve(curve, gradient)
        move *= min(1.0, 1.0 / max(np.abs(move).max(), 1e-9))  # far off, Newton leaps too far
        weights -= move
        if np.abs(move).max() < 1e-6:
            break
    return weights


def _logit(probability: float) -> float:
    """Log odds, kept within those of 0.002 and 0.998."""
    kept = min(max(probability, 0.002), 0.998)
    return math.log(kept / (1 - kept))
