"""Sets the match weights by simulation, and measures them on people never fitted on.

    python -m extract.match.fit NAMES_DIR      # surname.tsv, middle.tsv, given.tsv

writes ``weights.yaml`` beside this file: maximum likelihood of the conditional logit of `score`
with a small ridge, by Newton's method; then recall, precision and calibration on fresh people.
"""

from __future__ import annotations

import csv
import math
import sys
from pathlib import Path
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

_PLACES = [
    f"Làng {village}, Quận {district}, Tỉnh {province}"
    for province, district in [
        ("Gia Định", "Gò Vấp"), ("Định Tường", "Cai Lậy"), ("Long An", "Bến Lức"),
        ("Vĩnh Long", "Tam Bình"), ("Quảng Nam", "Điện Bàn"), ("Phong Dinh", "Ô Môn"),
    ]
    for village in ("Tân Phú", "Mỹ Hạnh", "Long Thạnh", "An Bình", "Hòa Lợi", "Phước Hậu")
]  # fmt: skip


class Question(NamedTuple):
    """One query's candidates: (candidates, features), and the row of the truth (-1: nobody)."""

    evidence: NDArray[np.float64]
    offset: float
    truth: int


def load_names(folder: Path) -> Names:
    """Name tables with counts: ``surname.tsv``, ``middle.tsv``, ``given.tsv``."""

    def table(file: str, column: str, *counts: str) -> dict[str, int]:
        with (folder / file).open(encoding="utf-8") as rows:
            read = csv.DictReader(rows, delimiter="\t")
            return {row[column]: n for row in read if (n := sum(int(row[c]) for c in counts)) > 0}

    return Names(
        surnames=table("surname.tsv", "surname", "count"),
        male=table("given.tsv", "given", "male"),
        female=table("given.tsv", "given", "female"),
        male_middle=table("middle.tsv", "middle", "male"),
        female_middle=table("middle.tsv", "middle", "female"),
        places=_PLACES,
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


def main(folder: Path) -> None:
    names = load_names(folder)
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
    main(Path(sys.argv[1]))
