"""Cleaning repairs what is wrong with a page and leaves a sound one as it is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawn_pages import paper, rule, tilt, write

from common.errors import PageError
from preprocessing.arrays import Image
from preprocessing.blank import BlankOptions
from preprocessing.border import find_border
from preprocessing.clean import CleanOptions, clean_page
from preprocessing.ink import recover_ink
from preprocessing.light import flatten, paper_light
from preprocessing.noise import denoise, grain_of
from preprocessing.skew import skew_angle

WHITE = np.full((1170, 827, 3), 255, np.uint8)


def _grey(page: Image) -> Image:
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY))


def _ink(grey: Image, below: int = 160) -> np.ndarray:
    return np.asarray(grey < below)


# The whole page


def test_a_turned_page_comes_out_straight_and_its_points_are_found_again() -> None:
    page = write(rule(paper()))
    cross = (400, 700)
    cv2.drawMarker(page, cross, (200, 0, 0), cv2.MARKER_TILTED_CROSS, 24, 3)
    clean = clean_page(tilt(page, 4.0, 0))
    assert clean.angle == pytest.approx(4.0, abs=0.05)
    assert abs(skew_angle(clean.colour)) < 0.05
    red = (clean.colour[:, :, 0] > 150) & (clean.colour[:, :, 1] < 90)
    rows, columns = np.nonzero(red)
    on_scan = clean.transform.back([[columns.mean() + 0.5, rows.mean() + 0.5]])
    scan = tilt(page, 4.0, 0)
    rows, columns = np.nonzero((scan[:, :, 0] > 150) & (scan[:, :, 1] < 90))
    assert np.abs(on_scan - [columns.mean() + 0.5, rows.mean() + 0.5]).max() < 0.5
    assert clean.grey.shape == clean.colour.shape[:2]


def test_corners_survive_the_way_to_the_clean_page_and_back() -> None:
    clean = clean_page(tilt(write(rule(paper())), -7.3, 255))
    height, width = clean.grey.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    assert np.abs(clean.transform.forward(clean.transform.back(corners)) - corners).max() < 0.01


def test_yellow_uneven_paper_becomes_white_and_ink_stays_dark() -> None:
    page = write(rule(paper()))
    shade = np.linspace(1.0, 0.55, page.shape[1])[None, :, None]
    clean = clean_page((page * shade).astype(np.uint8))
    for part in (clean.grey[:, :200], clean.grey[:, -200:]):
        assert 240 <= np.median(part) <= 255
        assert part.min() < 130
    assert np.ptp(np.median(clean.colour.reshape(-1, 3), axis=0)) < 6, "the yellow has gone"


def test_a_sound_page_is_not_damaged() -> None:
    page = write(WHITE, ink=30)
    before, after = _ink(_grey(page), 128), _ink(clean_page(page).grey, 128)
    if before.shape != after.shape:
        pytest.fail("a straight page was turned")
    both = np.count_nonzero(before & after)
    assert both / np.count_nonzero(before) > 0.99
    assert both / np.count_nonzero(after) > 0.97


def test_cleaning_twice_changes_little() -> None:
    once = clean_page(write(rule(paper())))
    twice = clean_page(once.grey)
    assert abs(twice.angle) < 0.03
    assert twice.grey.shape == once.grey.shape
    assert np.count_nonzero(_ink(once.grey) ^ _ink(twice.grey)) < 0.1 * _ink(once.grey).sum()


def test_keep_geometry_moves_nothing() -> None:
    page = tilt(write(rule(paper())), 3, 0)
    clean = clean_page(page, CleanOptions(keep_geometry=True))
    assert clean.grey.shape == page.shape[:2]
    assert np.array_equal(clean.transform.matrix, np.eye(3))
    assert clean.angle == pytest.approx(3, abs=0.1)


def test_every_step_is_recorded_and_can_be_left_out() -> None:
    page = tilt(write(rule(paper())), 2, 0)
    names = [step.name for step in clean_page(page).steps]
    assert names == ["border", "light", "deskew", "noise", "ink"]
    bare = clean_page(page, CleanOptions(border=None, skew=None, noise=None, ink=None))
    assert [step.name for step in bare.steps] == ["light"]


def test_restored_keeps_colour_and_the_recovered_ink() -> None:
    page = write(paper(), ink=175)
    cv2.circle(page, (600, 900), 60, (200, 60, 60), 6)  # a stamp
    clean = clean_page(page)
    restored = clean.restored()
    stamp = restored[894:906, 534:546].reshape(-1, 3).min(axis=0)
    assert int(stamp[0]) - int(stamp[1]) > 50
    assert _grey(restored)[:800].min() < _grey(clean.colour)[:800].min() - 20
    assert clean_page(write(WHITE)).restored().ndim == 2


@pytest.mark.parametrize(
    ("image", "blank"),
    [
        (paper(), True),
        (tilt(paper(), 5, 0), True),
        (np.zeros((900, 600, 3), np.uint8), True),
        (np.full((1, 1, 3), 128, np.uint8), True),
        (np.full((5, 3000), 255, np.uint8), True),
        (write(paper(), lines=1), False),
        (write(paper(), ink=170, lines=8), False),
        (rule(paper()), False),
    ],
    ids=["paper", "framed", "black", "pixel", "strip", "one line", "pale", "form"],
)
def test_blank_pages_are_told_from_written_ones(image: Image, blank: bool) -> None:
    clean = clean_page(image)
    assert clean.blank is blank
    assert (clean.legibility == 0) is blank
    assert clean.grey.dtype == np.uint8


def test_a_torn_page_keeps_what_is_left() -> None:
    page = write(rule(paper()))
    rows, columns = np.ogrid[: page.shape[0], : page.shape[1]]
    page[(rows < 700) & (columns > 500 + rows // 4)] = 5
    clean = clean_page(page)
    assert not clean.blank
    assert abs(clean.angle) < 0.1
    assert np.median(clean.grey) > 240


@pytest.mark.parametrize("wrong", [np.zeros((5, 5)), np.zeros((5, 5, 4), np.uint8)])
def test_what_is_no_picture_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(PageError, match="is no page"):
        clean_page(wrong)


def test_unknown_options_are_refused() -> None:
    with pytest.raises(ValueError, match="blur"):
        BlankOptions(blur=1)  # type: ignore[call-arg]


# The steps


def test_the_frame_is_found_and_nothing_else() -> None:
    page = write(rule(paper()))
    framed = cv2.copyMakeBorder(page, 60, 40, 80, 0, cv2.BORDER_CONSTANT, value=(10, 10, 10))
    border = find_border(_grey(framed)) > 0
    truth = np.ones(border.shape, bool)
    truth[60:-40, 80:] = False
    assert (border & truth).sum() > 0.97 * truth.sum()
    assert (border & ~truth).sum() < 0.02 * (~truth).sum()
    assert not find_border(_grey(page)).any()
    assert find_border(np.full((300, 200), 10, np.uint8)).all()


def test_light_is_divided_out_without_eating_ink() -> None:
    page = _grey(write(WHITE, ink=60))
    shaded = (page * np.linspace(0.4, 1.0, page.shape[0])[:, None]).astype(np.uint8)
    flat = flatten(shaded, paper_light(shaded, np.zeros_like(shaded)))
    assert np.abs(np.median(flat, axis=1) - 250).max() < 6
    assert (_ink(flat) & _ink(page)).sum() > 0.97 * _ink(page).sum()


def test_pale_ink_is_recovered_and_sound_ink_untouched() -> None:
    sound, pale = _grey(write(WHITE, ink=60)), _grey(write(WHITE, ink=195))
    assert np.array_equal(recover_ink(sound), sound)
    strokes = _ink(sound, 90)
    assert np.median(recover_ink(pale)[strokes]) < 150
    assert np.array_equal(recover_ink(pale)[pale == 255], pale[pale == 255])
    wider = np.count_nonzero(_ink(recover_ink(pale), 190)) / np.count_nonzero(_ink(sound, 160))
    assert wider < 1.1, "strokes are not thickened"


def test_soft_show_through_is_not_taken_for_pale_ink() -> None:
    through = cv2.GaussianBlur(_grey(write(WHITE, ink=120))[:, ::-1].copy(), (0, 0), 3.5)
    assert recover_ink(through).min() > through.min() - 12


def test_specks_go_and_thin_strokes_stay() -> None:
    page = np.full((200, 200), 240, np.uint8)
    page[100, 20:180] = 60  # a hairline of one pixel
    page[40::20, 40::20] = 20
    clean = denoise(page)
    assert np.array_equal(clean[100, 20:180], page[100, 20:180])
    assert clean[40, 40] > 200


def test_grain_is_measured_and_smoothed() -> None:
    rng = np.random.default_rng(5)
    noisy = np.clip(rng.normal(225, 12, (400, 400)), 0, 255).astype(np.uint8)
    noisy[200:203] = 60
    assert grain_of(noisy) == pytest.approx(12, rel=0.15)
    clean = denoise(noisy)
    assert clean[:190].std() < 0.6 * noisy[:190].std()
    assert clean[201].mean() < 90


def test_legibility_falls_with_fading_blur_and_grain() -> None:
    page = write(WHITE, ink=40)
    pale = write(WHITE, ink=200)
    blurred = cv2.GaussianBlur(page, (0, 0), 3)
    noise = np.random.default_rng(1).normal(-40, 40, page.shape[:2])[:, :, None]
    grainy = np.clip(page + noise, 0, 255).astype(np.uint8)
    best = clean_page(page).legibility
    assert best > 0.8
    for worse in (pale, blurred, grainy):
        assert clean_page(worse).legibility < best - 0.2
