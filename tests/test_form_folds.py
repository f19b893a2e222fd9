"""Folds of the leaves are no rules of the form."""

from __future__ import annotations

import cv2
import numpy as np

from extract.form.folds import without_folds
from models.rules import find_rules

RULE, FOLD = 300, 900  # abscissas


def _page(fold: int) -> np.ndarray:
    """A form whose leaders stop before an upright rule and run on to the right edge, with a line
    of this grey level across them."""
    page = np.full((1400, 1200), 250, np.uint8)
    cv2.line(page, (RULE, 100), (RULE, 1300), 60, 5)
    cv2.line(page, (FOLD, 100), (FOLD + 4, 1300), fold, 5)
    for y in range(150, 1300, 60):
        for x in [*range(60, RULE - 25, 9), *range(RULE + 25, 1150, 9)]:
            cv2.circle(page, (x, y), 1, 90, -1)
    return page


def test_a_line_that_leaders_run_across_is_a_fold_and_a_rule_they_stop_at_is_not() -> None:
    page = _page(fold=150)
    rules = find_rules(page)
    assert len(rules.vertical) == 2
    (kept,) = without_folds(rules, page).vertical
    assert abs(kept.x0 - RULE) < 5
    unfolded = _page(fold=250)
    plain = find_rules(unfolded)
    assert without_folds(plain, unfolded) == plain
