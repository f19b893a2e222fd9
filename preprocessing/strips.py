"""How rules and lines of text rise from place to place, seen by comparing a page's strips.

Each narrow strip of a page has a profile of rows. Where the profiles of two strips match best,
window by window, says how many pixels the lines between them climb or fall.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from preprocessing.arrays import Floats

Values = NDArray[np.float64]

STRIPS = 32  # across the page
WINDOWS = 14  # down the page
_SWELL = 12.0  # pixels above which a profile's swell is no line
_TRUST = 0.35  # correlation from which a step counts


class Steps(NamedTuple):
    """What was seen between pairs of strips, each an array (N,).

    Attributes:
        window: from the top, 0 … `WINDOWS` - 1; see `height_of`.
        first, second: the strips, from the left.
        fall: pixels by which lines lie lower at the second strip.
        weight: 0 … 1, how well they match and how much there is to match.
    """

    window: NDArray[np.int64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    fall: Values
    weight: Values


def profiles(marks: Floats) -> Values:
    """(strips, rows): how much each row of each strip is inked, swells and grain left out."""
    profile = cv2.resize(marks, (STRIPS, marks.shape[0]), interpolation=cv2.INTER_AREA)
    rows = np.ascontiguousarray(profile.T)
    fine = cv2.GaussianBlur(rows, (7, 1), sigmaX=0.8)
    swell = cv2.GaussianBlur(rows, (0, 1), sigmaX=_SWELL)
    return np.asarray(fine - swell, dtype=np.float64)


def steps(strips: Values, gaps: tuple[int, ...], reach: int) -> Steps:
    """The steps between strips that are ``gaps`` apart, of at most ``reach`` pixels."""
    quick = strips.astype(np.float32)
    seen = [_between(quick, gap, reach) for gap in gaps]
    return Steps(*(np.concatenate(values) for values in zip(*seen, strict=True)))


def height_of(window: NDArray[np.int64]) -> Values:
    """Where windows have their middle, as a share of the page's height."""
    return np.asarray((window + 1) / (WINDOWS + 1))


def _between(strips: Floats, gap: int, reach: int) -> Steps:
    first, second = strips[:-gap], strips[gap:]
    far = np.arange(-reach - 1, reach + 2)
    products = np.stack([_windowed(first * np.roll(second, -fall, axis=1)) for fall in far])
    own = np.sqrt(_windowed(first**2) * _windowed(second**2)) + 1e-9
    scores = products / own  # (offsets, pairs, windows)
    best = np.clip(scores.argmax(axis=0), 1, len(far) - 2)
    left, top, right = (
        np.take_along_axis(scores, (best + by)[None], axis=0)[0] for by in (-1, 0, 1)
    )
    bend = np.minimum(left - 2 * top + right, -1e-9)
    fall = far[best] + np.clip(0.5 * (left - right) / bend, -1, 1)
    inked = own[own > 1e-6]
    ink = np.minimum(1.0, own / np.median(inked)) if len(inked) else own
    weight = np.maximum(0.0, top - _TRUST) * ink
    pair, window = np.nonzero(weight > 0)
    return Steps(window, pair, pair + gap, fall[pair, window], weight[pair, window])


def _windowed(values: Floats) -> Floats:
    """(pairs, rows) summed over `WINDOWS` windows, each overlapping the next by half."""
    edges = np.linspace(0, values.shape[1], WINDOWS + 2).astype(int)[:-1]
    sums = np.add.reduceat(values, edges, axis=1)
    return np.asarray(sums[:, :-1] + sums[:, 1:])
