"""How likely the capitals of a text are."""

from __future__ import annotations

import re
from functools import cache

from extract.parse.tables import table

OPEN_KINDS = ("person_name", "signature", "place", "text")
"""Kinds of fields in which anything may be written."""

_CAPITAL = 1.5
_JOINED = re.compile(r"(?<=[^\W\d_])-([^\W\d_])")
_WORD = re.compile(r"(?<![\w\-'])[^\W\d_]\w*")  # not what follows a hyphen


def written_so(kind: str, text: str) -> float:
    """Log weight of a text's capitals: words for kinds of places are small, names are not; a
    capital inside a word is a misreading."""
    weight = 0.0
    if kind == "place":
        weight -= _CAPITAL * sum(_wants_capital(word) for word in _WORD.findall(text))
        after = [letter.isupper() for letter in _JOINED.findall(text)]
        weight -= _CAPITAL * min(sum(after), len(after) - sum(after))  # one habit in one text
    for word in text.replace("-", " ").replace(",", " ").split():
        if word.lower() in _small() and word[0].isupper():
            weight -= _CAPITAL
        if word[1:] != word[1:].lower() and not word.isupper():
            weight -= 2 * _CAPITAL
        if kind in ("person_name", "signature") and word.isupper() and len(word) > 1:
            weight -= _CAPITAL
    return weight if kind in OPEN_KINDS else 0.0


def capitalised(text: str) -> str:
    """The text with capitals where the names of places have them: not on words for their kinds,
    nor after a hyphen."""
    return _WORD.sub(
        lambda found: found[0].capitalize() if _wants_capital(found[0]) else found[0], text
    )


def _wants_capital(word: str) -> bool:
    return word[0].islower() and not is_small(word)


def is_small(word: str) -> bool:
    """Whether a word is one that stands before the names of places: ``ấp``, ``xã``."""
    return word.lower() in _small()


@cache
def _small() -> frozenset[str]:
    """Words before the names of places."""
    return frozenset(word for kind in table("places")["kinds"] for word in kind.split())
