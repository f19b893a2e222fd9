"""Sex as written to ``Nam`` or ``Nữ``."""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from common.text import fold, squeeze
from extract.parse.tables import table


def parse_sex(text: str) -> str | None:
    """``con gái`` → ``Nữ``; one letter may be wrong in a word of three or more; None: neither."""
    key = fold(squeeze(text).strip(" .,;:-…"))
    if not key:
        return None
    best: dict[str, int] = {}
    for value, words in table("values")["sex"].items():
        best[value] = min(Levenshtein.distance(key, fold(word)) for word in words)
    value = min(best, key=lambda name: best[name])
    allowed = 1 if len(key) >= 3 else 0
    ties = sum(distance == best[value] for distance in best.values())
    return value if best[value] <= allowed and ties == 1 else None
