"""Reading line images: freely, and within the grammar of their place; both weighed together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from extract.beam import within
from extract.grammar import Grammar, ended, step
from extract.likely import OPEN_KINDS, prior, written_so
from models import ctc
from models.charset import Charset
from models.reading import Image, Reader, Reading

_STRENGTH = 0.5  # weight of the words' log shares against the reader's log probabilities
_NONSENSE = -40.0  # weight of a text that is no number, no date, no word of a closed list
_WRITTEN = 0.5  # probability of writing from which a line is read within its grammar
_KEPT = 24  # texts kept of a line


@runtime_checkable
class Scoring(Protocol):
    """A reader that tells its log probabilities, as `models.handwriting.HandwritingReader`."""

    @property
    def charset(self) -> Charset: ...

    def log_probs(self, lines: Sequence[Image]) -> list[ctc.LogProbs]: ...

    def decode(self, log_probs: ctc.LogProbs) -> Reading: ...


@dataclass(frozen=True)
class Expected:
    """What may be written on a line: the kind of its place, and its grammar if there is one."""

    kind: str
    grammar: Grammar | None = None


@dataclass(frozen=True)
class Seen:
    """What was read on a line.

    Attributes:
        texts: texts with probabilities that sum to at most 1, best first.
        written: probability that anything is written.
        weakest: least probability of a character of the free reading.
        fit: log probability of the best text under the reader, less that of its free reading:
            0 when they are the same, far below when the grammar had to force it.
        source: ``engine@weights``.
    """

    texts: tuple[tuple[str, float], ...]
    written: float
    weakest: float
    fit: float
    source: str


def read_lines(reader: Reader, lines: Sequence[Image], expected: Sequence[Expected]) -> list[Seen]:
    """Read every line; one call of the reader for all."""
    if not isinstance(reader, Scoring):
        return [_as_read(reading) for reading in reader.read(lines)]
    return [
        _weighed(reader, log_probs, what)
        for log_probs, what in zip(reader.log_probs(lines), expected, strict=True)
    ]


def _as_read(reading: Reading) -> Seen:
    texts = ((reading.text, reading.confidence), *reading.alternatives) if reading.text else ()
    weakest = min((p for _, p in reading.chars), default=0.0)
    return Seen(texts, reading.written, weakest, 0.0, reading.source)


def _weighed(reader: Scoring, log_probs: ctc.LogProbs, what: Expected) -> Seen:
    free = reader.decode(log_probs)
    if what.grammar is None or free.written < _WRITTEN:
        return _as_read(free)
    letters = {i: reader.charset.decode([i]) for i in range(1, len(reader.charset))}
    weights = {
        reader.charset.decode(labels): weight
        for labels, weight in within(log_probs, what.grammar, letters)
    }
    for text in (free.text, *(text for text, _ in free.alternatives)):
        if text and text not in weights:
            weights[text] = _weight(what, text)
    if not weights:
        return _as_read(free)
    texts = sorted(weights)
    scores = ctc.scores(log_probs, [reader.charset.encode(text) for text in texts]).tolist()
    total = {
        text: score + _STRENGTH * weights[text] + written_so(what.kind, text)
        for text, score in zip(texts, scores, strict=True)
    }
    best = max(texts, key=lambda text: total[text])
    shares = {text: math.exp(total[text] - total[best]) for text in texts}
    whole = sum(shares.values())
    ranked = sorted(
        ((t, p / whole) for t, p in shares.items()), key=lambda item: (-item[1], item[0])
    )
    known = dict(zip(texts, scores, strict=True))
    weakest = min((p for _, p in free.chars), default=0.0)
    fit = known[best] - ctc.score(log_probs, reader.charset.encode(free.text))
    return Seen(tuple(ranked[:_KEPT]), free.written, weakest, min(fit, 0.0), free.source)


def _weight(what: Expected, text: str) -> float:
    """The weight of a text read freely: its grammar's, or what its syllables are worth."""
    if what.grammar is not None:
        state = what.grammar.start
        for letter in text:
            state = step(state, letter)
        weight = ended(state)
        if weight is not None:
            return weight
    open_text = what.kind in OPEN_KINDS and any(letter.isalpha() for letter in text)
    return prior(what.kind, text) - 2.0 if open_text else _NONSENSE
