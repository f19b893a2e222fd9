"""What clerks and readers make of a name or a date, drawn at the rates of ``noise.yaml`` and, for
readers, of ``reader.yaml``."""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from random import Random
from typing import Any

from rapidfuzz.distance import Levenshtein

from common.tables import yaml_table
from common.text import TONES, fold, nfc
from models.lexicon import given_names, middle_names, surnames

_HERE = Path(__file__).parent
CONFUSION, READER = _HERE / "confusion.tsv", _HERE / "reader.yaml"


@cache
def rates(group: str) -> Mapping[str, Any]:
    """One group of shares of ``noise.yaml``; ``reader``, of ``reader.yaml``."""
    table = READER if group == "reader" else _HERE / "noise.yaml"
    shares: Mapping[str, Any] = yaml_table(table)[group]
    return shares


def clerks_name(name: str, rng: Random, *, old: bool = False) -> str:
    """A name as one clerk writes it; ``old``: of the time of hyphens."""
    share = rates("clerk")
    words = [
        _drifted(word, rng) if rng.random() < share["drift"] else word for word in name.split()
    ]
    if rng.random() < share["no_marks"]:
        words = [fold(word).capitalize() for word in words]
    if len(words) > 2 and rng.random() < share["short"]:
        words[1] = words[1][0] + "."
    return ("-" if old and rng.random() < share["hyphens"] else " ").join(words)


def read_text(text: str, rng: Random, severity: float) -> str:
    """A text as a reader reads it; ``severity`` 1 is the mean of the measured books."""
    words = [_read_syllable(word, rng, severity) for word in text.split(" ")]
    return " ".join(word for word in words if word) or text


def read_date(text: str, rng: Random, severity: float) -> str:
    """``DD.MM.YYYY`` or less as a reader reads it."""
    share = rates("reader")
    if rng.random() < share["no_date"] * severity:
        return ""
    century = range(len(text) - 4, len(text) - 2)  # hardly misread

    def misread() -> bool:
        return bool(rng.random() < share["digit"] * severity)

    return "".join(
        str(rng.randrange(10)) if ch.isdigit() and at not in century and misread() else ch
        for at, ch in enumerate(text)
    )


def near_name(name: str, rng: Random) -> str:
    """Another name of the same surname: one syllable behind it has another mark or letter, or is
    a syllable like it."""
    words = name.split()
    if words:
        at = rng.randrange(min(1, len(words) - 1), len(words))
        words[at] = _MISREAD[rng.choice(("marks", "letter", "syllable"))](words[at], rng)
    return " ".join(words)


def _drifted(word: str, rng: Random) -> str:
    fitting = [(old, new) for old, new in _drift() if old in word]
    if not fitting:
        return word
    old, new = rng.choice(fitting)
    return word.replace(old, new, 1)


def _read_syllable(word: str, rng: Random, severity: float) -> str:
    share, draw = rates("reader"), rng.random() / severity
    for kind in ("marks", "letter", "syllable", "any", "lost"):
        if draw < share[kind]:
            return _MISREAD[kind](word, rng)
        draw -= share[kind]
    return word


def _other_mark(word: str, rng: Random) -> str:
    places = [at for at, ch in enumerate(word) if fold(ch) in tuple("aeiouy")]
    if not places:
        return word
    at = rng.choice(places)
    bare = "".join(ch for ch in unicodedata.normalize("NFD", word[at]) if ch not in TONES)
    marked = nfc(bare + rng.choice(TONES))
    return word[:at] + (marked if marked != word[at] else nfc(bare)) + word[at + 1 :]


def _other_letter(word: str, rng: Random) -> str:
    places = [at for at, ch in enumerate(word) if ch.lower() in _confusion()]
    if not places:
        return word
    at = rng.choice(places)
    letters, counts = _confusion()[word[at].lower()]
    letter = rng.choices(letters, counts)[0]
    return word[:at] + (letter.upper() if word[at].isupper() else letter) + word[at + 1 :]


def _other_syllable(word: str, rng: Random) -> str:
    words, counts = _beside(fold(word))
    return rng.choices(words, counts)[0] if words else _other_letter(word, rng)


def _any_syllable(word: str, rng: Random) -> str:
    words, counts = syllables()
    return rng.choices(words, counts)[0]


def _lost(word: str, rng: Random) -> str:
    return ""


_MISREAD = {
    "marks": _other_mark,
    "letter": _other_letter,
    "syllable": _other_syllable,
    "any": _any_syllable,
    "lost": _lost,
}


@cache
def _drift() -> Sequence[tuple[str, str]]:
    """Spellings and what clerks write instead, both ways."""
    pairs = yaml_table(_HERE / "noise.yaml")["drift"]
    return [(old, new) for pair in pairs for old, new in (pair, pair[::-1])]


@cache
def _confusion() -> Mapping[str, tuple[Sequence[str], Sequence[int]]]:
    """For each letter, those it was read as, with counts."""
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    with CONFUSION.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found[row["written"]][row["read"]] = int(row["count"])
    return {letter: (list(read), list(read.values())) for letter, read in found.items()}


@cache
def syllables() -> tuple[Sequence[str], Sequence[float]]:
    """Every syllable of names, and its weight."""
    weights: defaultdict[str, float] = defaultdict(float)
    for table in (surnames(), middle_names(), given_names(), given_names(old=True)):
        for name, weight in table.items():
            for syllable in name.split():
                weights[syllable] += weight
    return list(weights), list(weights.values())


@lru_cache(maxsize=4096)
def _beside(folded: str) -> tuple[Sequence[str], Sequence[float]]:
    """Syllables of names one or two letters away, with their weights."""
    found = [
        (word, weight)
        for word, weight in zip(*syllables(), strict=True)
        if 0 < Levenshtein.distance(fold(word), folded, score_cutoff=2) <= 2
    ]
    return [word for word, _ in found], [weight for _, weight in found]
