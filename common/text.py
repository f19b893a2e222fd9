"""Vietnamese text: Unicode form, folding for comparison, and title case."""

from __future__ import annotations

import re
import unicodedata

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


def title_case(text: str) -> str:
    """Title case by syllable: ``nguyễn-văn-TƯ`` → ``Nguyễn-Văn-Tư``; ``H'hen`` → ``H'Hen``."""
    return re.sub(
        r"[^\W\d_]+", lambda m: m.group()[0].upper() + m.group()[1:].lower(), squeeze(text)
    )
