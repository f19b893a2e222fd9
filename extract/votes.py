"""What a book says again and again: the villages of one commune, the trades of its people.

Every reading of a place votes, with its probability, for its parts (between commas). A value whose
parts the rest of the book also reads is likelier than one that only this entry would have.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from extract.choose import Drafted

_STRENGTH = 0.3
_UNSEEN = 0.3  # votes that a part has which nothing else in the book supports
_KINDS = ("place",)


def vote(drafted: Sequence[dict[str, Drafted]]) -> None:
    """Weigh the options of places and other free text again, in place, by the whole book."""
    votes: dict[str, Counter[str]] = {kind: Counter() for kind in _KINDS}
    for own in _free(drafted):
        kind = own.evidence.kind
        for value, probability in own.options.items():
            for part in set(_parts(value)):
                votes[kind][part] += probability  # type: ignore[assignment]
    for drafts in drafted:
        for code, own in drafts.items():
            if own.evidence.kind in _KINDS and own.options and own.mark is None:
                drafts[code] = _weighed(own, votes[own.evidence.kind])


def _free(drafted: Sequence[dict[str, Drafted]]) -> Iterable[Drafted]:
    for drafts in drafted:
        for own in drafts.values():
            if own.evidence.kind in _KINDS and own.mark is None:
                yield own


def _weighed(own: Drafted, votes: Mapping[str, float]) -> Drafted:
    """The field with its options weighed by what others said, its own votes left out."""
    mine: Counter[str] = Counter()
    for value, probability in own.options.items():
        for part in set(_parts(value)):
            mine[part] += probability  # type: ignore[assignment]
    weights = {}
    for value, probability in own.options.items():
        parts = _parts(value)
        said = [math.log(votes[part] - mine[part] + _UNSEEN) for part in parts]
        weights[value] = probability * math.exp(_STRENGTH * sum(said) / max(len(said), 1))
    scale = sum(own.options.values()) / sum(weights.values())
    options = {value: weight * scale for value, weight in weights.items()}
    best = max(sorted(options), key=lambda value: options[value])
    evidence = replace(
        own.evidence,
        reader=options[best],
        first=own.evidence.first and best == own.value.value,
    )
    return replace(own, value=replace(own.value, value=best), evidence=evidence, options=options)


def _parts(value: str) -> list[str]:
    return [part for part in (piece.strip().lower() for piece in value.split(",")) if part]
