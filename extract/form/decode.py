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

from extract.form.occurrences import Occurrence, likeness
from extract.form.wordings import State

_BACK = 1.3  # for another case
_NEAR_BACK = 0.4  # for a label that this press printed a little earlier, and for each step back
_STEP = 0.1
_SKIP = 0.15
_STRAY = 0.6  # what a label read out of order loses
_ALONE = 0.85  # least likeness of one: a letter wrong in seven
_LONE = 3  # fewest letters of one
_ONCE = 0.7  # what a very short one counts for that a single reading has: dirt is read so
_OWNED = 0.5
_ALIKE = 0.05  # likeness between which labels are not told apart: thứ nhứt and thứ nhì are
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
    lengths = [len(item.key) for item in occurrences]
    once = [item.times == 1 and len(item.key) < _LONE for item in occurrences]
    gains = _gains(like, lengths, states) * np.where(once, _ONCE, 1.0)[:, None]
    strays = _strays(like, gains, lengths)
    for order in reading_orders(occurrences, size):
        plain = gains[order]
        worth = plain + _owned(like[order], states)
        for path in (_best_path(each, moves, strays[order]) for each in (worth, plain)):
            value = _value(path, worth, moves)
            if value > best.value:
                found = tuple(
                    Found(states[s], s, occurrences[order[i]], float(like[order[i], s]))
                    for i, s, _ in path
                )
                best = Decoded(found, value)
    return best


def _gains(
    like: NDArray[np.float64], lengths: Sequence[int], states: Sequence[State]
) -> NDArray[np.float64]:
    """What it is worth to read an occurrence as a state: longer wordings are surer."""
    by_length = 1 + np.minimum(np.array(lengths), 16) / 8
    by_state = np.where([state.label is None for state in states], 0.9, 1.0)
    worth = (like - 0.5) * 2 * by_length[:, None] * by_state
    return np.where(like >= 0.72, worth, -np.inf)


def _strays(
    like: NDArray[np.float64], gains: NDArray[np.float64], lengths: Sequence[int]
) -> NDArray[np.int64]:
    """For each occurrence the only state that reads so, or -1: a label that needs no context.

    It may stand anywhere, as a note in the margin or a registration printed first. A very short
    one, *Số*, needs its place: letters of writing are read so.
    """
    strays = np.full(len(like), -1)
    for index, row in enumerate(like):
        near = np.flatnonzero(row >= 0.8) if lengths[index] >= _LONE else np.array([], dtype=int)
        if len(near) == 1 and row[near[0]] >= _ALONE and gains[index, near[0]] > _STRAY:
            strays[index] = near[0]
    return strays


def _owned(like: NDArray[np.float64], states: Sequence[State]) -> NDArray[np.float64]:
    """(occurrences, states) what it adds to belong with the last label that needed no context.

    After *Mẹ (Tên, họ)* an age is the mother's, in whatever order the press put the parents.
    """
    bonus = np.zeros(like.shape)
    owner: State | None = None
    for index, row in enumerate(like):
        near = np.flatnonzero(row >= max(0.8, row.max(initial=0.0) - _ALIKE))
        if len(near) == 1:
            owner = states[int(near[0])]
        elif owner is not None:
            for place, state in enumerate(states):
                same = state.section == owner.section and state.label is not None
                if same and (state.column == owner.column or -1 in (state.column, owner.column)):
                    bonus[index, place] = _OWNED
    return bonus


def reading_orders(occurrences: Sequence[Occurrence], size: tuple[int, int]) -> Iterator[list[int]]:
    """Row by row; band by band where headings have more lines than their neighbours; column by
    column where labels line up in columns; page half by page half."""
    row = _rows(occurrences)
    rows = sorted(range(len(occurrences)), key=lambda i: (row[i], _left(occurrences[i])))
    yield rows
    band = _bands(occurrences)
    bands = sorted(range(len(occurrences)), key=lambda i: (band[i], _left(occurrences[i])))
    if bands != rows:
        yield bands
    for gutter in _gutters(occurrences, size[0]):
        yield [
            *(i for i in rows if _left(occurrences[i]) < gutter),
            *(i for i in rows if _left(occurrences[i]) >= gutter),
        ]
        blocks = _blocks(rows, row, occurrences, gutter)
        if blocks != rows:
            yield blocks


def _rows(occurrences: Sequence[Occurrence]) -> list[int]:
    """The row of each occurrence, by the middle of its first line; the form stands upright."""
    middles = [item.words[0].box.centre[1] for item in occurrences]
    height = float(np.median([item.words[0].box.height for item in occurrences] or [1.0]))
    row = [0] * len(middles)
    number, last = 0, None
    for index in sorted(range(len(middles)), key=lambda i: middles[i]):
        if last is not None and middles[index] - last > 0.6 * height:
            number += 1
        row[index], last = number, middles[index]
    return row


def _bands(occurrences: Sequence[Occurrence]) -> list[int]:
    """The band of each occurrence: those that stand beside each other at all are in one."""
    boxes = [item.box for item in occurrences]
    band = [0] * len(boxes)
    number, foot = 0, float("-inf")
    for index in sorted(range(len(boxes)), key=lambda i: boxes[i].y0):
        if boxes[index].centre[1] > foot:
            number, foot = number + 1, boxes[index].y1
        band[index], foot = number, max(foot, boxes[index].y1)
    return band


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


def _blocks(
    rows: list[int], row: list[int], occurrences: Sequence[Occurrence], gutter: float
) -> list[int]:
    """Rows that have labels on both sides of the gutter, read side after side where they run on."""
    order: list[int] = []
    left: list[int] = []
    right: list[int] = []
    by_row: dict[int, list[int]] = {}
    for index in rows:
        by_row.setdefault(row[index], []).append(index)
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
    gains: NDArray[np.float64], moves: NDArray[np.float64], strays: NDArray[np.int64]
) -> list[tuple[int, int, bool]]:
    """The best path in order: observation, state, and whether it was read in printed order.

    Observations may be left out; a stray is then read all the same, for a little less.
    """
    if not gains.size:
        return []
    alone = np.array([gains[i, s] - _STRAY if s >= 0 else 0.0 for i, s in enumerate(strays)])
    count = gains.shape[1]
    reach = np.full(count + 1, -np.inf)  # the best value of a path that ends in each state
    reach[0] = 0.0
    ends = np.full(count + 1, -1)  # and the observation it ends at
    back: list[NDArray[np.int64]] = []
    links: list[NDArray[np.int64]] = []
    for i in range(len(gains)):
        through = reach[:, None] - moves
        origin = through.argmax(axis=0)
        value = through[origin, np.arange(count)] + gains[i] - alone[i]
        back.append(origin)
        links.append(ends[origin])
        better = value > reach[1:]
        reach[1:] = np.where(better, value, reach[1:])
        ends[1:] = np.where(better, i, ends[1:])
    state = int(reach.argmax())
    path = []
    at = int(ends[state])
    while state > 0 and at >= 0:
        path.append((at, state - 1, True))
        origin, link = int(back[at][state - 1]), int(links[at][state - 1])
        state, at = origin, link
    taken = {i for i, _, _ in path}
    path += [(i, int(s), False) for i, s in enumerate(strays) if s >= 0 and i not in taken]
    return sorted(path)


def _value(
    path: Sequence[tuple[int, int, bool]],
    gains: NDArray[np.float64],
    moves: NDArray[np.float64],
) -> float:
    """What a path is worth, a state counted once a case.

    The chain forgets what it has read: it may take two labels of like wording for one state, and
    so explain less than a path that gives each its own.
    """
    value, last, case = 0.0, -1, set[int]()
    for i, state, in_order in path:
        if not in_order:
            value += float(gains[i, state]) - _STRAY
            continue
        cost = float(moves[last + 1, state])
        if state <= last and cost >= _BACK:
            case = set()
        value += (0.0 if state in case else float(gains[i, state])) - cost
        case.add(state)
        last = state
    return value
