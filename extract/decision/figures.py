"""How often each figure is taken for another (``figures.csv``).

Counted on rendered development books by ``python -m hotich.evaluation.figures BOOK…``.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
"""Shares, (true, read): how often a figure is read as each."""

Texts = Sequence[tuple[str, float]]
"""Texts of figures that were read, with their probabilities."""

_WEIGHT = 6.0  # figures that the usual table is worth beside a book's own
_TABLE = Path(__file__).with_name("figures.csv")


@cache
def usual_misreadings() -> Table:
    """The table that holds for any hand."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        counts = np.array([[float(row[str(n)]) for n in range(10)] for row in csv.DictReader(file)])
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def chance(true: str, read: str, table: Table) -> float:
    """Probability that figures are read so; as many of the one as of the other."""
    return math.prod(table.item(int(t), int(r)) for t, r in zip(true, read, strict=True))


def counted(known: Iterable[tuple[str, Texts, float]], table: Table | None = None) -> Table:
    """How often each figure was read as each; with a table, a text counts by how well it explains
    the figures."""
    counts = np.zeros((10, 10))
    for figures, texts, share in known:
        alike = [(t, p) for t, p in texts if len(t) == len(figures) and t.isdigit()]
        weights = [p if table is None else p * chance(figures, t, table) for t, p in alike]
        whole = sum(weights) if table is not None else 1.0
        for (text, _), weight in zip(alike, weights, strict=True):
            for true, read in zip(figures, text, strict=True):
                counts[int(true), int(read)] += share * weight / max(whole, 1e-12)
    return counts


def of_counts(counts: Table) -> Table:
    """Shares, (true, read), begun from what is usual."""
    counted = counts + _WEIGHT * usual_misreadings()
    return np.asarray(counted / counted.sum(axis=1, keepdims=True))
