"""Stains in the paper's grain are no writing; strokes are, on a rough page too."""

from __future__ import annotations

import cv2
import numpy as np

from common.geometry import Box
from extract.ink.grain import GrainOptions, without_grain
from models.reading import Image

PLACE = Box(20, 20, 580, 180)


def stroke(page: Image, x: int) -> None:
    cv2.ellipse(page, (x, 100), (18, 30), 20, 0, 300, 120, 3)


def stain(page: Image, x0: int, x1: int, share: float, grey: int = 190) -> None:
    rng = np.random.default_rng(5)
    area = page[60:140, x0:x1]
    area[rng.random(area.shape) < share] = grey


def cleaned(page: Image) -> Image:
    return without_grain(page, [PLACE], 205, GrainOptions(), 250)


def test_a_stain_goes_and_strokes_and_their_small_marks_stay() -> None:
    page = np.full((200, 600), 250, np.uint8)
    for x in (80, 140, 200):
        stroke(page, x)
    cv2.circle(page, (140, 55), 2, 120, -1)
    alone = page.copy()
    stain(page, 320, 520, 0.25)
    assert (page[:, 320:520] < 205).sum() > 1000
    kept = cleaned(page)
    assert (kept[:, 320:520] < 205).sum() < 0.2 * (page[:, 320:520] < 205).sum()
    assert np.array_equal(kept[:, :300], alone[:, :300])


def test_where_all_writing_is_rough_it_stays() -> None:
    page = np.full((200, 600), 250, np.uint8)
    for x in range(80, 560, 60):
        stroke(page, x)
    rng = np.random.default_rng(6)
    page[(page < 205) & (rng.random(page.shape) < 0.3)] = 230
    kept = cleaned(page)
    assert (kept < 205).sum() > 0.9 * (page < 205).sum()


def test_letters_that_a_thin_pen_leaves_in_pieces_stay() -> None:
    page = np.full((200, 600), 250, np.uint8)
    for x in range(80, 320, 60):
        stroke(page, x)
    for x in range(360, 540, 60):  # as strong, but broken
        stroke(page, x)
        page[70:135:4, x - 25 : x + 25] = 250
    stain(page, 20, 60, 0.25)
    kept = cleaned(page)
    assert (kept[:, 330:] < 205).sum() > 0.95 * (page[:, 330:] < 205).sum()
    assert (kept[:, :60] < 205).sum() < 0.3 * (page[:, :60] < 205).sum()


def test_a_dark_rim_of_many_pieces_goes_and_a_pale_letter_of_few_stays() -> None:
    page = np.full((200, 600), 250, np.uint8)
    for x in range(80, 320, 60):
        stroke(page, x)
    cv2.ellipse(page, (380, 100), (18, 30), 20, 0, 300, 144, 3)  # four fifths as strong
    page[72:135:12, 350:410] = 250
    letter = page.copy()
    stain(page, 450, 550, 0.25, grey=144)
    kept = cleaned(page)
    assert (kept[:, 440:] < 205).sum() < 0.2 * (page[:, 440:] < 205).sum()
    assert np.array_equal(kept[:, :430], letter[:, :430])
