"""Names of people. The spelling is never made modern; only hyphens and case are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rapidfuzz.distance import Levenshtein

from common.text import fold, squeeze, title_case
from models import lexicon

_LEADERS = re.compile(r"[.…_]{2,}|(?<=\s)[.…_·,;:]+(?=\s|$)|^[\s.…_·,;:\-]+|[\s.…_·,;:\-]+$")
_SHORTEST = 2  # syllables of a name
_USUAL, _SHORT_NAME = 3, 0.02  # syllables of most names; how likely one is that has fewer
_NO_NAME = 1e-3  # how likely a text is a name of which a syllable is in no table
_HYPHENS = re.compile(r"\s*[-‐‑–—]\s*")


def strip_leaders(text: str) -> str:
    """Without the dots of leaders and the punctuation at the ends."""
    return squeeze(_LEADERS.sub(" ", squeeze(text)))


def parse_name(text: str) -> str | None:
    """``NGUYỄN-văn-Tư`` → ``Nguyễn Văn Tư``; None when no letter is left.

    What follows a comma (a witness's age and work) keeps its case.
    """
    name, comma, rest = _HYPHENS.sub(" ", strip_leaders(text)).partition(",")
    name = title_case(name) + (f", {squeeze(rest)}" if comma else "")
    return name if any(ch.isalpha() for ch in name) else None


def parse_kin(text: str, words: Sequence[str]) -> str | None:
    """A name, and after a comma which of the words stands behind it, but for a letter."""
    *before, last = _HYPHENS.sub(" ", strip_leaders(text)).replace(",", " ").split() or [""]
    near = [word for word in words if Levenshtein.distance(fold(last), fold(word)) <= 1]
    if not near or len(before) < _SHORTEST:
        return parse_name(text)
    return f"{parse_name(' '.join(before))}, {near[0]}"


def surname(name: str | None) -> str | None:
    """The first syllable, as written."""
    return name.split(" ")[0] if name else None


def same_syllable(one: str, other: str) -> bool:
    """Equal for comparison: case and every diacritic folded, i and y one letter."""
    return fold(one).replace("y", "i") == fold(other).replace("y", "i")


def middle_names(name: str | None) -> tuple[str, ...]:
    """The syllables between surname and given name."""
    return tuple((name or "").split(" ")[1:-1])


def likely_name(text: str) -> float:
    """How likely a text is somebody's name, beside one of usual syllables: its first one a
    surname, the others in the tables of names."""
    first, *others = text.lower().split(" ")
    if not others or first not in _surnames() or not _syllables().issuperset(others):
        return _NO_NAME
    return 1.0 if len(others) + 1 >= _USUAL else _SHORT_NAME


@cache
def _surnames() -> frozenset[str]:
    return frozenset(name.lower() for name in lexicon.surnames())


@cache
def _syllables() -> frozenset[str]:
    """Of middle and given names."""
    tables = (lexicon.middle_names(), lexicon.given_names(), lexicon.given_names(old=True))
    return frozenset(part for names in tables for name in names for part in name.lower().split())
