"""How many of those asked for are in the list at all: told by the queries, and how surely.

Each query's evidence says how likely it is that its person is listed; together they say what share
of the queries is (a mixture of two kinds). Few queries leave that share open, so that it is never
one number: a probability is the mean over all shares, by how likely each is. Before any query every
share is as likely as another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

# shares from 0.0001 to 0.9999
_LOGITS: NDArray[np.float64] = np.linspace(-9.2, 9.2, 93, dtype=np.float64)
_PRIOR = 2.0  # queries that the share looked for beforehand counts as


class Present:
    """What is believed of the share of queries whose person is in the list.

    Attributes:
        logits: shares, as log odds.
        weights: how likely each is; their sum is 1.
    """

    def __init__(self, logits: NDArray[np.float64], weights: NDArray[np.float64]) -> None:
        self.logits, self.weights = logits, weights

    @classmethod
    def known(cls, share: float) -> Self:
        """The share is known: over 0 and under 1."""
        return cls(np.log([share / (1 - share)]), np.ones(1))

    @classmethod
    def learnt(cls, masses: Sequence[float], usual: float = 0.5) -> Self:
        """What queries tell.

        Args:
            masses: of each query, the log of its candidates' summed odds (`score.Scored.mass`).
            usual: the share looked for before any query; it weighs as much as two of them.
        """
        there, not_there = _log_share(_LOGITS), _log_share(-_LOGITS)
        told: NDArray[np.float64] = _PRIOR * (usual * there + (1 - usual) * not_there)
        for mass in masses:
            told += np.logaddexp(mass + there, not_there)
        weights = np.exp(told - told.max())
        return cls(_LOGITS, weights / weights.sum())

    @property
    def share(self) -> float:
        """The mean share."""
        return float(self.weights @ np.exp(_log_share(self.logits)))

    def chance(self, mass: float) -> float:
        """The probability that a query of this mass is of someone listed."""
        return float(self.weights @ np.exp(_log_share(mass + self.logits)))


def _log_share(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-np.logaddexp(0.0, -logits))
