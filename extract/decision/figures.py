"""How often each figure is taken for another (``figures.csv``).

Counted on rendered development books by ``python -m hotich.evaluation.figures BOOK…``.
"""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
"""Shares, (true, read): how often a figure is read as each."""

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
