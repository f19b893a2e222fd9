"""What a line says, weighed: the reader's log probabilities with what its place may hold."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from extract.parse.marks import REPEATED, ditto_letters, mark_of
from extract.reading.likely import capitalised, written_so
from models import ctc
from models.beam import Search, Weighing, search
from models.charset import Charset
from models.units import near

_OPEN, _CLOSED = Search(), Search(width=32)  # how widely open and closed languages are searched
_NONSENSE = -40.0  # weight of a text that is no number, no date, no word of a closed list
_LETTER = -3.0  # the same for each letter of a long one
_KEPT = 24  # texts kept of a line
_MARK = -2.0  # weight of a mark that repeats what stands above
_SHORT = 4  # letters up to which a text may be such a mark misread


@dataclass(frozen=True)
class Weighed:
    """What a line may say.

    Attributes:
        texts: texts with probabilities that sum to 1, best first.
        fit: log probability of the best text under the reader, less that of the likeliest text
            of all: 0 when they are the same, far below when the language had to force it.
    """

    texts: tuple[tuple[str, float], ...]
    fit: float


def weigh(
    log_probs: ctc.LogProbs,
    charset: Charset,
    language: Weighing,
    kind: str,
    free: Iterable[str],
) -> Weighed | None:
    """Weigh what a line may say; None when nothing can be read.

    Args:
        log_probs: (frames, classes) of the line.
        kind: of the place, for its use of capitals.
        free: texts read without the language, to be weighed too.
    """
    how = _OPEN if language.following(language.start) is None else _CLOSED
    weights = dict(search(log_probs, charset, language, how))
    for text in free:
        if text and text not in weights:
            weights[text] = weight_of(language, text)
    if kind == "place":
        units = filter(charset.covers, near(next(iter(weights), "")))
        weights |= {text: weight_of(language, text) for text in units}
        weights |= {capitalised(text): weight for text, weight in weights.items()}
    if kind in REPEATED and len(next(iter(weights), "")) <= _SHORT:
        for mark in filter(charset.covers, ditto_letters()):
            weights.setdefault(mark, _MARK)
    if not weights:
        return None
    texts = sorted(weights)
    scores = ctc.scores(log_probs, [charset.encode(text) for text in texts])
    totals = np.array(
        [
            score + how.strength * weights[text] + (0 if mark_of(text) else written_so(kind, text))
            for text, score in zip(texts, scores, strict=True)
        ]
    )
    shares = np.exp(totals - totals.max())
    shares /= shares.sum()
    ranked = sorted(zip(texts, shares.tolist(), strict=True), key=lambda item: (-item[1], item[0]))
    fit = float(scores[texts.index(ranked[0][0])] - scores.max())
    return Weighed(tuple(ranked[:_KEPT]), fit if math.isfinite(fit) else 0.0)


def weight_of(language: Weighing, text: str) -> float:
    """The language's weight of a whole text; far below all others when it is none of its texts."""
    state = language.start
    for letter in text:
        state = language.step(state, letter)
        if state is None:
            return min(_NONSENSE, _LETTER * len(text))
    weight = language.end(state)
    return min(_NONSENSE, _LETTER * len(text)) if weight is None else weight
