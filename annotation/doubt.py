"""Where a reading is in doubt, letter by letter, shown to a person."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from html import escape

_LEAST = 0.05  # probability of another letter from which a letter is marked


def doubts(text: str, alternatives: Sequence[tuple[str, float]]) -> list[float]:
    """For each letter the probability that another one stands there.

    The alternatives vote: each letter that an alternative has otherwise is doubted with its
    probability; where an alternative has more letters, the one before them.
    """
    found = [0.0] * len(text)
    for other, probability in alternatives:
        compared = SequenceMatcher(None, text.lower(), other.lower(), autojunk=False)
        for kind, start, end, _, _ in compared.get_opcodes():
            if kind == "equal":
                continue
            for place in range(start, end) if end > start else [max(start - 1, 0)]:
                if place < len(found):
                    found[place] += probability
    return found


def marked(text: str, alternatives: Sequence[tuple[str, float]]) -> str:
    """The text as HTML, letters in doubt on yellow; nothing else of it is markup."""
    pieces: list[tuple[bool, str]] = []
    for letter, doubt in zip(text, doubts(text, alternatives), strict=True):
        if pieces and pieces[-1][0] == (doubt >= _LEAST):
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + letter)
        else:
            pieces.append((doubt >= _LEAST, letter))
    shown = (
        f'<span style="background:#ffd54a">{escape(part)}</span>' if doubtful else escape(part)
        for doubtful, part in pieces
    )
    return f'<div style="font:26px sans-serif">{"".join(shown)}</div>'
