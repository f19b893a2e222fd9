"""The ink of one field: its own strokes and marks, and nobody else's."""

from __future__ import annotations

import cv2
import numpy as np

from common.geometry import Box
from extract.ink.lift import InkOptions, cut_line
from models.reading import Image

LINE = Box(40, 60, 460, 120)
OPTIONS = InkOptions()


def page(text: str = "Nguyen", x: int = 60) -> Image:
    grey = np.full((220, 700), 250, np.uint8)
    cv2.putText(grey, text, (x, 112), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 70, 3, cv2.LINE_AA)
    return grey


def ink_box(grey: Image) -> Box:
    return cut_line(grey, LINE, OPTIONS).box


def test_a_pale_smudge_and_a_far_stamp_are_left_out() -> None:
    clean = ink_box(page())
    smudged = page()
    cv2.ellipse(smudged, (430, 90), (12, 25), 0, 0, 360, 185, -1)
    assert ink_box(smudged) == clean
    stamped = page()
    cv2.ellipse(stamped, (420, 110), (35, 45), 0, 0, 360, 110, 4)
    assert ink_box(stamped) == clean


def test_dots_below_and_tones_above_belong_to_their_letters() -> None:
    marked = page()
    cv2.circle(marked, (100, 128), 3, 70, -1)
    cv2.line(marked, (90, 72), (104, 64), 70, 3)
    box = ink_box(marked)
    assert box.y1 >= 131 and box.y0 <= 66
    stray = page()
    cv2.line(stray, (400, 125), (410, 125), 70, 3)
    assert ink_box(stray) == ink_box(page())


def test_writing_that_runs_over_its_place_is_followed() -> None:
    box = ink_box(page("Nguyen Van Hung", 190))
    assert box.x1 > LINE.x1 + 60
    apart = page("Nguyen")
    cv2.putText(apart, "Tuoi", (520, 112), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 70, 3, cv2.LINE_AA)
    assert ink_box(apart) == ink_box(page("Nguyen"))


def test_strokes_tangled_with_the_next_line_are_shared() -> None:
    tangled = page("Ng")
    cv2.line(tangled, (130, 70), (130, 200), 70, 3)  # a tail down into the next line
    cv2.putText(tangled, "HHH", (100, 190), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 70, 3)
    box = ink_box(tangled)
    assert box.x1 >= 131 and box.y1 < 150


def test_a_blot_is_dense_and_writing_is_not() -> None:
    blot = np.full((220, 700), 250, np.uint8)
    cv2.ellipse(blot, (150, 90), (70, 28), 0, 0, 360, 60, -1)
    assert cut_line(blot, LINE, OPTIONS).density > 0.7
    assert cut_line(page(), LINE, OPTIONS).density < 0.5
