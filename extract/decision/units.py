"""Places weighed by the country: a commune lies in a district, a district in a province.

A place whose parts lie in each other is likelier than one whose parts are no units, or lie nowhere
near; a part that is nearly such a unit may be it, misread; units that run on without a comma are
parted, and what is left over behind a province is none of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise, zip_longest

from extract.decision.choose import Drafted
from extract.decision.country import alike, chain, lies, name_of, near, provinces, written
from extract.decision.evidence import outweighs
from extract.decision.votes import is_hamlet, named_by, parts_of

RULE = "units of the country"
_WITHIN, _UNKNOWN = 6.0, 0.3  # odds of a part that lies in the next one; of one that is no unit
_RUN_ON = 0.3  # share of parts that run on without a sign between them
_LEFT_OVER = 0.3  # share of places with something behind them that is none of theirs
_HABIT = 1.0  # words that a book's habit is worth beside those of a case
_SURE = 1.0  # a person's word, which the country does not mend; hardly a reading is so sure
_TRIED, _KEPT = 4, 24  # values of a field whose parts are mended; values that are kept


def weigh_by_country(drafted: Sequence[dict[str, Drafted]]) -> None:
    """Weigh the options of places again, in place, by the country's units, and give these the
    capitals that most names of the case have, or of the book."""
    places = [
        {
            code: own
            for code, own in drafts.items()
            if own.evidence.kind == "place"
            and own.options
            and own.mark is None
            and max(own.options.values()) < _SURE
        }
        for drafts in drafted
    ]
    usual = _small([own for found in places for own in found.values()], 0.5)
    for drafts, found in zip(drafted, places, strict=True):
        small = _small([*found.values()], usual) > 0.5
        drafts |= {code: _weighed(own, small) for code, own in found.items()}


def _small(places: Sequence[Drafted], usual: float) -> float:
    """Share of names that have a capital only at their beginning, as in ``Bến-tre``, begun from
    what is usual."""
    small = [
        word[0].islower()
        for own in places
        for part in parts_of(own.value.value or "")
        for word in named_by(part.split())[1:]
    ]
    return (sum(small) + _HABIT * usual) / (len(small) + _HABIT)


def _weighed(own: Drafted, small: bool) -> Drafted:
    now = _cased(own.value.value or "", small)
    read: dict[str, float] = {}
    for value, probability in own.options.items():
        cased = _cased(value, small)
        read[cased] = read.get(cased, 0.0) + probability
    offered = dict(read)
    for value in sorted(read, key=lambda value: (-read[value], value))[:_TRIED]:
        for mended, odds in _mended(value, small):
            offered[mended] = max(offered.get(mended, 0.0), read[value] * odds)
    weights = {value: p * _likely(tuple(parts_of(value))) for value, p in offered.items()}
    scale = sum(read.values()) / sum(weights.values())
    ranked = sorted(weights, key=lambda value: (value != now, -weights[value], value))[:_KEPT]
    options = {value: weights[value] * scale for value in ranked}
    best = max(ranked, key=lambda value: options[value])
    if not outweighs(RULE, own.evidence.kind, options[best] / options[now]):
        best = now
    first = own.evidence.first and best == now
    evidence = replace(own.evidence, reader=options[best], first=first)
    return replace(own, value=replace(own.value, value=best), evidence=evidence, options=options)


@lru_cache(maxsize=50_000)
def _likely(parts: tuple[str, ...]) -> float:
    """How likely a place of these parts is, beside one of units that lie in nothing known."""
    names = [name_of(part) for part in parts if not is_hamlet(part)]
    unknown = sum(bool(name) and name not in written() for name in names)
    within = sum(lies(one, other) for one, other in pairwise(names))
    return math.pow(_WITHIN, within) * math.pow(_UNKNOWN, unknown)


def _mended(value: str, small: bool) -> Iterator[tuple[str, float]]:
    """The place with parts that run on parted, and then with one part taken for a unit that lies
    where it stands; with the odds of such a slip."""
    parts = parts_of(value)
    parted = [piece for at, part in enumerate(parts) for piece in _parted(part, parts[at + 1 :])]
    odds = math.pow(_RUN_ON, len(parted) - len(parts))
    if len(parted) > len(parts):
        yield _joined(value, parted), odds
    whole = _without_rest(parted)
    if whole != parted:
        yield _joined(value, whole), odds * _LEFT_OVER
    for at, part in enumerate(parted):
        below, above = parted[at - 1] if at else "", parted[at + 1] if at + 1 < len(parted) else ""
        for name, slip in near(name_of(part), name_of(below), name_of(above)):
            changed = [*parted[:at], _spelt(part, name, small), *parted[at + 1 :]]
            yield _joined(value, changed), odds * slip


def _joined(value: str, parts: Sequence[str]) -> str:
    """The parts with commas between them, or with dashes where the place has those."""
    return (" - " if " - " in value and "," not in value else ", ").join(parts)


def _parted(part: str, following: Sequence[str]) -> list[str]:
    """A part cut where units that lie in each other run on, behind a hamlet perhaps, or where a
    hamlet is named behind something else: ``tại nhà ấp Chợ``."""
    words = part.split()
    above = name_of(following[0]) if following else ""
    for cut in (0, *range(2, len(words) - 1)):
        begun, rest = " ".join(words[:cut]), " ".join(words[cut:])
        if cut and not is_hamlet(part) and rest[0].islower() and is_hamlet(rest):
            return [begun, *_parted(rest, following)]
        units = chain(tuple(words[cut:]), above) if not cut or is_hamlet(part) else ()
        if len(units) > (not cut):
            return [*filter(None, [begun]), *units]
    return [part]


def _without_rest(parts: Sequence[str]) -> list[str]:
    """The parts without what follows the unit that the last but one lies in."""
    for at in range(1, len(parts)):
        words = parts[at].split()
        for size in range(len(words), 1, -1):
            unit = " ".join(words[:size])
            if lies(name_of(parts[at - 1]), name_of(unit)) and name_of(unit) in provinces():
                return [*parts[:at], unit]
    return list(parts)


def _cased(value: str, small: bool) -> str:
    """The place with the capitals of the country's units."""
    for part in parts_of(value):
        if name_of(part) in written():
            value = value.replace(part, _spelt(part, name_of(part), small))
    return value


def _spelt(part: str, name: str, small: bool) -> str:
    """A part with a unit's name, its words for kinds and the placing of its tones kept."""
    words = part.split()
    kept = len(words) - len(named_by(words))
    spelt = words[:kept]
    for old, new in zip_longest(words[kept:], written()[name].split(), fillvalue=""):
        cased = new.lower() if small and len(spelt) > kept else new
        spelt.append(cased[:1] + old[1:] if alike(old) == alike(new) else cased)
    return " ".join(spelt)
