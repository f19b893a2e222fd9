"""Intervals for a share of wrong cells, and how many cells must be looked at.

Clopper & Pearson 1934. Over several strata, drawn in even shares, the number of wrong cells is a
sum of independent draws of unequal chances; its tails are no heavier than the binomial's of the
same mean (Hoeffding 1956; drawing without replacement makes them lighter still), so the same
interval holds for the whole.
"""

from __future__ import annotations

from scipy.special import betaincinv  # type: ignore[import-untyped]


def interval(wrong: int, looked: int, confidence: float) -> tuple[float, float]:
    """The two-sided interval for the share that is wrong; all of 0 to 1 when nobody looked."""
    if looked == 0:
        return 0.0, 1.0
    tail = (1 - confidence) / 2
    low = float(betaincinv(wrong, looked - wrong + 1, tail)) if wrong else 0.0
    high = float(betaincinv(wrong + 1, looked - wrong, 1 - tail)) if wrong < looked else 1.0
    return low, high


def size_for(half_width: float, confidence: float, expected: float) -> int:
    """The least sample whose interval is at most twice ``half_width`` wide when the share
    ``expected`` of it is wrong."""
    low, high = 1, 2
    while _width(high, confidence, expected) > 2 * half_width:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if _width(middle, confidence, expected) > 2 * half_width:
            low = middle
        else:
            high = middle
    return high


def _width(looked: int, confidence: float, expected: float) -> float:
    low, high = interval(round(expected * looked), looked, confidence)
    return high - low
