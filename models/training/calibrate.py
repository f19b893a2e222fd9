"""Honest probabilities: fit the reader's calibration on held-back lines, and measure it.

Platt 1999 on the logit of the exact CTC probability of the text (lines) and of the peak
probability of a character; the two numbers of each are stored beside the weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from models.handwriting import HandwritingReader
from models.reading import Reading
from models.training.data import Line
from models.weights import Calibration, Logistic

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reliability:
    """Expected calibration error over ten equally filled bins, of ``n`` probabilities."""

    n: int
    ece: float
    right: float


def fit_logistic(probabilities: Sequence[float], right: Sequence[bool]) -> Logistic:
    """The scale and shift of greatest likelihood (Newton, lightly pulled to 1 and 0)."""
    p = np.clip(np.asarray(probabilities, np.float64), 1e-6, 1 - 1e-6)
    x = np.stack([np.log(p / (1 - p)), np.ones_like(p)], axis=1)
    y = np.asarray(right, np.float64)
    prior, pull = np.array([1.0, 0.0]), np.array([1.0, 0.1])
    w = prior.copy()
    for _ in range(100):
        q = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (y - q) - pull * (w - prior)
        hessian = (x * (q * (1 - q))[:, None]).T @ x + np.diag(pull)
        step = np.linalg.solve(hessian, gradient)
        step *= min(1.0, 1.0 / np.abs(step).max(initial=1e-12))
        w += step
        if np.abs(step).max() < 1e-8:
            break
    return Logistic(scale=round(float(w[0]), 4), shift=round(float(w[1]), 4))


def reliability(probabilities: Sequence[float], right: Sequence[bool]) -> Reliability:
    """How far stated probabilities are from what came true."""
    p, y = np.asarray(probabilities, np.float64), np.asarray(right, np.float64)
    order = np.argsort(p, kind="stable")
    bins = [part for part in np.array_split(order, min(10, len(p))) if len(part)]
    gaps = [len(part) * abs(p[part].mean() - y[part].mean()) for part in bins]
    return Reliability(len(p), sum(gaps) / len(p), float(y.mean()))


def line_outcomes(
    readings: Sequence[Reading], lines: Sequence[Line]
) -> tuple[list[float], list[bool]]:
    """Confidence and whether the text is exactly right, case folded, a line each."""
    pairs = list(zip(readings, lines, strict=True))
    return (
        [reading.confidence for reading, _ in pairs],
        [reading.text.lower() == line.text.lower() for reading, line in pairs],
    )


def character_outcomes(
    readings: Sequence[Reading], lines: Sequence[Line]
) -> tuple[list[float], list[bool]]:
    """Confidence and rightness of every character read, by the cheapest alignment of texts."""
    probabilities: list[float] = []
    right: list[bool] = []
    for reading, line in zip(readings, lines, strict=True):
        good = np.zeros(len(reading.text), bool)
        for block in Levenshtein.opcodes(reading.text.lower(), line.text.lower()):
            if block.tag == "equal":
                good[block.src_start : block.src_end] = True
        probabilities += [probability for _, probability in reading.chars]
        right += good.tolist()
    return probabilities, right


def fit_calibration(
    reader: HandwritingReader, lines: Sequence[Line], fitted_on: str
) -> Calibration:
    """Fit on lines the reader was not trained on; the reader must be uncalibrated."""
    readings = reader.read([line.image for line in lines])
    return Calibration(
        line=fit_logistic(*line_outcomes(readings, lines)),
        character=fit_logistic(*character_outcomes(readings, lines)),
        fitted_on=fitted_on,
        n=len(lines),
    )
