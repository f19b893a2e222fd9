"""How likely a name or a place is before it is read, and its near neighbours in the lexicons.

Values that the reader offers are weighed again, softly: a syllable that the lexicons know weighs
more than one they do not, and an unknown syllable gets its nearest known ones as further
candidates. A rare name stays when the reader is sure of it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from rapidfuzz.distance import Levenshtein

from common.text import fold
from models import lexicon

_STRENGTH = 0.35  # weight of the lexicon against the reader, in log probabilities
_UNKNOWN = math.log(2e-5)
_MARK, _LETTER = 2.0, 4.0  # cost in log probability of a wrong diacritic, of a wrong letter
_OFFERED = 4  # neighbours of one unknown syllable

Table = Mapping[str, float]


def weigh(kind: str, options: Mapping[str, float]) -> dict[str, float]:
    """The options of a field with the lexicon's word added; their sum stays what it was.

    Kinds without a lexicon come back as they are.
    """
    if kind not in ("person_name", "signature", "place", "text") or not options:
        return dict(options)
    offered = dict(options)
    leaders = sorted(options, key=lambda value: (-options[value], value))[:3]
    for value in leaders:
        for other, cost in _neighbours(kind, value):
            share = options[value] * math.exp(-cost)
            offered[other] = max(offered.get(other, 0.0), share)
    weights = {v: p * math.exp(_STRENGTH * prior(kind, v)) for v, p in offered.items()}
    scale = sum(options.values()) / sum(weights.values())
    return {value: weight * scale for value, weight in weights.items()}


def prior(kind: str, value: str) -> float:
    """Log probability of a value's syllables, from the lexicons."""
    tables = _tables(kind, value)
    words = value.split(" ")
    return sum(table.get(_key(word), _UNKNOWN) for word, table in zip(words, tables, strict=True))


def _neighbours(kind: str, value: str) -> Iterator[tuple[str, float]]:
    """The value with one unknown syllable brought to a known one, and what that costs."""
    words = value.split(" ")
    tables = _tables(kind, value)
    for place, (word, table) in enumerate(zip(words, tables, strict=True)):
        key = _key(word)
        if key in table or not key.isalpha():
            continue
        for near, cost in _nearest(kind, key):
            if near in table:
                told = near.capitalize() if word[:1].isupper() else near
                changed = word.lower().replace(key, told) if not word.isalpha() else told
                yield " ".join([*words[:place], changed, *words[place + 1 :]]), cost


@cache
def _nearest(kind: str, key: str) -> tuple[tuple[str, float], ...]:
    """Known syllables that differ in diacritics only, or in one letter."""
    bare = fold(key)
    found = dict.fromkeys(_by_fold(kind).get(bare, ()), _MARK)
    for other, words in _by_fold(kind).items():
        if other != bare and Levenshtein.distance(bare, other, score_cutoff=1) == 1:
            for word in words:
                found[word] = _LETTER + (0.0 if Levenshtein.distance(key, word) == 1 else _MARK)
    ranked = sorted(found.items(), key=lambda item: (item[1], -_all(kind).get(item[0], 0), item[0]))
    return tuple(ranked[:_OFFERED])


def _tables(kind: str, value: str) -> list[Table]:
    """The lexicon for each word of a value: names by position, other texts as one bag."""
    words = value.split(" ")
    if kind not in ("person_name", "signature"):
        return [_all(kind)] * len(words)
    name = value.partition(",")[0].split(" ")
    parts = [_surnames(), *[_middles()] * (len(name) - 2), _givens()][: len(name)]
    return [*parts, *[_all("text")] * (len(words) - len(name))]


def _key(word: str) -> str:
    return word.strip(",.;:()").lower()


def _logs(counts: Mapping[str, float]) -> dict[str, float]:
    """Log shares by syllable, so smoothed that a known one is never rarer than an unknown."""
    total = sum(counts.values())
    return {key: max(math.log(n / total), _UNKNOWN + 0.5) for key, n in counts.items()}


def _syllables(*tables: Mapping[str, float]) -> Table:
    counts: Counter[str] = Counter()
    for table in tables:
        for text, weight in table.items():
            for word in text.replace("-", " ").split():
                if key := _key(word):
                    counts[key] += math.sqrt(weight)  # type: ignore[assignment]
    return _logs(counts)


@cache
def _surnames() -> Table:
    return _syllables(lexicon.surnames())


@cache
def _middles() -> Table:
    return _syllables(lexicon.middle_names(), lexicon.given_names())


@cache
def _givens() -> Table:
    return _syllables(lexicon.given_names(), lexicon.given_names(old=True))


@cache
def _all(kind: str) -> Table:
    """Every syllable that may stand in a field of this kind."""
    if kind in ("person_name", "signature"):
        return {**_middles(), **_givens(), **_surnames()}
    words = [lexicon.phrases(name) for name in ("unit_old", "hospital")]
    if kind == "place":
        return _syllables(lexicon.places(), *words)
    kinds = ("occupation", "rank", "note", "official", "relation")
    return _syllables(*(lexicon.phrases(name) for name in kinds), *words)


@cache
def _by_fold(kind: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in _all(kind):
        found[fold(word)].append(word)
    return {key: tuple(words) for key, words in found.items()}
