"""From characters with probabilities to a reading, as every plugged-in reader needs it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable

from common.text import nfc
from models.reading import Reading


def as_reading(letters: Iterable[tuple[str, float]], source: str) -> Reading:
    """The reading of these characters: NFC, no space at either end, confidences multiplied.

    A mark that stands apart from its letter joins it, with the lesser probability of the two.
    """
    chars: list[tuple[str, float]] = []
    for letter, probability in letters:
        if chars and unicodedata.combining(letter):
            before, known = chars.pop()
            chars.append((nfc(before + letter), min(known, probability)))
        elif letter != " " or (chars and chars[-1][0] != " "):
            chars.append((nfc(letter), probability))
    while chars and chars[-1][0] == " ":
        chars.pop()
    return Reading(
        text="".join(letter for letter, _ in chars),
        confidence=math.prod(probability for _, probability in chars) if chars else 0.0,
        chars=tuple(chars),
        source=source,
        written=1.0 if chars else 0.0,
    )
