"""How likely a text is before it is read, by the syllables that the lexicons know."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from extract.grammars import syllable_weights
from models import lexicon

UNKNOWN = -11.0
"""Log share of a syllable that no table has."""


def prior(kind: str, text: str) -> float:
    """Log share of a text's syllables; for a kind without a lexicon, that of an unknown word."""
    words = [word.strip(",.;:()").lower() for word in text.replace("-", " ").split()]
    known = _table(kind)
    return sum(max(known.get(word, UNKNOWN), UNKNOWN) for word in words if word)


@cache
def _table(kind: str) -> Mapping[str, float]:
    if kind in ("person_name", "signature"):
        names = [lexicon.surnames(), lexicon.middle_names()]
        return syllable_weights([*names, lexicon.given_names(), lexicon.given_names(old=True)])
    if kind == "place":
        return syllable_weights([lexicon.places(), lexicon.phrases("unit_old")])
    if kind == "text":
        kinds = ("occupation", "rank", "note", "official", "relation")
        return syllable_weights([lexicon.phrases(name) for name in kinds])
    return {}
