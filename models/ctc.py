"""CTC without a framework: the best path, alignment, and scores of given texts over all paths.

Everything takes the log probabilities of one line, (frames, classes), class 0 the blank.
Graves 2006 (CTC).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.charset import BLANK

LogProbs = NDArray[np.float32]
Labels = tuple[int, ...]

_NEVER = -math.inf
_RESCALED = 8  # frames after which probabilities are brought back to one
_LEAST = 1e-300
_PAUSE = math.log(0.999)  # a frame is a pause when its blank is this likely


def greedy(log_probs: LogProbs) -> Labels:
    """The classes along the best path: repeats merged, blanks left out."""
    best = log_probs.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    return tuple(int(i) for i in best[starts] if i != BLANK)


def pauses_on(log_probs: LogProbs) -> NDArray[np.bool_]:
    """Which frames only go on with the pause of the frame before: two fifths of a usual line.

    They say nothing of the text; leaving them out changes its probability by less than a
    thousandth each.
    """
    pause = log_probs[:, BLANK] > _PAUSE
    pause[1:] &= pause[:-1].copy()
    pause[:1] = False
    return np.asarray(pause)


def score(log_probs: LogProbs, labels: Sequence[int]) -> float:
    """The log probability that the line reads as ``labels``: the sum over all paths, pauses as
    `scores` takes them."""
    return float(scores(log_probs, [labels])[0])


def scores(log_probs: LogProbs, texts: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """`score` of several texts of one line at once.

    Probabilities are added up as such, brought back to one every few frames: a text 10^300 times
    less likely than its own beginning counts as impossible. A frame that goes on with a pause is
    taken for one more blank on every path.
    """
    extended, may_skip = _extended(texts)
    lengths, rows = np.array([2 * len(text) + 1 for text in texts]), np.arange(len(texts))
    goes_on = pauses_on(log_probs)
    labels, places = np.unique(extended, return_inverse=True)
    written = log_probs[~goes_on][:, labels].astype(np.float64)
    emitted = np.exp(written)[:, places.reshape(extended.shape)]
    alpha = np.zeros((len(texts), extended.shape[1] + 2))  # two places that no path comes from
    alpha[:, 2:4] = emitted[0, :, :2]
    alpha[lengths == 1, 3:] = 0.0
    taken = np.full(len(texts), log_probs[goes_on, BLANK].sum(dtype=np.float64))
    for number, frame in enumerate(emitted[1:]):
        alpha[:, 2:] = (alpha[:, 2:] + alpha[:, 1:-1] + alpha[:, :-2] * may_skip) * frame
        if number % _RESCALED == 0:
            top = np.maximum(alpha.max(axis=1), _LEAST)
            alpha /= top[:, None]
            taken += np.log(top)
    before_last = np.where(lengths > 1, alpha[rows, lengths], 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(alpha[rows, lengths + 1] + before_last) + taken)


def align(log_probs: LogProbs, labels: Sequence[int]) -> list[tuple[int, int]]:
    """For each label the frames (first, last + 1) it takes on its best path (Viterbi).

    Returns an empty list when the frames are too few to hold the labels.
    """
    path = log_probs.argmax(axis=1)
    starts = np.flatnonzero(np.diff(path, prepend=-1))
    if tuple(labels) == tuple(path[starts][path[starts] != BLANK].tolist()):
        ends = np.append(starts[1:], len(path)).tolist()
        return [(a, b) for a, b in zip(starts.tolist(), ends, strict=True) if path[a] != BLANK]
    extended, may_skip = (rows[0] for rows in _extended([labels]))
    kept = np.flatnonzero(~pauses_on(log_probs))
    emitted = log_probs[kept][:, extended].astype(np.float64)
    best = np.full(len(extended), _NEVER)
    best[:2] = emitted[0, :2]
    came = np.zeros(emitted.shape, np.int8)
    for t in range(1, len(emitted)):
        choices = np.full((3, len(extended)), _NEVER)
        choices[0] = best
        choices[1, 1:] = best[:-1]
        choices[2, 2:] = np.where(may_skip[2:], best[:-2], _NEVER)
        came[t] = choices.argmax(axis=0)
        best = choices.max(axis=0) + emitted[t]
    if not labels or not np.isfinite(best[-2:]).any():
        return []
    at = len(extended) - 1 if best[-1] > best[-2] else len(extended) - 2
    frames: list[list[int]] = [[] for _ in extended]
    for t in range(len(emitted) - 1, -1, -1):
        frames[at].append(int(kept[t]))
        at -= int(came[t, at])
    return [(held[-1], held[0] + 1) for held in frames[1::2]]


def _extended(texts: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Labels with blanks between, one text a row, and where a path may skip the blank before."""
    size = max(2, 2 * max(map(len, texts)) + 1)
    extended: NDArray[np.int64] = np.full((len(texts), size), BLANK, dtype=np.int64)
    for row, text in zip(extended, texts, strict=True):
        row[1 : 2 * len(text) : 2] = text
    may_skip = np.zeros(extended.shape, bool)
    may_skip[:, 2:] = (extended[:, 2:] != BLANK) & (extended[:, 2:] != extended[:, :-2])
    return extended, may_skip
