"""The handwriting reader: line images in, readings out, by ONNX Runtime on one thread."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from models import ctc
from models.beam import Search, search
from models.characters import any_text
from models.charset import Charset
from models.normalise import normalise
from models.reading import Image, Reading
from models.weights import HANDWRITING, ONNX, Logistic, open_weights, read_calibration

Ink = NDArray[np.uint8]

_LETTERS = 0.5
"""What the weights of the character n-grams count against the network's (their card says more)."""
_DRAWN_OUT = 1.25
"""How much wider a crowded line is read a second time (1.15, 1.25 and 1.4 were tried)."""
_DOUBTFUL = -0.15
"""A second look where the best path is less likely than this a character (log): 6 % of today's
Vietnamese address lines, 44 and 64 % of the two French sets."""
WIDTH_STEP = 64
"""Lines are padded to a multiple of this many pixels, so that few different widths occur."""


class ReaderOptions(Options):
    """How much work a reading is worth."""

    beam: int = Field(
        default=6,
        ge=0,
        description="prefixes kept, weighed by character n-grams; 0: the best path only",
    )
    alternatives: int = Field(default=5, ge=0, description="other texts returned, at most")
    sure: float = Field(
        default=0.995, gt=0, le=1, description="beam search only where the best path is less sure"
    )


class HandwritingReader:
    """Reads cropped handwritten lines with the project's own network.

    Args:
        weights: a weights folder (see `models.weights`); by default the one of this package.
        options: see `ReaderOptions`.

    Raises:
        MissingPartError: the weights are not there.
        InputError: the weights are damaged.
    """

    def __init__(self, weights: Path | None = None, options: ReaderOptions | None = None) -> None:
        self.folder = weights or HANDWRITING
        self.options = options or ReaderOptions()
        self.manifest = open_weights(self.folder)
        self.charset = Charset(self.manifest.characters)
        self.calibration = read_calibration(self.folder)
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = settings.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(self.folder / ONNX), settings, providers=["CPUExecutionProvider"]
        )

    def __reduce__(self) -> tuple[type[HandwritingReader], tuple[Path, ReaderOptions]]:
        """Another process opens the weights for itself."""
        return type(self), (self.folder, self.options)

    @property
    def source(self) -> str:
        """``handwriting@name-hash``."""
        return f"handwriting@{self.manifest.identity}"

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        """One reading a line, in order; lines are (H, W) grey or (H, W, 3) RGB uint8.

        An empty slot gives the text ``""`` with ``written`` near 0.
        """
        return [self.decode(log_probs) for log_probs in self.log_probs(lines)]

    def log_probs(self, lines: Sequence[Image]) -> list[ctc.LogProbs]:
        """The network's log probabilities of each line, (frames, classes).

        A doubtful line is read drawn out as well; the likelier of both stands.
        """
        return [self._likelier(line) for line in lines]

    def _likelier(self, line: Image) -> ctc.LogProbs:
        height, stretch = self.manifest.height, self.manifest.stretch
        usual = self._log_probs(normalise(line, height, stretch))
        best = ctc.greedy(usual)
        enough = _DOUBTFUL * len(best)
        if not best or usual.max(axis=1).sum() >= enough:  # one path of many that read so
            return usual
        likely = ctc.score(usual, best)
        if likely >= enough:
            return usual
        wider = self._log_probs(normalise(line, height, stretch * _DRAWN_OUT))
        return wider if ctc.score(wider, ctc.greedy(wider)) > likely else usual

    def decode(self, log_probs: ctc.LogProbs) -> Reading:
        """The reading that a line's log probabilities amount to."""
        best = ctc.greedy(log_probs)
        ranked: list[tuple[ctc.Labels, float]] = []
        if best and self.options.beam and log_probs.max(axis=1).sum() < np.log(self.options.sure):
            ranked = self._weighed(log_probs)
        ranked = ranked or [(best, ctc.score(log_probs, best))]
        (labels, top), others = ranked[0], ranked[1 : self.options.alternatives + 1]
        confidence = calibrated(np.exp(top), self.calibration.line)
        left = (1 - confidence) / max(1 - np.exp(top), 1e-9)
        return Reading(
            text=self.charset.decode(labels),
            confidence=confidence,
            chars=tuple(self._characters(log_probs, labels)),
            alternatives=tuple(
                (self.charset.decode(other), float(min(confidence, np.exp(score) * left)))
                for other, score in others
            ),
            source=self.source,
            written=float(-np.expm1(log_probs[:, 0].sum(dtype=np.float64))),
        )

    def _weighed(self, log_probs: ctc.LogProbs) -> list[tuple[ctc.Labels, float]]:
        """The likeliest texts by network and character n-grams, with their shares (log)."""
        width, floor = self.options.beam, 2e-3  # any letter may follow: none is forced
        how = Search(_LETTERS, width, floor, letters=4, forced=floor, faint=1e-5)
        found = search(log_probs, self.charset, any_text(), how)
        labels = [tuple(self.charset.encode(text)) for text, _ in found]
        totals = ctc.scores(log_probs, labels) + _LETTERS * np.array([w for _, w in found])
        shares = totals - np.logaddexp.reduce(totals)
        ranked = zip(labels, shares.tolist(), strict=True)
        return sorted(ranked, key=lambda item: -item[1])

    def _characters(
        self, log_probs: ctc.LogProbs, labels: ctc.Labels
    ) -> Iterator[tuple[str, float]]:
        """Each character with its calibrated peak probability inside its own frames."""
        for label, (first, end) in zip(labels, ctc.align(log_probs, labels), strict=True):
            peak = np.exp(log_probs[first:end, label].max())
            yield self.charset.decode([label]), calibrated(peak, self.calibration.character)

    def _log_probs(self, ink: Ink) -> ctc.LogProbs:
        """One line at a time: int8 scales of a batch let one line change another's reading."""
        right = -ink.shape[1] % WIDTH_STEP
        padded = np.pad(ink, ((0, 0), (0, right)))[None, None].astype(np.float32) / np.float32(255)
        found: ctc.LogProbs = self._session.run(None, {"ink": padded})[0][0]
        return found


def calibrated(probability: float, logistic: Logistic) -> float:
    """sigmoid(scale · logit(p) + shift)."""
    p = min(max(float(probability), 1e-6), 1 - 1e-6)
    return 1 / (1 + math.exp(-(logistic.scale * math.log(p / (1 - p)) + logistic.shift)))
