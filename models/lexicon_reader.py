"""A handwriting reader that weighs what it reads with a language where it is in doubt.

``python -m models.lexicon_reader DATA`` measures it: the held-back Vietnamese address lines under
DATA, read without and with the places of the lexicon (which no label was used to build).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models import ctc, vietnamese
from models.beam import Search, Weighing, search
from models.handwriting import HandwritingReader, ReaderOptions, calibrated
from models.reading import Image, Reading

_SURE = 0.99  # a line read surer than this without the language is left as it is
_WRITTEN = 0.5


class LexiconReader:
    """Reads as its reader does, but weighs doubtful lines with a language.

    Args:
        reader: gives log probabilities; its own beam search would be in vain.
        language: weights of texts; it should hold any text possible.
    """

    def __init__(
        self, reader: HandwritingReader, language: Weighing, how: Search | None = None
    ) -> None:
        self._reader, self._language, self._how = reader, language, how or Search()

    @property
    def source(self) -> str:
        """``engine@weights``, with a mark that a lexicon had its say."""
        return f"{self._reader.source}+lexicon"

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        """One reading a line, in order; lines are (H, W) grey or (H, W, 3) RGB uint8."""
        return [self.decode(log_probs) for log_probs in self._reader.log_probs(lines)]

    def decode(self, log_probs: ctc.LogProbs) -> Reading:
        """The reading that a line's log probabilities amount to."""
        free = self._reader.decode(log_probs)
        if not free.text or free.confidence > _SURE or free.written < _WRITTEN:
            return free
        charset = self._reader.charset
        found = search(log_probs, charset, self._language, self._how)
        if not found:
            return free
        scores = ctc.scores(log_probs, [charset.encode(text) for text, _ in found])
        totals = scores + self._how.strength * np.array([weight for _, weight in found])
        shares = np.exp(totals - totals.max())
        shares /= shares.sum()
        (text, best), *others = sorted(
            zip((text for text, _ in found), shares.tolist(), strict=True),
            key=lambda item: (-item[1], item[0]),
        )
        confidence = calibrated(best, self._reader.calibration.line)
        return Reading(text, confidence, (), tuple(others[:5]), self.source, free.written)


def main(data: Path) -> None:
    """Print the rates of the reader alone and with the places lexicon."""
    from models.evaluate_reader import evaluate, held_back_sets

    sets = {name: lines for name, lines in held_back_sets(data).items() if name.startswith("vn_")}
    reader = HandwritingReader(options=ReaderOptions(beam=0))
    evaluate(reader, sets)
    evaluate(LexiconReader(reader, vietnamese.places()), sets)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
