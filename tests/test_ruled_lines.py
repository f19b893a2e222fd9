"""Rules: found where they are drawn and nowhere else, and lifted without cutting strokes."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from models.rules import Rules, Segment, find_rules, lift_rules
from tests.drawn_page import HEIGHT, WIDTH, DrawnPage, form_page


def near(found: Segment, x0: float, y0: float, x1: float, y1: float, reach: float = 14) -> bool:
    return (
        math.hypot(found.x0 - x0, found.y0 - y0) <= reach
        and math.hypot(found.x1 - x1, found.y1 - y1) <= reach
    )


def test_every_drawn_rule_is_found_and_no_other() -> None:
    rules = find_rules(form_page().scanned())
    for y in (900, 1000, 2100):
        assert any(near(rule, 150, y, 1500, y) for rule in rules.horizontal)
    for x in (150, 500, 1100, 1500):
        assert any(near(rule, x, 900, x, 2100) for rule in rules.vertical)
    for row in range(6):
        y = 239 + 100 * row
        assert any(near(rule, 420, y, 1498, y) for rule in rules.dotted)
    assert (len(rules.horizontal), len(rules.vertical), len(rules.dotted)) == (3, 4, 6)


@pytest.mark.parametrize("angle", [-1.0, 1.0])
def test_rules_of_a_slightly_turned_page_are_found(angle: float) -> None:
    rules = find_rules(form_page().scanned(angle))
    slope = -math.tan(math.radians(angle))
    long = [rule for rule in rules.horizontal if rule.length > 1200]
    assert len(long) == 3
    for rule in long:
        assert (rule.y1 - rule.y0) / (rule.x1 - rule.x0) == pytest.approx(slope, abs=0.003)
    assert len([rule for rule in rules.vertical if rule.length > 1000]) == 4


def test_writing_is_no_rule() -> None:
    page = DrawnPage()
    for row in range(30):
        page.write(150, 100 + 60 * row, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM mimimumum", 36)
    assert find_rules(page.scanned()) == Rules()
    assert find_rules(np.full((HEIGHT, WIDTH), 245, dtype=np.uint8)) == Rules()


def test_lifting_takes_the_rules_and_leaves_the_strokes() -> None:
    bare, ruled = DrawnPage(), DrawnPage()
    for page in (bare, ruled):
        page.write(300, 300, "Nguyễn Thị Phương gạch qua", 60)
    top, bottom = bare.texts[0][1][1], bare.texts[0][1][3]
    middle = (top + bottom) // 2 + 6
    ruled.rule(200, middle, 1500, middle)
    ruled.dots(200, 1500, 600)
    want, given = bare.scanned(noise=0), ruled.scanned(noise=0)
    lifted = lift_rules(given, find_rules(given))
    ink, was_ink = lifted < 140, want < 140
    assert was_ink[middle - 2 : middle + 3].sum() > 300  # the strokes do cross the rule
    kept = (ink & was_ink).sum() / was_ink.sum()
    left_over = (ink & ~cv2.dilate(was_ink.astype(np.uint8), np.ones((9, 9))).astype(bool)).sum()
    assert kept > 0.99
    assert left_over <= 0.02 * (given < 140)[middle - 2 : middle + 3].sum()
    assert lifted[560:640].min() > 200
