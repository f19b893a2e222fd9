"""Sets the match weights by simulation, and measures matches against the truth.

    python -m extract.match.fit

draws lists and queries (`simulate`), counts how far true pairs and pairs by chance agree (m and u),
and weighs the fields by the greatest likelihood of the true rows; writes ``weights.yaml``.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from extract.match.build import index_of
from extract.match.evidence import (
    FIELDS,
    LEVELS,
    WEIGHTS,
    Evidence,
    Learnt,
    total,
)
from extract.match.index import PeopleIndex
from extract.match.people import Person
from extract.match.score import DEFAULTS, Match
from extract.match.simulate import Question, Trial, is_person, questions

_LISTS = ((1, 20_000, 1_500), (2, 60_000, 2_000), (3, 150_000, 2_000))  # seed, people, queries
_TRIED = 40  # candidates of a query that weights are fitted on
_RANDOM = 30  # rows drawn by chance for each query
_BARE = 2  # of so many queries one is asked with name and day only, too
_SMOOTH = 1.0
_RIDGE = 0.5
_SIBLINGS, _FIRM = 3.0, 2.0  # brothers and sisters of a person in a list, and how firmly it is held


class Asked:
    """A simulated list, its index, and its queries with the rows of the truth."""

    def __init__(self, seed: int, people: int, queries: int) -> None:
        trial = Trial(people, queries, seed)
        listed = list(trial.rows())
        self.index: PeopleIndex = index_of(listed)
        self.questions: list[Question] = questions(trial.chosen, seed)
        wanted = {truth for _, truth in self.questions}
        self.rows: dict[str, list[int]] = {}
        for row, person in enumerate(listed):
            who = person.id.rpartition("-")[0]
            if who in wanted:
                self.rows.setdefault(who, []).append(row)

    def truth(self, who: str | None) -> list[int]:
        """The rows of one person."""
        return self.rows.get(who or "", [])


@dataclass(frozen=True)
class Cases:
    """Candidates of many queries, query by query.

    Attributes:
        said: (candidates, fields), not weighed.
        people: for each candidate, the size of the list.
        starts: where each query's candidates begin.
        true: which candidates are the truth.
    """

    said: NDArray[np.float64]
    people: NDArray[np.float64]
    starts: NDArray[np.int64]
    true: NDArray[np.bool_]


def count_levels(lists: Sequence[Asked]) -> tuple[dict[str, Any], dict[str, Any]]:
    """m and u: the share of each level of each field, among true pairs and by chance."""
    rng = np.random.default_rng(0)
    m, u = (
        {field: np.full(len(levels), _SMOOTH) for field, levels in LEVELS.items()} for _ in "mu"
    )
    for asked in lists:
        evidence = Evidence(asked.index)
        for query, who in asked.questions:
            true = asked.truth(who)
            chance = rng.integers(len(asked.index.rows), size=_RANDOM)
            rows = np.array([*true, *chance])
            levels = evidence.levels(query, asked.index.rows[rows])
            for at, (field, names) in enumerate(LEVELS.items()):
                column = levels[:, at]
                m[field] += np.bincount(column[: len(true)], minlength=len(names))
                u[field] += np.bincount(column[len(true) :], minlength=len(names))
    return {f: _shares(f, c) for f, c in m.items()}, {f: _shares(f, c) for f, c in u.items()}


def _shares(field: str, counts: NDArray[np.float64]) -> dict[str, float]:
    """Shares of each level among pairs where neither side is empty; of dates, each kind apart."""
    names = LEVELS[field]
    known = {name: float(count) for name, count in zip(names[1:], counts[1:], strict=True)}
    partial = ("month", "year", "year_digit", "near_partial", "differ_partial")
    groups = (partial, [n for n in known if n not in partial]) if field == "birth" else (known,)
    sums = {name: sum(known[other] for other in group) for group in groups for name in group}
    return {name: float(f"{known[name] / sums[name]:.3g}") for name in known}


def cases_of(lists: Sequence[Asked], weights: Learnt) -> Cases:
    """The best candidates of every query under ``weights``, the truth among them if found; and
    those of some queries that tell the name and the day only."""
    said, people, starts, true, done = [], [], [], [], 0
    for asked in lists:
        evidence = Evidence(asked.index, weights)
        bare = [(Person(q.id, q.name, q.birth), who) for q, who in asked.questions[::_BARE]]
        for query, who in [*asked.questions, *bare]:
            rows = asked.index.candidates(query)
            if not len(rows):
                continue
            _, own = evidence.compare(query, asked.index.rows[rows])
            kept = np.argsort(-evidence.total(own), kind="stable")[:_TRIED]
            said.append(own[kept])
            people.append(np.full(len(kept), float(len(asked.index))))
            true.append(np.isin(rows[kept], asked.truth(who)))
            starts.append(done)
            done += len(kept)
    return Cases(
        np.concatenate(said), np.concatenate(people), np.array(starts), np.concatenate(true)
    )


def fit(cases: Cases, start: Learnt, share: float) -> tuple[Learnt, float]:
    """The weights of the greatest likelihood; no field counts more than once (1), none less than 0.

    Args:
        share: of queries whose person is in the list, to begin with; the second that is returned.
    """
    fields = len(FIELDS)

    def unpacked(values: NDArray[np.float64]) -> Learnt:
        return replace(
            start, weight=values[:fields],
            siblings=math.exp(values[fields + 1]), twins=math.exp(values[fields + 2]),
        )  # fmt: skip

    def loss(values: NDArray[np.float64]) -> float:
        odds = total(cases.said, unpacked(values), cases.people) - np.log(cases.people)
        odds += values[fields]
        whole = np.logaddexp(np.logaddexp.reduceat(odds, cases.starts), 0.0)
        right = np.logaddexp.reduceat(np.where(cases.true, odds, -np.inf), cases.starts)
        right = np.where(np.isfinite(right), right, 0.0)
        strayed = float(((values[:fields] - 0.8) ** 2).sum())
        strayed += _FIRM / _RIDGE * float(values[fields + 1] - math.log(_SIBLINGS)) ** 2
        return float((whole - right).sum()) + _RIDGE * strayed

    prior = math.log(share / (1 - share))
    first = np.array([*start.weight, prior, math.log(start.siblings), math.log(start.twins)])
    bounds = [(0.05, 1.0)] * fields + [(-4.0, 4.0), (-2.0, 4.0), (-8.0, 0.0)]
    found = minimize(loss, first, method="L-BFGS-B", bounds=bounds, options={"maxiter": 40})
    return unpacked(found.x), 1 / (1 + math.exp(-found.x[fields]))


@dataclass(frozen=True)
class Figures:
    """What matching gave: shares, and the calibration error of the best score (10 bins)."""

    queries: int
    present: float
    recall_at_1: float
    recall: float
    precision: float
    calibration_error: float
    bins: tuple[tuple[int, float, float], ...]


def figures(asked: Sequence[Question], best: Sequence[Match | None]) -> Figures:
    """Compare each query's best row, at any score, with the truth."""
    scores = np.array([match.score if match else 0.0 for match in best])
    right = np.array(
        [
            match is not None and is_person(match.id, truth)
            for match, (_, truth) in zip(best, asked, strict=True)
        ]
    )
    present = max(sum(truth is not None for _, truth in asked), 1)
    kept = scores >= DEFAULTS.threshold
    bins = np.minimum((scores * 10).astype(int), 9)
    rows = tuple(
        (int((bins == b).sum()), float(scores[bins == b].mean()), float(right[bins == b].mean()))
        for b in range(10)
        if (bins == b).any()
    )
    return Figures(
        len(asked),
        present / len(asked),
        float(right.sum() / present),
        float(right[kept].sum() / present),
        float(right[kept].mean()) if kept.any() else 1.0,
        float(sum(n * abs(said - true) for n, said, true in rows) / max(len(asked), 1)),
        rows,
    )


def main() -> None:
    """Fit and write the weights."""
    lists = [Asked(*one) for one in _LISTS]
    m, u = count_levels(lists)
    start = {"m": m, "u": u, "weight": dict.fromkeys(FIELDS, 0.8)}
    weights, share = Learnt.of({**start, "siblings": _SIBLINGS, "twins": 0.01}), 0.8
    for _ in range(2):
        weights, share = fit(cases_of(lists, weights), weights, share)
    note = "# Set by `python -m extract.match.fit`; see evidence.py.\n"
    body: Mapping[str, Any] = {
        "fitted_on": "; ".join(
            f"list of {people} people, {queries} queries, seed {seed}"
            for seed, people, queries in _LISTS
        ),
        "siblings": round(weights.siblings, 3),
        "twins": round(weights.twins, 5),
        "weight": dict(zip(FIELDS, np.round(weights.weight, 3).tolist(), strict=True)),
        "m": m,
        "u": u,
    }
    WEIGHTS.write_text(note + yaml.safe_dump(body, sort_keys=False), "utf-8")
    sys.stdout.write(f"{WEIGHTS}\n")


if __name__ == "__main__":
    main()
