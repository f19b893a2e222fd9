"""How likely a text is before it is read, by the syllables that the lexicons know."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from extract.grammars import syllable_weights
from extract.parse.tables import table
from models import lexicon

OPEN_KINDS = ("person_name", "signature", "place", "text")
"""Kinds of fields in which anything may be written."""

_CAPITAL = 1.5
UNKNOWN = -11.0
"""Log share of a syllable that no table has."""


def prior(kind: str, text: str) -> float:
    """Log share of a text's syllables; for a kind without a lexicon, that of an unknown word."""
    words = [word.strip(",.;:()").lower() for word in text.replace("-", " ").split()]
    known = _table(kind)
    return sum(max(known.get(word, UNKNOWN), UNKNOWN) for word in words if word)


def written_so(kind: str, text: str) -> float:
    """Log weight of a text's capitals: words for kinds of places are small, names are not; a
    capital inside a word is a misreading."""
    weight = 0.0
    for word in text.replace("-", " ").replace(",", " ").split():
        if word.lower() in _small() and word[0].isupper():
            weight -= _CAPITAL
        if word[1:] != word[1:].lower() and not word.isupper():
            weight -= 2 * _CAPITAL
        if kind in ("person_name", "signature") and word.isupper() and len(word) > 1:
            weight -= _CAPITAL
    return weight if kind in OPEN_KINDS else 0.0


@cache
def _small() -> frozenset[str]:
    """Words before the names of places."""
    return frozenset(word for kind in table("places")["kinds"] for word in kind.split())


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
