"""Vietnamese names, taken apart for comparison: syllables, and keys that forget what drifts."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from common.tables import yaml_table
from common.text import fold, nfc

_TABLE = yaml_table(Path(__file__).with_name("syllables.yaml"))
_ABBREVIATIONS: dict[str, str] = _TABLE["abbreviations"]
_SOUND = [(re.compile(pattern), into) for pattern, into in _TABLE["sound"]]
_SHAPE = str.maketrans({ch: group[0] for group in _TABLE["shape"] for ch in group})
_TONES = {"\u0300": "1", "\u0301": "2", "\u0303": "3", "\u0309": "4", "\u0323": "5"}
_BREAKS = str.maketrans(dict.fromkeys("-–—._,;/", " "))


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
    written = nfc(text).casefold().translate(_BREAKS).split()
    syllables = [_ABBREVIATIONS.get(syllable, syllable) for syllable in written]
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


@lru_cache(maxsize=1 << 16)
def shape(part: str) -> str:
    """The shape key: letters that look alike in a running hand are one, doubled ones too."""
    return re.sub(r"(.)\1+", r"\1", fold(part).translate(_SHAPE))
