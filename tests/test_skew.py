"""Skew is measured to a few hundredths of a degree, and is 0.0 where nothing shows it."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_pages import paper, rule, tilt, write

from preprocessing.arrays import Image
from preprocessing.evaluate_skew import figures, measure
from preprocessing.skew import skew_angle

ANGLES = [-14.7, -6.3, -0.6, 0.0, 0.35, 3.9, 11.2]


@pytest.mark.parametrize("fill", [0, 128, 255])
def test_ruled_and_written_pages_to_a_twentieth_of_a_degree(fill: int) -> None:
    page = write(rule(paper()))
    errors = [abs(skew_angle(tilt(page, angle, fill)) - angle) for angle in ANGLES]
    assert max(errors) < 0.05
    assert np.mean(errors) < 0.03


def test_a_blank_form_and_writing_without_rules() -> None:
    for page, worst in ((rule(paper()), 0.05), (write(paper()), 0.15)):
        errors = [abs(skew_angle(tilt(page, angle, 0)) - angle) for angle in ANGLES]
        assert max(errors) < worst


def test_grey_and_colour_agree_and_pale_ink_is_enough() -> None:
    page = tilt(write(rule(paper(), ink=170), ink=165), 2.4, 255)
    assert abs(skew_angle(page) - 2.4) < 0.06
    assert abs(skew_angle(page.mean(axis=2).astype(np.uint8)) - 2.4) < 0.06


def test_the_frame_does_not_count() -> None:
    page = write(rule(paper()))
    framed = np.zeros((1400, 1000, 3), np.uint8)  # a straight frame round a turned page
    turned = tilt(page, 3.0, 0)[:1390, :990]
    framed[5 : 5 + turned.shape[0], 5 : 5 + turned.shape[1]] = turned
    assert abs(skew_angle(framed) - 3.0) < 0.05


def _stained() -> Image:
    page = paper(seed=4)
    rows, columns = np.ogrid[: page.shape[0], : page.shape[1]]
    page[(rows - 500) ** 2 + (columns - 300) ** 2 < 90**2] -= 40
    return page


@pytest.mark.parametrize(
    "page",
    [
        paper(),
        paper(seed=2, grain=12),
        tilt(paper(), 5, 0),
        tilt(paper(), -4, 255),
        _stained(),
        np.zeros((900, 600, 3), np.uint8),
        np.full((1, 1, 3), 200, np.uint8),
        np.full((3000, 40), 255, np.uint8),
    ],
    ids=["paper", "grainy", "framed", "on white", "stained", "black", "one pixel", "strip"],
)
def test_no_evidence_is_zero(page: Image) -> None:
    assert skew_angle(page) == 0.0


def test_a_lone_word_is_no_evidence() -> None:
    page = paper()
    page[600:604, 400:420] = 40
    page[590:620, 404:407] = 40
    assert skew_angle(page) == 0.0


def test_the_evaluation_sees_errors() -> None:
    page = write(rule(paper()))
    turns = list(measure(page, "drawn", 4, np.random.default_rng(2)))
    assert figures(turns).mean < 0.05
    wrong = [turn._replace(error=turn.error + 0.3) for turn in turns]
    assert figures(wrong).within == 0.0
    assert figures(wrong).mean > 0.25
