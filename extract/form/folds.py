"""Folds of the leaves told from the form's rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.reading import Image
from models.rules import Rules, Segment, leader_dots

_ROUND = 20  # thicknesses of a leader to either side of a rule in which its dots are looked at
_BOTH = 3  # dots on either side, and leaders, at least
_UNBROKEN = 2.2  # pitches of a leader: where it runs on; a dot may be lost in the fold
_SHARE = 0.25  # of the leaders on both sides; a fold and its shadow hide the dots of others
_IN_LINE = 2.0  # thicknesses between two pieces of one fold


def without_folds(rules: Rules, grey: Image) -> Rules:
    """The rules less upright lines that leaders run across unbroken: folds of the leaves, which
    lie alike on many pages. Where a table is ruled, leaders stop before the rule.

    Args:
        grey: (H, W) what the pages have in common.
    """
    dots = leader_dots(grey)
    folds = [rule for rule in rules.vertical if _is_crossed(rule, rules.dotted, dots)]
    kept = tuple(r for r in rules.vertical if not any(_in_line(r, fold) for fold in folds))
    return replace(rules, vertical=kept)


def _is_crossed(rule: Segment, leaders: Iterable[Segment], dots: NDArray[np.float64]) -> bool:
    """Whether enough leaders that have dots on both sides of an upright rule have no wider gap
    there than between their other dots."""
    x, gaps = (rule.x0 + rule.x1) / 2, []
    for leader in leaders:
        near = abs(dots[:, 1] - leader.at(x)) <= leader.thickness
        own = np.sort(dots[near & (abs(dots[:, 0] - x) < _ROUND * leader.thickness), 0])
        left, right = own[own < x], own[own >= x]
        if rule.y0 < leader.at(x) < rule.y1 and min(len(left), len(right)) >= _BOTH:
            gaps.append((right[0] - left[-1]) / max(float(np.median(np.diff(own))), 1.0))
    crossed = sum(bool(gap <= _UNBROKEN) for gap in gaps)
    return crossed >= max(_BOTH, _SHARE * len(gaps))


def _in_line(rule: Segment, fold: Segment) -> bool:
    apart = float(min(abs(rule.x0 - fold.x1), abs(fold.x0 - rule.x1)))
    return rule == fold or apart <= _IN_LINE * fold.thickness
