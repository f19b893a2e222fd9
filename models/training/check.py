"""Whether a hand is read better: lines held back, as the base and as taught networks read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from common.text import squeeze
from models.reading import Reading
from models.training.data import Line
from models.training.metrics import error_rates
from models.training.one_hand import AdaptOptions

_CHANCE = 2.0
"""Errors that may come and go by chance: so many more are reckoned with before and after, lest a
hand that is hardly ever misread shows a gain."""


@dataclass(frozen=True)
class Check:
    """Held-back lines as the base reads them and as networks taught on the others do.

    Attributes:
        n: lines, each held back once.
        before, after: CER, case folded.
        drop: relative drop of the errors to be expected of these lines, each text that a reading
            may stand for as likely as it was found.
        gain: what that must reach.
        known: CER of known lines, dates and numbers above all, before and after; not looked at
            where the held-back lines forbid shipping already.
        forget: by how much that may rise.
    """

    n: int
    before: float
    after: float
    drop: float
    gain: float
    known: tuple[float, float] | None = None
    forget: float = 0.0

    @property
    def better(self) -> bool:
        """Whether the new reader may be shipped."""
        return self.drop >= self.gain and not self.forgotten

    @property
    def forgotten(self) -> bool:
        """Whether known lines are read worse than may be."""
        return self.known is not None and self.known[1] > self.known[0] + self.forget

    def __str__(self) -> str:
        held_back = (
            f"held-back lines, n {self.n}: CER {self.before:.3f} before, {self.after:.3f} after, "
            f"{self.drop:.0%} fewer errors to be expected (wanted: {self.gain:.0%})"
        )
        if self.known is None:
            return held_back
        before, after = self.known
        return (
            f"{held_back}; known dates, numbers and names: CER {before:.3f} before, "
            f"{after:.3f} after (at most {self.forget:.3f} more)"
        )


def compare(
    before: Sequence[Reading],
    after: Sequence[Reading],
    lines: Sequence[Line],
    options: AdaptOptions,
) -> Check:
    """The errors to be expected before and after, over all lines.

    No test of significance: 16 lines that are read nearly right hold too few errors for one, and
    nearly every hand gains from being taught (docs/training.md).
    """
    old, new = (_expected(readings, lines) + _CHANCE for readings in (before, after))
    return Check(
        n=len(lines),
        before=cer(before, lines),
        after=cer(after, lines),
        drop=1 - new / old,
        gain=options.gain,
        forget=options.forget,
    )


def _expected(readings: Sequence[Reading], lines: Sequence[Line]) -> float:
    """The errors to be expected: those of each line's text and of the others that it may say, each
    as likely as it was found. Of a few lines they tell more than whole errors do."""
    found = 0.0
    for reading, line in zip(readings, lines, strict=True):
        texts = [(reading.text, max(reading.confidence, 1e-6)), *reading.alternatives]
        errors = sum(share * _distance(text, line) for text, share in texts)
        found += errors / sum(share for _, share in texts)
    return found


def _distance(text: str, line: Line) -> int:
    return Levenshtein.distance(squeeze(text).lower(), squeeze(line.text).lower())


def cer(readings: Sequence[Reading], lines: Sequence[Line]) -> float:
    """The character error rate of the readings, case folded."""
    texts, truths = [one.text for one in readings], [line.text for line in lines]
    return error_rates(texts, truths, fold_case=True).cer
