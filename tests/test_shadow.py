"""What writing that ran leaves in its place."""

from __future__ import annotations

import cv2
import numpy as np

from common.geometry import Box
from extract.ink.shadow import ShadowOptions, shade_of, shadow_in
from extract.reading.options import FieldOptions
from extract.reading.slots import Place, Usual, slot_of
from models.reading import Image

PLACE, HEIGHT = Box(50, 40, 450, 80), 40.0
OPTIONS = ShadowOptions()


def paper(seed: int = 1) -> Image:
    noise = np.random.default_rng(seed).normal(0, 2, (120, 500))
    return np.clip(246 + noise, 0, 255).astype(np.uint8)


def shadow(page: Image) -> float:
    return shadow_in(shade_of(page, HEIGHT, OPTIONS), [PLACE], HEIGHT, OPTIONS)


def test_writing_that_ran_is_dark_in_its_place_and_paper_is_not() -> None:
    ran = np.full((120, 500), 0.0, np.float32)
    cv2.putText(ran, "Kinh", (90, 72), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.2, 70.0, 3)
    page = np.clip(paper() - cv2.GaussianBlur(ran, (0, 0), 9), 0, 255).astype(np.uint8)
    assert page.min() > 200  # no stroke of it is left
    assert shadow(page) > OPTIONS.dark
    assert shadow(paper()) < OPTIONS.dark / 2


def test_a_stain_over_a_whole_place_and_its_labels_colon_are_no_shadow() -> None:
    stained = np.clip(paper().astype(int) - 25, 0, 255).astype(np.uint8)
    stained[55:60, 52:58] = 40
    assert shadow(stained) < OPTIONS.dark / 2


def test_an_unread_place_with_a_shadow_is_illegible_not_blank() -> None:
    usual, how = Usual(30.0, 80.0, 5.0), FieldOptions()
    empty = Place("chaDanToc", "enum", "", (0, 0, 9, 9), 0.0, False)
    assert slot_of(empty, [], usual, how).written == 0.0
    assert slot_of(empty._replace(shadow=20.0), [], usual, how).written > 0.5
    note = empty._replace(code="ghiChu", shadow=20.0)  # dirt stands in an empty column
    assert slot_of(note, [], usual, how).written == 0.0
