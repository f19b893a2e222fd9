"""Transforms map points exactly, both ways, and warp images as they map points."""

from __future__ import annotations

import numpy as np
import pytest

from common.geometry import Box
from preprocessing.transform import Transform, turned_size

SIZE = (1654, 2339)
CORNERS = [[0, 0], [1654, 0], [1654, 2339], [0, 2339]]


def _tilt(angle: float) -> Transform:
    return Transform.turn(angle, SIZE, turned_size(angle, SIZE))


@pytest.mark.parametrize("angle", [-15, -0.3, 0, 2.5, 90])
def test_corners_mapped_and_back_land_where_they_were(angle: float) -> None:
    homography = np.array([[1.1, 0.05, 20], [-0.03, 0.9, 7], [1e-5, -2e-5, 1]])
    both = _tilt(angle).then(Transform(homography)).then(Transform.scale(0.5, 0.7))
    returned = both.back(both.forward(CORNERS))
    assert np.abs(returned - CORNERS).max() < 0.01


def test_turning_holds_the_whole_page_and_goes_counter_clockwise() -> None:
    canvas = turned_size(10, SIZE)
    corners = _tilt(10).forward(CORNERS)
    assert corners.min() > -0.01
    assert (corners <= np.array(canvas) + 0.01).all()
    left, right = _tilt(10).forward([[0, 1000], [1654, 1000]])
    assert right[1] < left[1], "the right end of a line rises"


def test_then_is_one_after_the_other() -> None:
    first, second = _tilt(3), Transform.shift(5, -8)
    point = [[100.0, 200.0]]
    assert np.allclose(first.then(second).forward(point), second.forward(first.forward(point)))


def test_a_box_survives_within_its_bounds() -> None:
    box = Box(400, 600, 900, 660)
    returned = _tilt(1).box_back(_tilt(1).box_forward(box))
    assert returned.intersection(box) == pytest.approx(box, abs=0.01)
    assert returned.height < box.height + 2 * 500 * np.sin(np.radians(1)) + 2
    assert Transform.shift(3, 4).box_forward(box) == Box(403, 604, 903, 664)


@pytest.mark.parametrize("angle", [-12.0, 1.0, 7.3])
def test_a_warped_dot_lies_where_its_point_maps(angle: float) -> None:
    image = np.full((300, 200), 255, np.uint8)
    image[100:103, 50:53] = 0  # its centre is 51.5, 101.5
    canvas = turned_size(angle, (200, 300))
    transform = Transform.turn(angle, (200, 300), canvas)
    warped = transform.warp(image, canvas, (255,))
    rows, columns = np.nonzero(warped < 255)
    weights = 255.0 - warped[rows, columns]
    centre = [np.average(columns + 0.5, weights=weights), np.average(rows + 0.5, weights=weights)]
    assert np.abs(transform.forward([[51.5, 101.5]]) - centre).max() < 0.05


def test_identity_changes_nothing() -> None:
    image = np.random.default_rng(1).integers(0, 256, (40, 60, 3)).astype(np.uint8)
    assert np.array_equal(Transform.identity().warp(image, (60, 40), (0, 0, 0)), image)
