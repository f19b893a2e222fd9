"""Reading line images: freely, and within the grammar of their place; both weighed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from extract.reading.extent import Extent, in_room
from extract.reading.weigh import weigh
from models import ctc
from models.beam import Weighing
from models.charset import Charset
from models.reading import Image, Reader, Reading

_WRITTEN = 0.5  # probability of writing from which a line is read within its grammar
FIGURES = frozenset({"number_token", "partial_date", "age", "time"})
"""Kinds of places whose grammar may read a figure where the reader, left to itself, reads nothing:
there are few texts to choose from, and a neighbour or the book confirms them."""


@runtime_checkable
class Scoring(Protocol):
    """A reader that tells its log probabilities, as `models.handwriting.HandwritingReader`."""

    @property
    def charset(self) -> Charset: ...

    def log_probs(self, lines: Sequence[Image]) -> list[ctc.LogProbs]: ...

    def decode(self, log_probs: ctc.LogProbs) -> Reading: ...


@dataclass(frozen=True)
class Expected:
    """What may be written on a line: the kind of its place, its grammar if there is one, and the
    room that the ink takes, where that is known."""

    kind: str
    grammar: Weighing | None = None
    ink: Extent | None = None


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
        clear: how clearly letters show: log probability a letter of the free reading, far below 0
            for dirt and for writing that ran; 0 where the reader does not tell.
    """

    texts: tuple[tuple[str, float], ...]
    written: float
    weakest: float
    fit: float
    source: str
    clear: float = 0.0


def read_lines(reader: Reader, lines: Sequence[Image], expected: Sequence[Expected]) -> list[Seen]:
    """Read every line; one call of the reader for all."""
    if isinstance(reader, Scoring):
        found = reader.log_probs(lines)
        seen = [_weighed(reader, one, what) for one, what in zip(found, expected, strict=True)]
    else:
        seen = [_as_read(reading) for reading in reader.read(lines)]
    return [
        replace(one, texts=in_room(one.texts, what.ink)) if what.ink else one
        for one, what in zip(seen, expected, strict=True)
    ]


def _as_read(reading: Reading) -> Seen:
    texts = ((reading.text, reading.confidence), *reading.alternatives) if reading.text else ()
    weakest = min((p for _, p in reading.chars), default=0.0)
    return Seen(texts, reading.written, weakest, 0.0, reading.source)


def _weighed(reader: Scoring, log_probs: ctc.LogProbs, what: Expected) -> Seen:
    free = reader.decode(log_probs)
    clear = _clear(reader, log_probs, free.text)
    nothing = not free.text and what.kind not in FIGURES
    if what.grammar is None or free.written < _WRITTEN or nothing:
        return replace(_as_read(free), clear=clear)
    texts = (free.text, *(text for text, _ in free.alternatives))
    found = weigh(log_probs, reader.charset, what.grammar, what.kind, texts)
    if found is None:
        return replace(_as_read(free), clear=clear)
    weakest = min((p for _, p in free.chars), default=0.0)
    return Seen(found.texts, free.written, weakest, found.fit, free.source, clear)


def _clear(reader: Scoring, log_probs: ctc.LogProbs, text: str) -> float:
    if not text:
        return 0.0
    return ctc.score(log_probs, reader.charset.encode(text)) / len(text)
