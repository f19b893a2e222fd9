"""Labels that must stand somewhere: between two that were found, a worn one is known by less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from common.geometry import Box
from extract.form.decode import Found
from extract.form.wordings import Occurrence, State, chunks
from extract.form.words import Row

_ALIKE = 0.7  # least likeness of its words, where the place is known
_LEAST = 4  # letters; a shorter one is known by nothing
_LONG = 7  # letters of a label that not every press prints


def with_expected(
    case: Sequence[Found], states: Sequence[State], readings: Sequence[Sequence[Row]]
) -> tuple[Found, ...]:
    """A case with the labels that worn print hid, each on the row of the label before it.

    It stands right of that label, and left of what else was found on the row; whoever read its
    words, and however pale they are, they are likest to it there.

    Args:
        readings: rows of printed words, read in several ways.
    """
    full = list(case)
    for index, state in enumerate(states):
        have = {item.index: item for item in full}
        before = have.get(index - 1)
        if index in have or before is None or state.section != before.state.section:
            continue
        if len(state.keys[0]) < (_LEAST if state.required else _LONG):
            continue
        taken = [item.occurrence.box for item in full]
        runs = [run for rows in readings for run in _after(before.occurrence.last_line, rows)]
        free = [run for run in runs if all(run.box.intersection(b).area == 0 for b in taken)]
        likest = max(free, key=lambda run: _likeness(run, state), default=None)
        if likest is not None and _likeness(likest, state) >= _ALIKE:
            full.append(Found(state, index, likest, _likeness(likest, state)))
    return tuple(full)


def _likeness(run: Occurrence, state: State) -> float:
    keys = (key for key in state.keys if len(key) >= _LEAST)
    return max((Levenshtein.normalized_similarity(run.key, key) for key in keys), default=0.0)


def _after(box: Box, rows: Sequence[Row]) -> Iterator[Occurrence]:
    """Runs of words on the row of a label, right of it."""
    for row in rows:
        right = [word for word in row if word.box.x0 >= box.x1 and _level(word.box, box)]
        for chunk in chunks(tuple(right)):
            for start in range(len(chunk)):
                for end in range(start + 1, len(chunk) + 1):
                    words = chunk[start:end]
                    yield Occurrence(words, "".join(word.key for word in words))


def _level(box: Box, other: Box) -> bool:
    return abs(box.centre[1] - other.centre[1]) < 0.6 * min(box.height, other.height)
