"""The columns of a printed table: vertical rules that run through its heading, and its beams.

A table of a ledger has a beam above its headings, another (often broken at the columns) below
them, and rules between its columns that cross the lower one. A rule that only begins there guides
the writing inside a column (francs and centimes); one that stands outside the upper beam is the
edge of the paper. All in pixels of a straightened page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.reading import Image
from models.rules import Rules, Segment, find_rules, ink_mask

_NEAR = 0.006  # of the page's longer side: pieces so near are one rule
_RUN = 0.012  # shortest run of ink that belongs to a beam
_LONG = 0.35  # of the page's height that a rule between columns is inked over, at least
_BROKEN = 0.8  # of what the rules are usually inked over: less shows through from the other side
_COVERED = 0.55  # of the table's width that a beam is inked over, at least
_BAND = 0.0025  # half the height in which the pieces of one beam lie


@dataclass(frozen=True)
class Table:
    """Where a page's table stands.

    Attributes:
        rules: its vertical rules from left to right, the outer ones included.
        top: height of the beam above the headings.
        body: height of the beam below them, where the rows begin.
        bottom: where the longest of its rules ends.
    """

    rules: tuple[Segment, ...]
    top: float
    body: float
    bottom: float

    def edges(self, y: float) -> NDArray[np.float64]:
        """Where its rules stand at height ``y``, (columns + 1,)."""
        return np.array([across(rule, y) for rule in self.rules])


def across(rule: Segment, y: float) -> float:
    """Where a vertical rule, prolonged if need be, stands at height ``y``."""
    return rule.x0 + (rule.x1 - rule.x0) * (y - rule.y0) / max(1e-6, rule.y1 - rule.y0)


def find_table(grey: Image, rules: Rules | None = None) -> Table | None:
    """The largest table of a page; None where there is none with at least three columns."""
    rules = rules or find_rules(grey)
    height = grey.shape[0]
    near = _NEAR * max(grey.shape)
    found = [one for one in _upright(rules.vertical, near) if one[1] >= _LONG * height]
    if len(found) < 4:
        return None
    solid = float(np.median([inked / rule.length for rule, inked in found]))
    upright = [rule for rule, inked in found if inked >= _BROKEN * solid * rule.length]
    beams = _beams(grey, upright)
    top = max(beams, key=lambda beam: len(_hanging(upright, beam, 3 * near, near)), default=0.0)
    hanging = _hanging(upright, top, 3 * near, 12 * near)
    beam = [rule for rule in rules.horizontal if abs((rule.y0 + rule.y1) / 2 - top) < 2 * near]
    hanging = _inside([*hanging, *_framing(upright, beam, top, near)], beam, top, near)
    for body in (beam for beam in beams if 0.02 * height < beam - top < 0.2 * height):
        through = [rule for rule in hanging if rule.y0 < body - near and rule.y1 > body + near]
        kept = _apart(through, 2 * near)
        if len(kept) >= 4:
            return Table(tuple(kept), top, body, max(rule.y1 for rule in kept))
    return None


def _hanging(upright: Sequence[Segment], beam: float, above: float, below: float) -> list[Segment]:
    """The rules that begin at a beam, or so little above or below it."""
    return [rule for rule in upright if -above < rule.y0 - beam < below]


def _upright(vertical: Sequence[Segment], near: float) -> list[tuple[Segment, float]]:
    """Vertical rules with the pieces of one rule joined, and how many pixels of each are inked."""
    groups: list[list[Segment]] = []
    for piece in sorted(vertical, key=lambda rule: -rule.length):
        middle = (piece.y0 + piece.y1) / 2
        home = next(
            (g for g in groups if abs(across(g[0], middle) - (piece.x0 + piece.x1) / 2) < near),
            None,
        )
        if home is None:
            groups.append([piece])
        else:
            home.append(piece)
    return [(_line(group), sum(piece.length for piece in group)) for group in groups]


def _line(pieces: Sequence[Segment]) -> Segment:
    """One rule through the pieces: the longest one's direction, the ends of all."""
    longest = pieces[0]
    y0, y1 = min(piece.y0 for piece in pieces), max(piece.y1 for piece in pieces)
    thickness = float(np.median([piece.thickness for piece in pieces]))
    return Segment(across(longest, y0), y0, across(longest, y1), y1, thickness)


def _beams(grey: Image, upright: Sequence[Segment]) -> list[float]:
    """Heights at which most of the width between the outer rules is ruled across."""
    ink = (ink_mask(grey) > 0).astype(np.uint8)
    middle = grey.shape[0] / 2
    left, right = (int(f(across(rule, middle) for rule in upright)) for f in (min, max))
    run = max(15, round(_RUN * max(grey.shape)))
    band = max(2, round(_BAND * max(grey.shape)))
    strip = ink[:, max(0, left) : right]
    runs = cv2.morphologyEx(strip, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    thick = cv2.dilate(runs, np.ones((2 * band + 1, 1), np.uint8))
    covered = thick.mean(axis=1) > _COVERED
    edges = np.flatnonzero(np.diff(np.concatenate([[0], covered.astype(np.int8), [0]])))
    return [float(start + end) / 2 for start, end in edges.reshape(-1, 2)]


def _framing(
    upright: Sequence[Segment], beam: Sequence[Segment], top: float, near: float
) -> list[Segment]:
    """The rules at which a beam ends that begin above it: a frame so near the edge of the paper
    that they are one."""
    ends = [*(rule.x0 for rule in beam), *(rule.x1 for rule in beam)]
    above = [rule for rule in upright if rule.y0 <= top - 3 * near]
    outer = (min(ends), max(ends)) if ends else ()
    return [rule for rule in above if any(abs(across(rule, top) - end) < near for end in outer)]


def _inside(
    hanging: Sequence[Segment], beam: Sequence[Segment], top: float, near: float
) -> list[Segment]:
    """The rules that the upper beam reaches: beyond it is the edge of the paper."""
    if not beam:
        return list(hanging)
    left, right = min(rule.x0 for rule in beam), max(rule.x1 for rule in beam)
    return [rule for rule in hanging if left - near < across(rule, top) < right + near]


def _apart(rules: Sequence[Segment], least: float) -> list[Segment]:
    """From left to right; of two that stand closer (a double frame) the inner one."""
    ordered = sorted(rules, key=lambda rule: rule.x0 + rule.x1)
    kept: list[Segment] = []
    for rule in ordered:
        middle = (rule.y0 + rule.y1) / 2
        if kept and across(rule, middle) - across(kept[-1], middle) < least:
            if len(kept) == 1:
                kept[-1] = rule
            continue
        kept.append(rule)
    return kept
