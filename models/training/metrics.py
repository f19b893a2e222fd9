"""Error rates of read text: characters, words, and characters blind to diacritics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from common.text import fold, squeeze


@dataclass(frozen=True)
class ErrorRates:
    """Edits over reference length, summed over ``n`` lines; ``exact`` is the share fully right."""

    n: int
    cer: float
    wer: float
    blind_cer: float
    exact: float


def error_rates(texts: Sequence[str], truths: Sequence[str], *, fold_case: bool) -> ErrorRates:
    """Compare readings with the truth, pair by pair, after NFC and single spaces."""

    def plain(text: str) -> str:
        squeezed = squeeze(text)
        return squeezed.lower() if fold_case else squeezed

    pairs = [(plain(text), plain(truth)) for text, truth in zip(texts, truths, strict=True)]
    return ErrorRates(
        n=len(pairs),
        cer=_rate(pairs),
        wer=_rate([(text.split(), truth.split()) for text, truth in pairs]),
        blind_cer=_rate([(fold(text), fold(truth)) for text, truth in pairs]),
        exact=sum(text == truth for text, truth in pairs) / max(1, len(pairs)),
    )


def _rate(pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> float:
    edits = sum(Levenshtein.distance(text, truth) for text, truth in pairs)
    return edits / max(1, sum(len(truth) for _, truth in pairs))
