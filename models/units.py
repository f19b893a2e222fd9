"""The units that what was read may mean: communes in their districts in their provinces.

A beam search loses a place whose first letters were read badly. The hierarchy of units finds it
again: by its end a text is held against every unit written out with what it belongs to, and the
nearest take the place of that end. They are candidates only, to be weighed by what the reader saw.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from models import lexicon
from models.language import spellings

Words = tuple[str, ...]

_WORD = re.compile(r"[^\s,.;:()\-]+")
_KIND = re.compile(
    r"\b(?:thành phố|thị xã|thị trấn|phường|quận|huyện|tỉnh|xã|tp|tx|tt|[pqhtx])\b", re.IGNORECASE
)
_MOST = 6  # candidates
_FAR = 0.5  # share of a unit's letters that may be wrong
_UNMATCHED = 2.0  # what a wrong letter counts against a right one


@dataclass(frozen=True)
class _Units:
    """Units of so many words: the words, and all joined, spelt in either way."""

    words: tuple[Words, ...]
    joined: tuple[str, ...]


def near(text: str) -> list[str]:
    """The text with its end replaced by each of the units that are nearest to it, nearest first.

    Kinds of units (``Huyện``, ``TP.``), signs and capitals stay as they are in the text.
    """
    spans = [match.span() for match in _bare_words(text)]
    found: list[tuple[float, int, Words]] = []
    for count, units in _units().items():
        sizes = [size for size in (count - 1, count, count + 1) if 0 < size <= len(spans)]
        tails = [" ".join(text[a:b].lower() for a, b in spans[-size:]) for size in sizes]
        if not tails:
            continue
        wrong = cdist(tails, units.joined, scorer=Levenshtein.distance, dtype=np.uint8)
        for size, row in zip(sizes, wrong, strict=True):
            for at in np.argsort(row, kind="stable")[:2].tolist():
                length = len(units.joined[at])
                if row[at] <= _FAR * length:
                    found.append((length - _UNMATCHED * row[at], size, units.words[at]))
    found.sort(key=lambda item: -item[0])
    nearest = (_replaced(text, spans[-size:], words) for _, size, words in found[:_MOST])
    return [one for one in dict.fromkeys(nearest) if one != text]


def _bare_words(text: str) -> Iterator[re.Match[str]]:
    """The words of a text that are no kind of unit."""
    kinds = {at for match in _KIND.finditer(text) for at in range(*match.span())}
    return (match for match in _WORD.finditer(text) if match.start() not in kinds)


def _replaced(text: str, spans: Sequence[tuple[int, int]], words: Words) -> str:
    """The text with ``words`` where the spans are: one for one, or all for all."""
    if len(spans) != len(words):
        spans, words = [(spans[0][0], spans[-1][1])], (" ".join(map(str.capitalize, words)),)
    for (first, end), word in reversed(list(zip(spans, words, strict=True))):
        cased = word.capitalize() if " " not in word and text[first].isupper() else word
        text = text[:first] + (word.upper() if text[first:end].isupper() else cased) + text[end:]
    return text


@cache
def _units() -> dict[int, _Units]:
    """Units with what they belong to, by the number of their words."""
    names = {tuple(map(lexicon.bare_unit, reversed(unit))) for unit in lexicon.units()}
    names |= {name[1:] for name in names}
    names |= {
        (lexicon.bare_unit(unit.commune), lexicon.bare_unit(unit.province))
        for unit in lexicon.units_2025()
    }
    by_count: defaultdict[int, set[Words]] = defaultdict(set)
    for name in names:
        spelt = " ".join(part for part in name if not part[-1:].isdigit())
        words = _WORD.findall(spelt.lower())
        by_count[len(words)] |= {tuple(words), *_other_spelling(words)}
    return {
        count: _Units(tuple(sorted(units)), tuple(" ".join(words) for words in sorted(units)))
        for count, units in sorted(by_count.items())
    }


def _other_spelling(words: Sequence[str]) -> Iterator[Words]:
    """The words with every tone on the second vowel, where that differs."""
    other = tuple(spellings(word)[-1] for word in words)
    if other != tuple(words):
        yield other
