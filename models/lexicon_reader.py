"""A handwriting reader that weighs what it reads with a language where it is in doubt.

``python -m models.lexicon_reader DATA`` measures it: the held-back Vietnamese address lines under
DATA, read without and with the places of the lexicon (which no label was used to build).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from models import ctc, vietnamese
from models.beam import Search, search
from models.handwriting import HandwritingReader, ReaderOptions, calibrated
from models.language import Language
from models.reading import Image, Reading
from models.units import near

_SURE = 0.99  # a line read surer than this without the language is left as it is
_WRITTEN = 0.5


class LexiconReader:
    """Reads as its reader does, but weighs doubtful lines with a language.

    Args:
        reader: gives log probabilities; its own beam search would be in vain.
        language: weights of texts; it should hold any text possible.
        near: further texts that a text may stand for, to be weighed too.
    """

    def __init__(
        self,
        reader: HandwritingReader,
        language: Language,
        near: Callable[[str], Iterable[str]] = lambda _: (),
        how: Search | None = None,
    ) -> None:
        self._reader, self._language, self._near = reader, language, near
        self._how = how or Search()

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
        found = dict(search(log_probs, charset, self._language, self._how))
        if not found:
            return free
        for text in (next(iter(found)), free.text):
            units = filter(charset.covers, self._near(text))
            found |= {one: self._language.weight(one) for one in units}
        scores = ctc.scores(log_probs, [charset.encode(text) for text in found])
        totals = scores + self._how.strength * np.array(list(found.values()))
        shares = np.exp(totals - totals.max())
        shares /= shares.sum()
        (text, best), *others = sorted(
            zip(found, shares.tolist(), strict=True), key=lambda item: (-item[1], item[0])
        )
        confidence = calibrated(best, self._reader.calibration.line)
        return Reading(text, confidence, (), tuple(others[:5]), self.source, free.written)


def places_reader(reader: HandwritingReader) -> LexiconReader:
    """Reads addresses with the places of the lexicon."""
    return LexiconReader(reader, vietnamese.places(), near)


def main(data: Path) -> None:
    """Print the rates of the reader alone and with the places lexicon."""
    from models.evaluate_reader import evaluate, held_back_sets

    sets = {name: lines for name, lines in held_back_sets(data).items() if name.startswith("vn_")}
    reader = HandwritingReader(options=ReaderOptions(beam=0))
    evaluate(reader, sets)
    evaluate(places_reader(reader), sets)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
