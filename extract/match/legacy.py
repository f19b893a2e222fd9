"""Text of before Unicode (TCVN3, VNI, Windows-1258), told from its letters and read rightly.

Such a file's bytes are either not UTF-8 at all, or were taken for Latin letters and saved as
Unicode: ``NguyÔn V¨n An``. Every way to read a sample is tried; the one whose syllables are most
often those of Vietnamese names and places is right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from common.tables import yaml_table
from common.text import nfc
from models.lexicon import given_names, middle_names, places, surnames

_TABLE = Path(__file__).with_name("legacy.yaml")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = "cp1252"

Conversion = Callable[[str], str]


def from_tcvn3(text: str) -> str:
    """Text of an ABC font, shown as Latin letters, in Unicode."""
    return nfc(text.translate(_tcvn3()))


def from_vni(text: str) -> str:
    """Text of a VNI font, shown as Latin letters, in Unicode."""
    return nfc(_vni_pattern().sub(lambda found: _vni()[found[0]], text))


def unchanged(text: str) -> str:
    """Text that is Unicode already."""
    return nfc(text)


CONVERSIONS: Mapping[str, Conversion] = {
    "Unicode": unchanged,
    "TCVN3": from_tcvn3,
    "VNI": from_vni,
}


def conversion_of(text: str) -> str:
    """Which of `CONVERSIONS` makes the most sense of a text; Unicode when none is better."""
    sense = {name: sense_of(convert(text)) for name, convert in CONVERSIONS.items()}
    return max(sense, key=lambda name: sense[name])


def decode_sample(content: bytes) -> tuple[str, str]:
    """How to read bytes that are not UTF-8: codec and conversion.

    Single-byte text is tried as TCVN3, VNI and Windows-1258.
    """
    latin = latin_text(content)
    windows = content.decode("cp1258", "replace")
    tried = {
        ("latin", "TCVN3"): from_tcvn3(latin),
        ("latin", "VNI"): from_vni(latin),
        ("cp1258", "Unicode"): nfc(windows),
    }
    return max(tried, key=lambda how: sense_of(tried[how]))


def latin_text(content: bytes) -> str:
    """Bytes as Windows shows them; those that Windows-1252 leaves open stand for themselves."""
    return content.decode(_LATIN, "surrogateescape").translate(_OPEN)


def sense_of(text: str) -> float:
    """The share of words with letters beyond ASCII that are syllables of names or places."""
    words = [word.lower() for word in _WORD.findall(nfc(text)) if not word.isascii()]
    odd = sum(unicodedata.category(ch) in ("Cn", "Co", "Cs", "Sc", "So") for ch in text)
    return sum(word in _syllables() for word in words) / (len(words) + odd + 1)


_OPEN = {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


@cache
def _tcvn3() -> dict[int, str]:
    return {ord(shown): letter for letter, shown in yaml_table(_TABLE)["tcvn3"].items()}


@cache
def _vni() -> dict[str, str]:
    pairs: dict[str, str] = {}
    for letter, shown in yaml_table(_TABLE)["vni"].items():
        pairs[shown] = letter
        pairs[shown.upper()] = letter.upper()
        pairs[shown[0].upper() + shown[1:]] = letter.upper()
    return pairs


@cache
def _vni_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _vni()), key=len, reverse=True)))


@cache
def _syllables() -> frozenset[str]:
    tables = (surnames(), middle_names(), given_names(), given_names(old=True), places())
    return frozenset(word.lower() for table in tables for text in table for word in text.split())
