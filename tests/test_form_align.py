"""Pages laid on each other: where known points land, and what is refused."""

from __future__ import annotations

import cv2
import form_pages
import numpy as np
import pytest

from extract.form.align import TERMS, Warp, correlate, features, register, sketch
from extract.form.consensus import build_consensus
from extract.form.glance import lay_straight
from extract.form.place import SURE_SCORE

FORM = form_pages.RVN
SIZE = (FORM.width, FORM.height)


def _landing_error(page: form_pages.Page, warp: Warp) -> float:
    """Largest distance in pixels between where label corners are and where the warp puts them."""
    grid = np.array([[x, y] for x in (150, 600, 1100) for y in (200, 700, 1200)], dtype=np.float64)
    true = cv2.perspectiveTransform(grid.reshape(-1, 1, 2), page.matrix).reshape(-1, 2)
    return float(np.linalg.norm(warp.forward(grid) - true, axis=1).max())


@pytest.mark.parametrize("turn", [1.0, 4.0])
def test_a_turned_and_scaled_page_is_laid_within_pixels(turn: float) -> None:
    blank, _ = form_pages.blank_page(FORM)
    page = form_pages.page(FORM, 5, bend=0, turn=turn)
    fit = register(features(blank), features(page.grey), SIZE)
    assert fit is not None and fit.inliers >= 20
    assert _landing_error(page, fit.warp) < 3


def test_a_page_that_lies_well_needs_no_keypoints() -> None:
    blank, _ = form_pages.blank_page(FORM)
    page = form_pages.page(FORM, 5, bend=0, turn=0.3)
    warp, score = lay_straight(sketch(blank), sketch(page.grey), SIZE)
    assert score >= SURE_SCORE
    assert _landing_error(page, warp) < 3


def test_a_page_that_does_not_is_left_to_them() -> None:
    blank, _ = form_pages.blank_page(FORM)
    upside_down = np.ascontiguousarray(form_pages.page(FORM, 3).grey[::-1, ::-1])
    other = form_pages.page(form_pages.MARRIAGE, 4).grey
    for page in (upside_down, other, np.full_like(blank, 250)):
        assert lay_straight(sketch(blank), sketch(page), SIZE)[1] < 0.8 * SURE_SCORE


def test_a_bent_page_pulled_back_matches_the_blank_print() -> None:
    blank, _ = form_pages.blank_page(FORM)
    page = form_pages.page(FORM, 9, bend=12)
    form = features(blank)
    fit = register(form, features(page.grey), SIZE)
    assert fit is not None
    straight = Warp(fit.warp.homography, np.zeros((TERMS, 2)), SIZE)
    print_only = blank < 120

    def darkness(warp: Warp) -> float:
        return float(255 - warp.pull(page.grey)[print_only].mean())

    assert darkness(fit.warp) > 1.2 * darkness(straight)


def test_pale_print_holds_a_page_beside_a_heavy_title_and_dark_writing() -> None:
    blank, _ = form_pages.blank_page(FORM)
    page = (255 - 0.3 * (255.0 - blank)).astype(np.uint8)
    cv2.putText(page, "KHAI SANH " * 3, (60, 80), cv2.FONT_HERSHEY_TRIPLEX, 1.5, 0, 4)
    rng = np.random.default_rng(3)
    for y in range(120, 420, 12):
        cv2.putText(page, str(rng.integers(10**18)), (60, y), cv2.FONT_ITALIC, 0.5, 0, 2)
    seen = features(page, keypoints=600).points
    print_rows = np.flatnonzero((blank[500:] < 120).any(axis=1)) + 500
    shares = [np.mean(seen[:, 1] > y) for y in (500, float(np.median(print_rows)))]
    assert shares[0] > 0.4 and shares[1] > 0.15


def test_an_upside_down_page_is_known_as_such() -> None:
    blank, _ = form_pages.blank_page(FORM)
    page = form_pages.page(FORM, 3).grey[::-1, ::-1]
    fit = register(features(blank), features(np.ascontiguousarray(page)), SIZE)
    assert fit is not None and abs(fit.turned) > 170


def test_another_form_and_paper_are_not_laid() -> None:
    blank, _ = form_pages.blank_page(FORM)
    form = features(blank)
    other = form_pages.page(form_pages.MARRIAGE, 4).grey
    paper = np.random.default_rng(0).normal(240, 6, blank.shape).clip(0, 255).astype(np.uint8)
    for page in (other, paper):
        fit = register(form, features(page), SIZE)
        assert fit is None or fit.inliers < 18


def test_writing_averages_away_and_print_stays() -> None:
    pages = form_pages.book(FORM, 12, seed=2)  # of 7 pages a fifth of the writing goes, not half
    common = build_consensus([page.grey for page in pages])
    assert common.pages == tuple(range(12))
    blank, slots = form_pages.blank_page(FORM)
    fit = register(features(blank), features(common.grey), SIZE)
    assert fit is not None
    flat = fit.warp.pull(common.grey)
    one = pages[0].grey
    alone = register(features(blank), features(one), SIZE)
    assert alone is not None
    filled = alone.warp.pull(one)

    def written(page: np.ndarray) -> float:
        boxes = [box.grown(-4, -8).rounded() for entry in slots for box in entry.values()]
        return float(np.mean([(page[y0:y1, x0:x1] < 150).mean() for x0, y0, x1, y1 in boxes]))

    assert written(flat) < 0.5 * written(filled)
    assert (255 - flat[blank < 120]).mean() > 0.7 * (255 - filled[blank < 120]).mean()


def test_correlation_is_one_where_the_patch_was_cut() -> None:
    image = np.random.default_rng(1).integers(0, 255, (60, 80)).astype(np.float32)
    response = correlate(image[None, 20:40, 30:60], image[None])
    assert response.shape == (1, 41, 51)
    assert np.unravel_index(response[0].argmax(), response[0].shape) == (20, 30)
    assert response.max() == pytest.approx(1.0, abs=1e-3)


def test_words_that_every_page_repeats_a_little_further_on_move_no_print() -> None:
    """*Việt Nam* stands on every page, in the same hand, but not in the same place."""
    blank, _ = form_pages.blank_page(FORM)
    pages = [blank.copy(), blank.copy()]
    for page, further, size in zip(pages, (0, 9), (0.9, 1.05), strict=True):
        for y in range(176, 1400, 42):
            at, face = (900 + further, y), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX
            cv2.putText(page, "Viet Nam", at, face, size, 90, 2)
    fit = register(features(pages[0]), features(pages[1]), SIZE)
    assert fit is not None
    labels = np.array([[x, y] for x in (150, 400, 700) for y in (200, 700, 1200)])
    assert np.abs(fit.warp.forward(labels) - labels).max() < 2
