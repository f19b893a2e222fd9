"""The plain way: every query against every row with rapidfuzz, field by field, on one core."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cdist

from common.text import fold
from extract.match.people import Person

FIELDS = ("name", "birth", "father", "mother", "place")
_WEIGHTS = (3.0, 2.0, 1.5, 1.5, 0.5)


class BruteForce(NamedTuple):
    """For each query the best row's number and its mean likeness; CPU seconds a query."""

    rows: list[int]
    scores: list[float]
    seconds: float


def folded(people: Sequence[Person]) -> dict[str, list[str]]:
    """The fields of people, without marks."""
    return {
        field: [fold(getattr(person, field).replace("-", " ")) for person in people]
        for field in FIELDS
    }


def brute_force(queries: Sequence[Person], rows: dict[str, list[str]]) -> BruteForce:
    """The weighed mean of ``fuzz.ratio`` over the fields that both sides have."""
    filled = {field: np.array([bool(text) for text in rows[field]]) for field in FIELDS}
    best, scores = [], []
    began = time.process_time()
    for query in queries:
        likeness: NDArray[np.float32] = np.zeros(len(rows["name"]), np.float32)
        weight = np.zeros(len(rows["name"]), np.float32)
        for field, share in zip(FIELDS, _WEIGHTS, strict=True):
            asked = fold(getattr(query, field).replace("-", " "))
            if asked:
                said = cdist([asked], rows[field], scorer=fuzz.ratio, dtype=np.float32, workers=1)
                likeness += share * said[0] * filled[field]
                weight += share * filled[field]
        likeness /= np.maximum(weight, 3.0)
        best.append(int(likeness.argmax()))
        scores.append(float(likeness.max()))
    return BruteForce(best, scores, (time.process_time() - began) / max(len(queries), 1))
