"""Reading a line within a grammar: a CTC prefix beam search that keeps to a word graph.

After Hannun et al. 2014 (arXiv 1408.2873), with the words' weights added where words end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from extract.grammar import Grammar, State, ended, heaviest, step
from models.charset import BLANK
from models.ctc import Labels, LogProbs

_NEVER = -np.inf


def within(
    log_probs: LogProbs,
    grammar: Grammar,
    letters: Mapping[int, str],
    width: int = 16,
    floor: float = -9.0,
) -> list[tuple[Labels, float]]:
    """The likeliest texts of the grammar with the weights of their words, best first.

    Args:
        log_probs: (frames, classes) of one line, class 0 the blank.
        letters: the letter of each class but the blank.
        width: prefixes kept.
        floor: classes below this log probability in a frame are not tried.
    """
    beam: dict[Labels, tuple[float, float]] = {(): (0.0, _NEVER)}
    states: dict[Labels, State] = {(): grammar.start}
    for frame in log_probs.astype(np.float64):
        blank_now = float(frame[BLANK])
        tried = [(int(c), float(frame[c])) for c in np.flatnonzero(frame > floor) if c != BLANK]
        grown: dict[Labels, tuple[float, float]] = {}
        known: dict[Labels, State] = {}
        for prefix, (blank, ink) in beam.items():
            total = float(np.logaddexp(blank, ink))
            last = prefix[-1] if prefix else -1
            repeat = float(frame[last]) if prefix else _NEVER
            _add(grown, prefix, total + blank_now, ink + repeat)
            known[prefix] = states[prefix]
            for label, gain in tried:
                longer = (*prefix, label)
                state = known.get(longer) or states.get(longer)
                if state is None:
                    state = step(states[prefix], letters[label])
                if not state:
                    continue
                known[longer] = state
                before = blank if label == last else total
                _add(grown, longer, _NEVER, before + gain)
        ranked = sorted(grown, key=lambda p: -(np.logaddexp(*grown[p]) + heaviest(known[p])))
        beam = {prefix: grown[prefix] for prefix in ranked[:width]}
        states = {prefix: known[prefix] for prefix in beam}
    found = [
        (prefix, weight, float(np.logaddexp(*beam[prefix])))
        for prefix in beam
        if (weight := ended(states[prefix])) is not None
    ]
    found.sort(key=lambda item: -(item[1] + item[2]))
    return [(prefix, weight) for prefix, weight, _ in found]


def _add(
    grown: dict[Labels, tuple[float, float]], prefix: Labels, blank: float, ink: float
) -> None:
    old = grown.get(prefix)
    if old is None:
        grown[prefix] = (blank, ink)
    else:
        grown[prefix] = (float(np.logaddexp(old[0], blank)), float(np.logaddexp(old[1], ink)))


def words_of(rows: Sequence[tuple[Labels, float]], letters: Mapping[int, str]) -> list[str]:
    """The texts of the labels."""
    return ["".join(letters[label] for label in labels) for labels, _ in rows]
