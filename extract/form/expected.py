"""Labels that must stand somewhere: between two that were found, a worn one is known by less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from rapidfuzz.distance import Levenshtein

from common.geometry import Box
from extract.form.decode import Found
from extract.form.occurrences import Occurrence, chunks
from extract.form.wordings import State
from extract.form.words import Row

_ALIKE = 0.7  # least likeness of its words, where the place is known
_LEAST = 4  # letters; a shorter one is known by nothing
_LONG = 7  # letters of a label that not every press prints
_HINTED = 0.65  # least likeness of what begins a row between its neighbours' rows
_BEGINS = 6  # letters of a label known so
_UNDER_STAMP = 0.5  # least likeness of a heading level with the other signature's
_READINGS = 3  # that have words there
_HALF = 0.5  # least likeness of a very short one, which begins the row of the next
_AGREED = 2  # readings of it that are so like it
_TOUCH = 0.1  # share of its box that another label may touch
_ENDS = 8  # letters by which the end of a label is known


def with_expected(
    case: Sequence[Found], states: Sequence[State], readings: Sequence[Sequence[Row]]
) -> tuple[Found, ...]:
    """A case with the labels that worn print hid, each where the printed order puts it.

    It stands right of the label before it, and left of what else was found on the row; or it
    begins the row of the label after it, or a row between the labels before and after it, flush
    with one of its section. Whoever read its words, and however pale they are, they are likest to
    it there. The heading of a signature, under a stamp on most pages, stands level with another's.

    Args:
        readings: rows of printed words, read in several ways.
    """
    full = list(case)
    for index, state in enumerate(states):
        have = {item.index: item for item in full}
        before = have.get(index - 1)
        if index not in have and state.label is not None and state.label.kind == "signature":
            level = _beside_heading(state, index, full, readings)
            full += [level] if level is not None else []
            continue
        if index in have:
            continue
        if len(state.keys[0]) < (_LEAST if state.required else _LONG):
            short = _begins_its_row(state, index, full, readings) if state.required else None
            full += [short] if short is not None else []
            continue
        found = None
        if before is not None and state.section == before.state.section:
            beside = _after(before.occurrence.last_line, readings)
            found = _likest(beside, state, index, full, _ALIKE)
        after = have.get(index + 1)
        if found is None and after is not None and len(state.keys[0]) >= _LONG:
            found = _likest(_before(after.occurrence.box, readings), state, index, full, _ALIKE)
        if found is None and state.required and len(state.keys[0]) >= _BEGINS:
            found = _likest(_between(state, index, full, readings), state, index, full, _HINTED)
        if found is None and state.required:
            found = _by_its_end(state, index, full, readings)
        if found is not None:
            full.append(found)
    return tuple(full)


def _likeness(run: Occurrence, state: State) -> float:
    keys = (key for key in state.keys if len(key) >= _LEAST)
    return max((Levenshtein.normalized_similarity(run.key, key) for key in keys), default=0.0)


def _likest(
    runs: Iterable[Occurrence], state: State, index: int, case: Sequence[Found], least: float
) -> Found | None:
    """The run likest to a label, where it is no part of another; None if it is too unlike."""
    taken = [item.occurrence.box for item in case]
    free = [run for run in runs if all(run.box.intersection(b).area == 0 for b in taken)]
    run = max(free, key=lambda run: _likeness(run, state), default=None)
    score = _likeness(run, state) if run else 0.0
    return Found(state, index, run, score) if run and score >= least else None


def _beside_heading(
    state: State, index: int, case: Sequence[Found], readings: Sequence[Sequence[Row]]
) -> Found | None:
    """The heading of a signature, level with another that was found, on the side that the printed
    order says, where several readings have words; None if none is like it."""
    for item in case:
        label = item.state.label
        if label is None or label.kind != "signature" or item.state.section != state.section:
            continue
        side = _after if item.index < index else _before
        runs = [list(side(item.occurrence.last_line, [rows])) for rows in readings]
        found = _likest((run for own in runs for run in own), state, index, case, _UNDER_STAMP)
        if found is not None:
            box = found.occurrence.box
            if sum(any(r.box.intersection(box).area > 0 for r in own) for own in runs) >= _READINGS:
                return found
    return None


def _begins_its_row(
    state: State, index: int, case: Sequence[Found], readings: Sequence[Sequence[Row]]
) -> Found | None:
    """A very short label (*Số*) that begins the row of the label printed after it, flush with
    others: several readings have a word there, and two of them one half like it (*Sẽ*)."""
    after = next((item for item in case if item.index == index + 1), None)
    if after is None:
        return None
    flush = [item.occurrence.box for item in case]
    firsts = [next(_before(after.occurrence.box, [rows]), None) for rows in readings]
    words = [
        run
        for run in filter(None, firsts)
        if any(abs(run.box.x0 - box.x0) < box.height for box in flush)
        and all(run.box.intersection(box).area < _TOUCH * run.box.area for box in flush)
    ]
    alike = [
        run
        for run in words
        if max(Levenshtein.normalized_similarity(run.key, key) for key in state.keys) >= _HALF
    ]
    if len(words) < _READINGS or len(alike) < _AGREED:
        return None
    return Found(state, index, min(alike, key=lambda run: run.box.height), _HALF)


def _between(
    state: State, index: int, case: Sequence[Found], readings: Sequence[Sequence[Row]]
) -> Iterator[Occurrence]:
    """Runs of words that begin a row flush with a section's labels, below the last label found
    before one, of that section where there is any, and not below the first one found after it."""
    bounds = _room(state, index, case)
    if bounds is None:
        return
    top, foot, begins = bounds
    for chunk in (chunk for rows in readings for row in rows for chunk in chunks(row)):
        first = chunk[0].box
        if top < first.centre[1] < foot and any(abs(first.x0 - b.x0) < b.height for b in begins):
            for end in range(1, len(chunk) + 1):
                yield _run(chunk[:end])


def _room(state: State, index: int, case: Sequence[Found]) -> tuple[float, float, list[Box]] | None:
    """Foot of the last label before a label, foot of the first after it, its section's labels."""
    labels = [item for item in case if item.state.label is not None]
    section = [item for item in labels if item.state.section == state.section]
    earlier = [item for item in labels if item.index < index]
    own = [item for item in earlier if item in section]
    before = max(own or earlier, key=lambda i: i.index, default=None)
    after = min((i for i in labels if i.index > index), key=lambda i: i.index, default=None)
    if before is None or after is None:
        return None
    begins = [item.occurrence.box for item in section]
    return before.occurrence.box.y1, after.occurrence.box.y1, begins


def _by_its_end(
    state: State, index: int, case: Sequence[Found], readings: Sequence[Sequence[Row]]
) -> Found | None:
    """A label of which several readings have the same end, half of it or more, as far from where
    other labels begin as the letters before it are wide; None where there is none."""
    key = state.keys[0]
    bounds = _room(state, index, case)
    if bounds is None or len(key) < 2 * _ENDS:
        return None
    top, foot, _ = bounds
    begins = [item.occurrence.box for item in case]
    ends = [
        (number, run)
        for number, rows in enumerate(readings)
        for run in chain.from_iterable(map(_ends_of, rows))
        if 2 * len(run.key) >= len(key) > len(run.key) >= _ENDS and key.endswith(run.key)
        if top < run.box.centre[1] < foot
    ]
    for _, run in sorted(ends, key=lambda end: -len(end[1].key)):
        box = run.box
        begin = box.x0 - (len(key) - len(run.key)) * box.width / len(run.key)
        near = [b for b in begins if abs(begin - b.x0) < 2 * b.height]
        same = (n for n, o in ends if _level(box, o.box) and abs(box.x1 - o.box.x1) < box.height)
        alike = len(set(same))
        if near and alike >= _READINGS:
            first = run.words[0]
            left = min(near, key=lambda b: abs(begin - b.x0)).x0
            whole = replace(first, box=first.box._replace(x0=left))
            shown = replace(run, words=(whole, *run.words[1:]))
            if all(shown.box.intersection(i.occurrence.box).area == 0 for i in case):
                return Found(state, index, shown, len(run.key) / len(key))
    return None


def _ends_of(row: Row) -> Iterator[Occurrence]:
    """Runs of words that end a chunk of a row."""
    for chunk in chunks(row):
        for start in range(len(chunk)):
            yield _run(chunk[start:])


def _after(box: Box, readings: Sequence[Sequence[Row]]) -> Iterator[Occurrence]:
    """Runs of words on the row of a label, right of it."""
    for row in (row for rows in readings for row in rows):
        right = [word for word in row if word.box.x0 >= box.x1 and _level(word.box, box)]
        for chunk in chunks(tuple(right)):
            for start in range(len(chunk)):
                for end in range(start + 1, len(chunk) + 1):
                    yield _run(chunk[start:end])


def _before(box: Box, readings: Sequence[Sequence[Row]]) -> Iterator[Occurrence]:
    """Runs of words that begin the row of a label, left of it."""
    for row in (row for rows in readings for row in rows):
        left = [word for word in row if word.box.x1 <= box.x0 and _level(word.box, box)]
        for end in range(1, len(left) + 1):
            yield _run(tuple(left[:end]))


def _run(words: Row) -> Occurrence:
    return Occurrence(words, "".join(word.key for word in words))


def _level(box: Box, other: Box) -> bool:
    return abs(box.centre[1] - other.centre[1]) < 0.6 * min(box.height, other.height)
