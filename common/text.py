"""Vietnamese text: Unicode form, folding for comparison, and title case."""

from __future__ import annotations

import re
import unicodedata

TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
"""The six tones as combining characters; the level one is none."""
_SPACES = re.compile(r"\s+")


def nfc(text: str) -> str:
    """Unicode NFC, the only form stored or delivered."""
    return unicodedata.normalize("NFC", text)


def squeeze(text: str) -> str:
    """NFC, runs of white space as one space, none at the ends."""
    return _SPACES.sub(" ", nfc(text)).strip()


def fold(text: str) -> str:
    """Lower case without any diacritic (đ → d): a key for comparing, never for storing."""
    lowered = squeeze(text).casefold().replace("đ", "d")
    decomposed = unicodedata.normalize("NFD", lowered)
    return "".join(ch for ch in decomposed if not unicodedata.combining(ch))


def vietnamese_letters() -> set[str]:
    """The precomposed letters, both cases: twelve vowels under six tones, and đ (146)."""
    vowels = {nfc(vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES}
    return {letter for low in vowels | {"đ"} for letter in (low, low.upper())}


def title_case(text: str) -> str:
    """Title case by syllable: ``nguyễn-văn-TƯ`` → ``Nguyễn-Văn-Tư``; ``H'hen`` → ``H'Hen``."""
    return re.sub(
        r"[^\W\d_]+", lambda m: m.group()[0].upper() + m.group()[1:].lower(), squeeze(text)
    )
