"""A line is read as it stands on the paper, in the resolution of the scan."""

from __future__ import annotations

import cv2
import numpy as np

from common.geometry import Box
from extract.form import Placement
from extract.form.align import TERMS, Warp
from extract.reading.view import PageView, without_marked

SCALE = 0.5


def page() -> np.ndarray:
    """A name in hairlines on a rule, at full size."""
    drawn = np.full((800, 1200), 250, np.uint8)
    cv2.putText(drawn, "An", (300, 400), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2, 215, 1, cv2.LINE_AA)
    cv2.line(drawn, (100, 404), (1100, 404), 90, 2)
    return drawn


def laid(shape: tuple[int, int]) -> Placement:
    size = (round(shape[1] * SCALE), round(shape[0] * SCALE))
    return Placement(Warp(np.eye(3), np.zeros((TERMS, 2)), size), 1.0)


def test_a_line_keeps_its_rule_its_pale_strokes_and_its_resolution() -> None:
    scan = page()
    line = PageView(scan, laid(scan.shape), SCALE).line(Box(150, 170, 200, 205))
    assert line.shape == (90, 142), "twice the ink and its margins"
    assert (line < 100).any(axis=0).all(), "the rule runs through"
    assert ((line > 180) & (line < 245)).sum() > 100, "pale strokes stand"


def test_what_lies_off_the_page_is_nothing_to_read() -> None:
    scan = page()
    line = PageView(scan, laid(scan.shape), SCALE).line(Box(900, 900, 950, 930))
    assert (line == 250).all()


def test_a_stamp_taken_off_the_small_page_is_off_the_whole_one() -> None:
    scan = page()
    stamped = scan.copy()
    cv2.circle(stamped, (800, 200), 60, 120, -1)
    small, bare = (cv2.resize(p, None, fx=0.5, fy=0.5) for p in (stamped, scan))
    whole = without_marked(stamped, small, bare)
    assert whole[150:250, 750:850].min() > 240
    assert np.array_equal(whole[350:], stamped[350:])
    assert without_marked(stamped, small, small) is stamped
