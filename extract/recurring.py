"""Values that a book repeats: its office, its officers. Read often, each time a little wrong."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from common.text import fold

Favour = Callable[[str], float]

_SLIP = 0.08  # share of letters that are misread
NEW = 0.002
"""Share of values that stand only once in a book where one value is the rule."""
_TRIED = 6  # values of each reading that may be the book's
_MOST = 60  # values that are tried for the book
_ROUNDS = 20
_LETTERS = 3  # of so many letters of a known value one may be misread
_UNKNOWN = 0.05  # how likely a value is that is in no list, beside those that are
_ALONE = 0.9  # readings that a value must explain beyond its own


def recurring(
    readings: Sequence[Mapping[str, float]],
    new: float = NEW,
    favour: Favour | None = None,
    known: Set[str] = frozenset(),
) -> list[dict[str, float]]:
    """What each reading most likely says, when few values stand behind all of them.

    A mixture fitted by expectation and maximisation (Dempster et al. 1977): every reading is one
    of the book's values, its letters now and then misread, or a value of its own.

    Args:
        readings: for each place of the book its values with their probabilities.
        new: share of values that stand in the book only once.
        favour: how much likelier than others a value is the book's, by what else is known.
        known: values that such a column often has; others that stand once are unlikely.

    Returns:
        For each reading the probabilities of the book's values and of its own.
    """
    readings = [_listed(own, known) for own in readings]
    pooled: Counter[str] = Counter()
    for own in readings:
        for value, probability in _best(own):
            pooled[value] += probability  # type: ignore[assignment]
    values = [value for value, _ in pooled.most_common(_MOST)]
    likely = [{value: _likelihood(value, own) for value in values} for own in readings]
    shares = {value: pooled[value] / sum(pooled.values()) for value in values}
    favours = {value: favour(value) if favour else 1.0 for value in values}
    if known:
        favours = {v: f if v in known else _UNKNOWN * f for v, f in favours.items()}
    for _ in range(_ROUNDS):
        counts = dict.fromkeys(values, 0.0)
        for own in likely:
            whole = sum(shares[value] * own[value] for value in values)
            if whole > 0:
                for value in values:
                    counts[value] += shares[value] * own[value] / whole
        shared = {v: favours[v] * max(count - _ALONE, 0.0) for v, count in counts.items()}
        total = max(sum(shared.values()), 1e-9)
        shares = {value: count / total for value, count in shared.items()}
    found = [
        _posterior(own, chances, shares, new) for own, chances in zip(readings, likely, strict=True)
    ]
    if known:
        capital = _always_capital(readings, known)
        large = _begins_large(readings)
        return [_as_listed(values, known - capital, large) for values in found]
    return [_cased(values, own) for values, own in zip(found, readings, strict=True)]


def _always_capital(readings: Sequence[Mapping[str, float]], known: Set[str]) -> frozenset[str]:
    """Values in small letters that the list has with a capital too, and so all of the book."""
    forms = [value for own in readings for value, _ in _best(own)[:1]]
    return frozenset(
        value
        for value in known
        if value.capitalize() in known and value.capitalize() in forms and value not in forms
    )


def _begins_large(readings: Sequence[Mapping[str, float]]) -> bool:
    """Whether most readings begin with a capital."""
    begins = [value[:1].isupper() for own in readings for value, _ in _best(own)[:1]]
    return sum(begins) > len(begins) / 2


def _as_listed(found: Mapping[str, float], known: Set[str], large: bool) -> dict[str, float]:
    """Values with the capitals of the list, the first letter as in most of the book."""
    small = {value for value in known if value == value.lower()}
    cased: dict[str, float] = {}
    for value, probability in found.items():
        form = value.lower() if value.lower() in small else value
        form = form[:1].upper() + form[1:] if large and form != value else form
        cased[form] = cased.get(form, 0.0) + probability
    return cased


def _listed(own: Mapping[str, float], known: Set[str]) -> Mapping[str, float]:
    """A reading with known values near it, those that are not known less likely."""
    if not known:
        return own
    near = {value: _likelihood(value, own) for value in known if _is_near(value, own)}
    listed = {value: p if value in known else _UNKNOWN * p for value, p in own.items()}
    for value, probability in near.items():
        listed[value] = max(listed.get(value, 0.0), probability)
    scale = sum(own.values()) / max(sum(listed.values()), 1e-9)
    return {value: p * scale for value, p in listed.items()}


def _is_near(value: str, own: Mapping[str, float]) -> bool:
    most = max(1, len(value) // _LETTERS)
    return any(_apart(value.lower(), read.lower()) <= most for read, _ in _best(own))


def _cased(found: Mapping[str, float], own: Mapping[str, float]) -> dict[str, float]:
    """Values with the capitals of the reading itself, where it reads them at all."""
    forms = {value.lower(): value for value, _ in sorted(own.items(), key=lambda item: item[1])}
    cased: dict[str, float] = {}
    for value, probability in found.items():
        form = forms.get(value.lower(), value)
        cased[form] = cased.get(form, 0.0) + probability
    return cased


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
    return sum(
        probability * math.pow(_SLIP, _apart(value.lower(), read.lower()))
        for read, probability in _best(own)
    )


@lru_cache(maxsize=100_000)
def _apart(one: str, other: str) -> float:
    """Letters by which two texts differ; one that differs in its marks alone counts half."""
    bare = Levenshtein.distance(_fold(one), _fold(other))
    return (Levenshtein.distance(one, other) + bare) / 2


@lru_cache(maxsize=10_000)
def _fold(text: str) -> str:
    return fold(text)


def _best(own: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(own.items(), key=lambda item: (-item[1], item[0]))[:_TRIED]
