"""The units that what was read may mean: communes in their districts in their provinces.

A beam search loses a place whose first letters were read badly. The hierarchy of units finds it
again: by its end a text is held against every unit written out with what it belongs to, and the
nearest take the place of that end. They are candidates only, to be weighed by what the reader saw.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from models import lexicon
from models.language import spellings

Words = tuple[str, ...]
Span = tuple[int, int]

_WORD = re.compile(r"[^\s,.;:()\-]+")
_KIND = re.compile(
    r"\b(?:thành phố|thị xã|thị trấn|phường|quận|huyện|tỉnh|xã|tp|tx|tt|[pqhtx])\b", re.IGNORECASE
)
_MOST, _FEW = 6, 2  # candidates
_FAR = 0.5  # share of a unit's letters that may be wrong
_UNMATCHED = 2.0  # what a wrong letter counts against a right one


@dataclass(frozen=True)
class _Names:
    """Names of so many words: the words, and all joined."""

    words: tuple[Words, ...]
    joined: tuple[str, ...]


def near(text: str) -> list[str]:
    """The text with its end replaced by each of the units that are nearest to it.

    A province of any time is proposed by itself as well, and before it a commune and its district:
    which of them belonged to the provinces of earlier times, no table says. Kinds of units
    (``Huyện``, ``TP.``), signs and capitals stay as they are in the text.
    """
    spans = [match.span() for match in _bare_words(text)]
    found = [one for one, _ in _nearest(text, spans, _units(), _MOST)]
    for one, rest in _nearest(text, spans, _provinces(), _FEW):
        found += [one, *(both for both, _ in _nearest(one, rest, _districts(), _FEW))]
    return [one for one in dict.fromkeys(found) if one != text]


def _nearest(
    text: str, spans: Sequence[Span], names: Mapping[int, _Names], most: int
) -> list[tuple[str, Sequence[Span]]]:
    """The text with names in place of the last of the words at ``spans``; the words left before."""
    found: list[tuple[float, int, Words]] = []
    for count, known in names.items():
        sizes = [size for size in (count - 1, count, count + 1) if 0 < size <= len(spans)]
        tails = [" ".join(text[a:b].lower() for a, b in spans[-size:]) for size in sizes]
        if not tails:
            continue
        wrong = cdist(tails, known.joined, scorer=Levenshtein.distance, dtype=np.uint8)
        for size, row in zip(sizes, wrong, strict=True):
            for at in np.argsort(row, kind="stable")[:2].tolist():
                length = len(known.joined[at])
                if row[at] <= _FAR * length:
                    found.append((length - _UNMATCHED * row[at], size, known.words[at]))
    found.sort(key=lambda item: -item[0])
    return [
        (_replaced(text, spans[-size:], words), spans[:-size]) for _, size, words in found[:most]
    ]


def _bare_words(text: str) -> Iterator[re.Match[str]]:
    """The words of a text that are no kind of unit."""
    kinds = {at for match in _KIND.finditer(text) for at in range(*match.span())}
    return (match for match in _WORD.finditer(text) if match.start() not in kinds)


def _replaced(text: str, spans: Sequence[Span], words: Words) -> str:
    """The text with ``words`` where the spans are: one for one, or all for all."""
    if len(spans) != len(words):
        spans, words = [(spans[0][0], spans[-1][1])], (" ".join(map(str.capitalize, words)),)
    for (first, end), word in reversed(list(zip(spans, words, strict=True))):
        cased = word.capitalize() if " " not in word and text[first].isupper() else word
        text = text[:first] + (word.upper() if text[first:end].isupper() else cased) + text[end:]
    return text


@cache
def _units() -> Mapping[int, _Names]:
    """Communes with what they belong to, districts with their province."""
    whole = {tuple(map(lexicon.bare_unit, reversed(unit))) for unit in lexicon.units()}
    today = {
        (lexicon.bare_unit(unit.commune), lexicon.bare_unit(unit.province))
        for unit in lexicon.units_2025()
    }
    return _by_count(whole | {name[1:] for name in whole} | today)


@cache
def _provinces() -> Mapping[int, _Names]:
    return _by_count((name,) for name in lexicon.provinces())


@cache
def _districts() -> Mapping[int, _Names]:
    """Communes with their district."""
    return _by_count(
        (lexicon.bare_unit(unit.commune), lexicon.bare_unit(unit.district))
        for unit in lexicon.units()
    )


def _by_count(names: Iterable[tuple[str, ...]]) -> Mapping[int, _Names]:
    """Names by the number of their words, spelt in either way; numbered units left out."""
    by_count: defaultdict[int, set[Words]] = defaultdict(set)
    for name in names:
        spelt = " ".join(part for part in name if not part[-1:].isdigit())
        words = _WORD.findall(spelt.lower())
        by_count[len(words)] |= {tuple(words), *_other_spelling(words)}
    return {
        count: _Names(tuple(sorted(found)), tuple(" ".join(words) for words in sorted(found)))
        for count, found in sorted(by_count.items())
        if count
    }


def _other_spelling(words: Sequence[str]) -> Iterator[Words]:
    """The words with every tone on the second vowel, where that differs."""
    other = tuple(spellings(word)[-1] for word in words)
    if other != tuple(words):
        yield other
