"""The decoder against brute force over every path, and its invariants on random lines."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from models import ctc


def random_line(seed: int, frames: int = 5, classes: int = 4, sharp: float = 1.5) -> ctc.LogProbs:
    logits = np.random.default_rng(seed).normal(0, sharp, (frames, classes))
    return (logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)).astype(np.float32)


def collapse(path: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(label for label, _ in itertools.groupby(path) if label != 0)


def every_text(line: ctc.LogProbs) -> dict[tuple[int, ...], float]:
    """The probability of each text, summed over every path: the definition itself."""
    sums: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(line.shape[1]), repeat=len(line)):
        probability = float(np.exp(sum(line[t, label] for t, label in enumerate(path))))
        sums[collapse(path)] = sums.get(collapse(path), 0.0) + probability
    return sums


@pytest.mark.parametrize("seed", range(4))
def test_scores_are_the_sum_over_all_paths(seed: int) -> None:
    line = random_line(seed)
    truth = every_text(line)
    scored = np.exp(ctc.scores(line, list(truth)))
    np.testing.assert_allclose(scored, list(truth.values()), rtol=1e-5)
    assert scored.sum() == pytest.approx(1.0, abs=1e-5)


def test_a_text_too_long_for_the_frames_is_impossible() -> None:
    line = random_line(1, frames=3)
    assert ctc.score(line, (1, 1)) > -np.inf  # one blank between: three frames are enough
    assert ctc.score(line, (1, 1, 1)) == -np.inf


def test_greedy_merges_repeats_and_keeps_doubles_with_a_blank_between() -> None:
    path = [0, 1, 1, 0, 1, 2, 2, 0]
    line = np.full((len(path), 3), -5.0, np.float32)
    line[np.arange(len(path)), path] = -0.01
    assert ctc.greedy(line) == (1, 1, 2)
    assert ctc.align(line, (1, 1, 2)) == [(1, 3), (4, 5), (5, 7)]


def test_alignment_is_empty_where_nothing_fits() -> None:
    line = random_line(3, frames=2)
    assert ctc.align(line, ()) == []
    assert ctc.align(line, (1, 1)) == []


@pytest.mark.parametrize("seed", range(3))
def test_pauses_are_passed_over_without_a_loss(seed: int) -> None:
    """Frames that go on with a pause are left out; scores and spans stay."""
    spoken = random_line(seed, frames=4)
    pause = np.log(np.array([[0.9995, 0.0003, 0.0001, 0.0001]], np.float32))
    line = np.concatenate([spoken[:2], np.repeat(pause, 3, axis=0), spoken[2:]])
    assert ctc.pauses_on(line).tolist() == [False] * 3 + [True] * 2 + [False] * 2
    truth = every_text(line)
    likely = [text for text, share in truth.items() if share > 0.01]
    scored = np.exp(ctc.scores(line, likely))
    np.testing.assert_allclose(scored, [truth[text] for text in likely], rtol=0, atol=1e-3)
    (first, second) = ctc.align(line, (1, 2))
    assert first[0] < 2 and second[1] > 5  # one before the pause, one after it
