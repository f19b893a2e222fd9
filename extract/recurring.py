"""Values that a book repeats: its office, its officers. Read often, each time a little wrong."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from rapidfuzz.distance import Levenshtein

_SLIP = 0.08  # share of letters that are misread
NEW = 0.02
"""Share of values that stand only once in a book where one value is the rule."""
_TRIED = 6  # values of each reading that may be the book's
_MOST = 60  # values that are tried for the book
_ROUNDS = 20
_ALONE = 0.9  # readings that a value must explain beyond its own


def recurring(readings: Sequence[Mapping[str, float]], new: float = NEW) -> list[dict[str, float]]:
    """What each reading most likely says, when few values stand behind all of them.

    A mixture fitted by expectation and maximisation (Dempster et al. 1977): every reading is one
    of the book's values, its letters now and then misread, or a value of its own.

    Args:
        readings: for each place of the book its values with their probabilities.
        new: share of values that stand in the book only once.

    Returns:
        For each reading the probabilities of the book's values and of its own.
    """
    pooled: Counter[str] = Counter()
    for own in readings:
        for value, probability in _best(own):
            pooled[value] += probability  # type: ignore[assignment]
    values = [value for value, _ in pooled.most_common(_MOST)]
    likely = [{value: _likelihood(value, own) for value in values} for own in readings]
    shares = {value: weight / sum(pooled.values()) for value, weight in pooled.items()}
    for _ in range(_ROUNDS):
        counts = dict.fromkeys(values, 0.0)
        for own in likely:
            whole = sum(shares[value] * own[value] for value in values)
            if whole > 0:
                for value in values:
                    counts[value] += shares[value] * own[value] / whole
        shared = {value: max(count - _ALONE, 0.0) for value, count in counts.items()}
        total = max(sum(shared.values()), 1e-9)
        shares = {value: count / total for value, count in shared.items()}
    return [
        _posterior(own, chances, shares, new) for own, chances in zip(readings, likely, strict=True)
    ]


def _posterior(
    own: Mapping[str, float],
    chances: Mapping[str, float],
    shares: Mapping[str, float],
    new: float,
) -> dict[str, float]:
    found = {value: (1 - new) * shares[value] * chances[value] for value in chances}
    for value, probability in own.items():
        found[value] = found.get(value, 0.0) + new * probability
    whole = sum(found.values())
    if whole == 0:  # letters too improbable for a float: nothing to weigh
        return dict(own)
    return {value: weight / whole for value, weight in found.items() if weight > 1e-4 * whole}


def _likelihood(value: str, own: Mapping[str, float]) -> float:
    """Probability of a reading where this value is written."""
    small = value.lower()
    return sum(
        probability * math.pow(_SLIP, Levenshtein.distance(small, read.lower()))
        for read, probability in _best(own)
    )


def _best(own: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(own.items(), key=lambda item: (-item[1], item[0]))[:_TRIED]
