"""Names of people. The spelling is never made modern; only hyphens and case are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from common.text import fold, squeeze, title_case

_LEADERS = re.compile(r"[.…_]{2,}|(?<=\s)[.…_·,;:]+(?=\s|$)|^[\s.…_·,;:\-]+|[\s.…_·,;:\-]+$")
_SHORTEST = 2  # syllables of a name
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
