"""Which printed label is which: words in reading order against the form's printed order.

The generation's wordings are the states of a chain and the words found are its observations;
the best path (Viterbi 1967) tells the father's *Tuổi* from the mother's by what stands around
them. A step forward costs what it skips, a step back begins another case on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extract.form.wordings import Occurrence, State, likeness

_BACK = 1.3  # for another case
_NEAR_BACK = 0.4  # for a label that this press printed a little earlier, and for each step back
_STEP = 0.1
_SKIP = 0.15
_MOST_SKIP = 1.0


@dataclass(frozen=True)
class Found:
    """A state seen on the page."""

    state: State
    index: int
    occurrence: Occurrence
    score: float


@dataclass(frozen=True)
class Decoded:
    """The states found, in reading order, and what the path is worth."""

    found: tuple[Found, ...]
    value: float


def decode(
    occurrences: Sequence[Occurrence], states: Sequence[State], size: tuple[int, int]
) -> Decoded:
    """The best reading of the occurrences as these states, over plausible reading orders."""
    like = likeness(occurrences, states)
    moves = _moves(states)
    best = Decoded((), 0.0)
    for order in reading_orders(occurrences, size):
        path, value = _best_path(like[order], states, moves)
        if value > best.value:
            found = tuple(
                Found(states[s], s, occurrences[order[i]], float(like[order[i], s]))
                for i, s in path
            )
            best = Decoded(found, value)
    return best


def reading_orders(
    occurrences: Sequence[Occurrence], size: tuple[int, int]
) -> Iterator[list[int]]:
    """Row by row; column by column where labels line up in columns; page half by page half."""
    rows = sorted(range(len(occurrences)), key=lambda i: (occurrences[i].row, _left(occurrences[i])))
    yield rows
    for gutter in _gutters(occurrences, size[0]):
        yield [
            *(i for i in rows if _left(occurrences[i]) < gutter),
            *(i for i in rows if _left(occurrences[i]) >= gutter),
        ]
        blocks = _blocks(rows, occurrences, gutter)
        if blocks != rows:
            yield blocks


def _left(occurrence: Occurrence) -> float:
    return occurrence.words[0].box.x0


def _gutters(occurrences: Sequence[Occurrence], width: int) -> list[float]:
    """Abscissas where several labels begin, well inside the page: a second column, perhaps."""
    lefts = np.sort([_left(item) for item in occurrences])
    gutters: list[float] = []
    for left in lefts:
        near = lefts[np.abs(lefts - left) < 0.015 * width]
        inside = 0.3 * width < left < 0.75 * width
        if inside and len(near) >= 3 and all(abs(left - g) > 0.03 * width for g in gutters):
            gutters.append(float(near.min()) - 2)
    return gutters[:4]


def _blocks(rows: list[int], occurrences: Sequence[Occurrence], gutter: float) -> list[int]:
    """Rows that have labels on both sides of the gutter, read side after side where they run on."""
    order: list[int] = []
    left: list[int] = []
    right: list[int] = []
    by_row: dict[int, list[int]] = {}
    for index in rows:
        by_row.setdefault(occurrences[index].row, []).append(index)
    for members in by_row.values():
        first = [i for i in members if _left(occurrences[i]) < gutter]
        second = [i for i in members if _left(occurrences[i]) >= gutter]
        wide = any(occurrences[i].box.x1 > gutter for i in first)
        if wide or (not second and not right):
            order += left + right + members
            left, right = [], []
        else:
            left += first
            right += second
    return order + left + right


def _moves(states: Sequence[State]) -> NDArray[np.float64]:
    """(from + 1, to) cost of going from one state to the next seen; row 0 is the beginning."""
    required = np.array([state.required for state in states], dtype=np.float64)
    before = np.concatenate([[0.0], np.cumsum(required)])  # required states before each
    start = np.minimum(before[:-1] * _SKIP, _MOST_SKIP)
    costs = np.zeros((len(states) + 1, len(states)))
    costs[0] = start
    for origin in range(len(states)):
        for to in range(len(states)):
            if to > origin:
                skipped = before[to] - before[origin + 1]
                costs[origin + 1, to] = min(skipped * _SKIP, _MOST_SKIP)
            else:
                near = _NEAR_BACK + _STEP * (origin - to) if to < origin else np.inf
                costs[origin + 1, to] = min(near, _BACK + start[to])
    return costs


def _best_path(
    like: NDArray[np.float64], states: Sequence[State], moves: NDArray[np.float64]
) -> tuple[list[tuple[int, int]], float]:
    """The (observation, state) pairs of the best path; observations may be left out."""
    if not like.size:
        return [], 0.0
    lengths = np.array([min(len(state.keys[0]), 16) if state.keys else 0 for state in states])
    gains = np.where(like >= 0.72, (like - 0.5) * 2 * (1 + lengths / 8), -np.inf)
    count = len(states)
    reach = np.full(count + 1, -np.inf)  # the best value of a path that ends in each state
    reach[0] = 0.0
    ends = np.full(count + 1, -1)  # and the observation it ends at
    back: list[NDArray[np.int64]] = []
    links: list[NDArray[np.int64]] = []
    for i in range(len(like)):
        through = reach[:, None] - moves
        origin = through.argmax(axis=0)
        value = through[origin, np.arange(count)] + gains[i]
        back.append(origin)
        links.append(ends[origin])
        better = value > reach[1:]
        reach[1:] = np.where(better, value, reach[1:])
        ends[1:] = np.where(better, i, ends[1:])
    state = int(reach.argmax())
    best = float(reach[state])
    path = []
    at = int(ends[state])
    while state > 0 and at >= 0:
        path.append((at, state - 1))
        origin, link = int(back[at][state - 1]), int(links[at][state - 1])
        state, at = origin, link
    return path[::-1], best
