"""A reading: what an engine read from one line image. Every engine returns this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Reading:
    """Text read from one line, with what the engine knows about its doubt.

    Attributes:
        text: NFC text, as written.
        confidence: probability that ``text`` is exactly right.
        chars: each character of ``text`` with the probability that it is right.
        alternatives: other texts with their probabilities, best first, ``text`` left out.
        source: ``engine@weights``, for the record's provenance.
        written: probability that anything is written in the image at all.
    """

    text: str
    confidence: float
    chars: tuple[tuple[str, float], ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    source: str = ""
    written: float = 1.0


class Reader(Protocol):
    """Anything that reads line images: our network, Tesseract, a researcher's TrOCR."""

    @property
    def source(self) -> str:
        """``engine@weights``."""
        ...

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        """Read cropped text lines, (H, W) grey or (H, W, 3) RGB, ink darker than paper."""
        ...
