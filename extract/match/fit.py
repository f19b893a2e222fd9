"""Sets the match weights by simulation, and measures them on people never fitted on.

    python -m extract.match.fit

draws people from ``models/lexicons`` and writes ``weights.yaml`` beside this file: maximum
likelihood of the conditional logit of `score` with a small ridge, by Newton's method; then prints
recall, precision and calibration on fresh people.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from typing import NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

from extract.match.evidence import FEATURES
from extract.match.index import PeopleIndex
from extract.match.people import Person
from extract.match.score import (
    DEFAULTS,
    WEIGHTS,
    MatchOptions,
    evidence_table,
    match_person,
    probabilities,
)
from extract.match.simulate import Names, trial
from models.lexicon import given_names, middle_names, surnames, units


class Question(NamedTuple):
    """One query's candidates: (candidates, features), and the row of the truth (-1: nobody)."""

    evidence: NDArray[np.float64]
    offset: float
    truth: int


def register_names() -> Names:
    """Names of the lexicons, old and new given names together, and communes as places."""

    def given(sex: str) -> Counter[str]:
        return Counter(given_names(sex)) + Counter(given_names(sex, old=True))

    return Names(
        surnames=surnames(),
        male=given("male"),
        female=given("female"),
        male_middle=middle_names("male"),
        female_middle=middle_names("female"),
        places=[f"{unit.commune}, {unit.district}, {unit.province}" for unit in units()],
    )


def questions(existing: list[Person], asked: list[tuple[Person, str | None]]) -> list[Question]:
    """The evidence of every query's candidates, with the truth."""
    index = PeopleIndex(existing)
    out = []
    for query, truth in asked:
        people = index.candidates(query)
        if people:
            ids = [person.id for person in people]
            row = ids.index(truth) if truth in ids else -1
            evidence = evidence_table(query, people, index)
            out.append(Question(evidence, -math.log(len(index)), row))
    return out


def fit(asked: list[Question], ridge: float = 1.0, steps: int = 30) -> NDArray[np.float64]:
    """The weights of greatest likelihood; ``ridge`` is the precision of a prior around 0."""
    weights = np.zeros(len(FEATURES))
    for _ in range(steps):
        gradient, curvature = -ridge * weights, ridge * np.eye(len(weights))
        for evidence, offset, truth in asked:
            chances = probabilities(evidence @ weights + offset)
            mean = chances @ evidence
            gradient += (evidence[truth] if truth >= 0 else 0.0) - mean
            curvature += (evidence * chances[:, None]).T @ evidence - np.outer(mean, mean)
        step = np.linalg.solve(curvature, gradient)
        weights += step * min(1.0, 3.0 / np.abs(step).max())
        if np.abs(step).max() < 1e-4:
            break
    return weights


def measure(
    existing: list[Person],
    asked: list[tuple[Person, str | None]],
    options: MatchOptions = DEFAULTS,
) -> dict[str, float]:
    """Recall at 1, precision at the threshold, and the calibration error (10 bins)."""
    index = PeopleIndex(existing)
    found = [match_person(query, index, MatchOptions(top=1)) for query, _ in asked]
    pairs = [
        (best[0].score, best[0].id == truth) if best else (0.0, False)
        for best, (_, truth) in zip(found, asked, strict=True)
    ]
    scores, right = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    kept = scores >= options.threshold
    present = sum(truth is not None for _, truth in asked)
    bins = np.minimum((scores * 10).astype(int), 9)
    gaps = [
        abs(scores[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in range(10)
        if (bins == b).any()
    ]
    return {
        "existing": len(existing),
        "queries": len(asked),
        "recall_at_1": round(float(right.sum() / present), 4),
        "recall_at_threshold": round(float(right[kept].sum() / present), 4),
        "precision_at_threshold": round(float(right[kept].mean()), 4),
        "calibration_error": round(float(sum(gaps)), 4),
    }


def main() -> None:
    """Fit, write the weights, and print what they do on fresh people."""
    names = register_names()
    asked = [
        question
        for seed, size in ((11, 2_000), (12, 10_000), (13, 50_000))
        for question in questions(*trial(size, 1_200, names, seed))
    ]
    table = dict(zip(FEATURES, np.round(fit(asked), 3).tolist(), strict=True))
    note = "# Set by `python -m extract.match.fit`: log odds per feature (see evidence.py).\n"
    body = {"fitted_on": f"{len(asked)} simulated queries, seeds 11 to 13", "weights": table}
    WEIGHTS.write_text(note + yaml.safe_dump(body, sort_keys=False, allow_unicode=True), "utf-8")
    for seed, size in ((21, 5_000), (22, 50_000)):
        sys.stdout.write(f"{measure(*trial(size, 1_000, names, seed))}\n")


if __name__ == "__main__":
    main()
