"""Vietnamese names, taken apart for comparison: syllables, sound keys, levels of agreement."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from common.tables import yaml_table
from common.text import fold, squeeze

_TABLE = yaml_table(Path(__file__).with_name("syllables.yaml"))
_ABBREVIATIONS: dict[str, str] = _TABLE["abbreviations"]
_SOUND = [(re.compile(pattern), into) for pattern, into in _TABLE["sound"]]
_TONES = {"\u0300": "1", "\u0301": "2", "\u0303": "3", "\u0309": "4", "\u0323": "5"}
_BREAKS = re.compile(r"[\s\-–—._,;/]+")

LEVELS = ("same", "marks", "sound", "near", "initial", "differ")


class Name(NamedTuple):
    """A personal name in its three parts, each lower-case syllables joined by one space."""

    surname: str
    middle: str
    given: str

    @property
    def folded(self) -> str:
        return fold(" ".join(part for part in self if part))


@lru_cache(maxsize=1 << 18)
def parse_name(text: str) -> Name | None:
    """Surname, middle and given name; ``None`` when nothing is written.

    Hyphens and dots part syllables; a known abbreviation (``Ng.``) is expanded.
    """
    syllables = [s for s in _BREAKS.split(squeeze(text).casefold()) if s]
    syllables = [_ABBREVIATIONS.get(s, s) for s in syllables]
    if not syllables:
        return None
    if len(syllables) == 1:
        return Name("", "", syllables[0])
    return Name(syllables[0], " ".join(syllables[1:-1]), syllables[-1])


@lru_cache(maxsize=1 << 16)
def spelling(part: str) -> str:
    """A key that forgets where the tone is placed: ``hòa`` and ``hoà`` give one key."""
    out, tones = [], []
    for ch in unicodedata.normalize("NFD", part):
        (tones.append(_TONES[ch]) if ch in _TONES else out.append(ch))
    return "".join(out) + "".join(tones)


@lru_cache(maxsize=1 << 16)
def sound(part: str) -> str:
    """The sound key of one or more syllables, from ``syllables.yaml``."""
    keys = []
    for syllable in fold(part).split():
        for pattern, into in _SOUND:
            syllable = pattern.sub(into, syllable)
        keys.append(syllable)
    return " ".join(keys)


@lru_cache(maxsize=1 << 20)
def part_level(left: str, right: str) -> str:
    """How far two name parts agree: one of `LEVELS`, or ``missing`` when one is empty."""
    if not left or not right:
        return "missing"
    if spelling(left) == spelling(right):
        return "same"
    a, b = fold(left), fold(right)
    if a == b:
        return "marks"
    if sound(left) == sound(right):
        return "sound"
    if min(len(a), len(b)) <= 2 and (a.startswith(b) or b.startswith(a)):
        return "initial"
    allowed = 1 if max(len(a), len(b)) < 6 else 2
    return "near" if Levenshtein.distance(a, b, score_cutoff=allowed) <= allowed else "differ"


@lru_cache(maxsize=1 << 18)
def name_sound(text: str) -> str:
    """The sound key of a whole name, for blocking."""
    name = parse_name(text)
    return sound(" ".join(part for part in name if part)) if name else ""
