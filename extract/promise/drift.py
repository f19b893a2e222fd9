"""Does a book, or a clerk, err more than the others? An exact test on the audited fields.

If all erred alike, the wrong ones among the audited would fall on a book as balls drawn from an urn
(Fisher's exact test, one-sided); with several books the level is shared (Bonferroni). A false alarm
costs work, never the promise: a stopped book's errors still count (`extract.promise.proof`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import comb


@dataclass(frozen=True)
class Stopped:
    """A book or a clerk in which nothing is accepted any more."""

    name: str
    looked: int
    wrong: int


def stopped(audited: Iterable[tuple[str, bool]], alarm: float) -> list[Stopped]:
    """Those that err more than the others, from (name, right) of every audited field."""
    looked: dict[str, int] = {}
    wrong: dict[str, int] = {}
    for name, right in audited:
        looked[name] = looked.get(name, 0) + 1
        wrong[name] = wrong.get(name, 0) + (not right)
    return [
        Stopped(name, n, wrong[name])
        for name, n in sorted(looked.items())
        if len(looked) > 1 and _chance(looked, wrong, name) <= alarm / len(looked)
    ]


def _chance(looked: Mapping[str, int], wrong: Mapping[str, int], name: str) -> float:
    """Probability of so many wrong ones or more, if it errs like all."""
    total, bad, own = sum(looked.values()), sum(wrong.values()), looked[name]
    worse = range(wrong[name], min(bad, own) + 1)
    return sum(comb(bad, k) * comb(total - bad, own - k) for k in worse) / comb(total, own)
