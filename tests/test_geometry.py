"""Geometry: which way up, spreads, photographs, curls, neighbours; exact ways back, or nothing."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from drawn_page import DrawnPage, form_page
from drawn_pages import paper, rule, tilt, write
from numpy.typing import ArrayLike
from PIL import Image as Picture
from typer.testing import CliRunner

from common.geometry import Box
from hotich.commands.skew import skew
from preprocessing.arrays import Image
from preprocessing.border import find_border, find_neighbour
from preprocessing.clean import CleanOptions, CleanPage, clean_page
from preprocessing.curl import find_curl
from preprocessing.orientation import orientation
from preprocessing.perspective import find_perspective
from preprocessing.scans import open_scans
from preprocessing.skew import skew_angle
from preprocessing.spread import split_spread
from preprocessing.straighten import page_angle
from preprocessing.transform import Chain, Mapping, Points, Transform
from preprocessing.warp import Warp

SIZE = (1654, 2339)
SAMPLE = Path(__file__).parents[1] / "sample" / "KS.1962.01.pdf"
PLAIN = CleanOptions(noise=None, ink=None)


@pytest.fixture(scope="module")
def form() -> DrawnPage:
    return form_page()


def _bent(size: tuple[int, int], lift: float = 22.0, reach: float = 0.12) -> Warp:
    """A curl into a binding at the left: the upper page is lifted more than the lower one."""
    x, y = np.meshgrid(np.linspace(0, 1, 97), np.linspace(0, 1, 33))
    return Warp(lift * np.exp(-x / reach) * (1 - 0.3 * y), size)


class _Inverse(Mapping):
    """A mapping the other way round, to draw damage with."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping

    def forward(self, points: ArrayLike) -> Points:
        return self.mapping.back(points)

    def back(self, points: ArrayLike) -> Points:
        return self.mapping.forward(points)


# Maps


def test_a_chain_with_a_curl_goes_there_and_back_exactly() -> None:
    chain = Transform.turn(-2.3, SIZE, (1750, 2400)).then(_bent((1750, 2400), 40))
    assert isinstance(chain, Chain)
    grid = np.stack(np.meshgrid(np.linspace(0, 1654, 40), np.linspace(0, 2339, 50)), -1)
    points = grid.reshape(-1, 2)
    assert np.abs(chain.back(chain.forward(points)) - points).max() < 1e-6
    box = Box(300, 400, 900, 460)
    assert chain.box_back(chain.box_forward(box)).intersection(box) == pytest.approx(box, abs=0.01)


def test_a_lift_that_folds_the_page_is_refused() -> None:
    with pytest.raises(ValueError, match="folds"):
        Warp(np.array([[0.0, 0.0], [400.0, 0.0]]), (100, 600))


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns_move_pixels_as_they_move_points(quarters: int) -> None:
    image = np.arange(6 * 4, dtype=np.uint8).reshape(6, 4)
    turned = np.rot90(image, quarters)
    (x, y) = Transform.quarter_turns(quarters, (4, 6)).forward([[1.5, 4.5]])[0]
    assert turned[int(y), int(x)] == image[4, 1]


# Which way up


@pytest.fixture(scope="module")
def upright() -> tuple[Image, CleanPage]:
    scan = open_scans(SAMPLE)[1].load()
    return scan, clean_page(scan, PLAIN)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_is_turned_upright_and_its_points_are_found_again(
    upright: tuple[Image, CleanPage], quarters: int
) -> None:
    scan, before = upright
    assert abs(before.angle) < 1
    turned = np.ascontiguousarray(np.rot90(scan, quarters))
    clean = clean_page(turned, PLAIN)
    assert clean.steps[2].name == "orientation"
    off = clean.angle - before.angle - 90 * quarters
    assert (off + 180) % 360 - 180 == pytest.approx(0, abs=0.05)
    size = scan.shape[1], scan.shape[0]
    points = np.array([[100.0, 80.0], [1500.0, 2300.0], [40.0, 2100.0]])
    on_turned = Transform.quarter_turns(quarters, size).forward(points)
    assert np.abs(clean.transform.forward(on_turned) - before.transform.forward(points)).max() < 3
    assert np.abs(clean.transform.back(clean.transform.forward(on_turned)) - on_turned).max() < 1


def test_a_sparse_form_may_be_left_but_is_never_turned_wrongly(form: DrawnPage) -> None:
    for quarters in range(4):
        found = orientation(np.ascontiguousarray(np.rot90(form.scanned(), quarters)))
        assert not found.sure or found.degrees == 90 * quarters


@pytest.mark.parametrize(
    "page", [paper(), np.zeros((900, 600, 3), np.uint8), np.full((1, 1, 3), 9, np.uint8)]
)
def test_nothing_is_said_of_pages_that_show_no_up(page: Image) -> None:
    assert not orientation(page).sure
    assert page_angle(page) == 0.0


# Curls


def test_a_curl_is_made_flat_and_corners_return(form: DrawnPage) -> None:
    grey = form.scanned()
    bend = _bent(SIZE)
    scan = _Inverse(bend).warp(grey, SIZE, (245,))
    warp = find_curl(scan)
    assert warp is not None
    rule_y = np.array([[x, 900.0] for x in range(160, 1500, 20)])
    lying = bend.back(rule_y)
    before, after = np.ptp(lying[:, 1]), np.ptp(warp.forward(lying)[:, 1])
    assert before > 6
    assert after < 0.25 * before
    clean = clean_page(scan)
    assert "curl" in [step.name for step in clean.steps]
    for _, (x0, y0, x1, y1) in form.texts:
        corners = bend.back([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
        there = clean.transform.forward(corners)
        assert np.abs(clean.transform.back(there) - corners).max() < 0.01
        level = abs(there[0, 1] - there[1, 1])
        assert level < max(2.5, 0.5 * abs(corners[0, 1] - corners[1, 1])), "the line is level"


def test_a_flat_page_is_not_bent(form: DrawnPage) -> None:
    assert find_curl(form.scanned()) is None
    assert find_curl(paper()[:, :, 0]) is None


# Photographs


def _photo(corners: list[tuple[int, int]]) -> tuple[Image, Transform]:
    page = write(rule(paper()))
    height, width = page.shape[:2]
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, np.array(corners, np.float32))
    transform = Transform(np.asarray(matrix, np.float64))
    desk = np.random.default_rng(3).normal(70, 9, (1300, 1100, 3)).clip(0, 255).astype(np.uint8)
    sheet = transform.warp(page, (1100, 1300), (0, 0, 0))
    inside = transform.warp(np.full(page.shape[:2], 255, np.uint8), (1100, 1300), (0,))
    desk[inside > 127] = sheet[inside > 127]
    return desk, transform


def test_a_photographed_page_is_seen_from_above() -> None:
    photo, true = _photo([(180, 120), (860, 150), (960, 1190), (90, 1150)])
    found = find_perspective(np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)))
    assert found is not None
    transform, size = found
    corners = true.forward([[0, 0], [827, 0], [827, 1170], [0, 1170]])
    square = np.array([[0, 0], [size[0], 0], size, [0, size[1]]])
    assert np.abs(transform.forward(corners) - square).max() < 8
    clean = clean_page(photo)
    assert clean.steps[0].name == "perspective"
    assert abs(skew_angle(clean.grey)) < 0.1
    assert np.abs(clean.transform.back(clean.transform.forward(corners)) - corners).max() < 1


def test_no_perspective_where_the_sheet_is_square_torn_or_cut_off() -> None:
    square, _ = _photo([(150, 100), (950, 100), (950, 1200), (150, 1200)])
    cut, _ = _photo([(-80, 120), (860, 150), (960, 1190), (-120, 1150)])
    torn, _ = _photo([(180, 120), (860, 150), (960, 1190), (90, 1150)])
    cv2.fillPoly(torn, [np.array([(600, 0), (1100, 0), (1100, 700)])], (70, 70, 70))
    for photo in (square, cut, torn, write(rule(paper()))):
        assert find_perspective(np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY))) is None


# Spreads and neighbours


def _spread(shadow: bool) -> Image:
    left, right = write(rule(paper())), write(rule(paper(seed=1)), seed=1)
    both = np.hstack([left, right]).astype(np.float64)
    if shadow:
        away = np.abs(np.arange(both.shape[1]) - left.shape[1])
        both *= (1 - 0.4 * np.exp(-away / 25))[None, :, None]
    return both.astype(np.uint8)


@pytest.mark.parametrize("shadow", [True, False])
def test_a_spread_is_split_and_each_page_finds_its_way_back(shadow: bool) -> None:
    both = _spread(shadow)
    views = split_spread(both)
    assert len(views) == 2
    assert abs(views[0].image.shape[1] - 827) < 25
    point = views[1].transform.back([[10.5, 20.5]])[0]
    assert np.array_equal(both[int(point[1]), int(point[0])], views[1].image[20, 10])


def test_one_page_stays_one() -> None:
    page = write(rule(paper()))
    wide = rule(write(paper(827, 1170), lines=9))
    cv2.line(wide, (100, 400), (1070, 400), (60, 60, 60), 2)
    half = np.hstack([page, paper(seed=2)])
    for image in (page, wide, half, paper(600, 900), np.zeros((3, 9, 3), np.uint8)):
        assert len(split_spread(image)) == 1


def test_the_neighbouring_page_is_cut_at_the_binding() -> None:
    page = write(rule(paper()))
    beside = np.hstack([page[:, 60:0:-1], page]).astype(np.float64)
    away = np.abs(np.arange(beside.shape[1]) - 60)
    scan = (beside * (1 - 0.45 * np.exp(-away / 14))[None, :, None]).astype(np.uint8)
    grey = np.asarray(cv2.cvtColor(scan, cv2.COLOR_RGB2GRAY))
    strip = find_neighbour(grey, find_border(grey)) > 0
    assert strip[:, :50].all()
    assert not strip[:, 70:].any()
    plain = np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY))
    assert not find_neighbour(plain, find_border(plain)).any()


# Hostile pictures


def _desk() -> Image:
    rng = np.random.default_rng(8)
    wood = cv2.GaussianBlur(rng.normal(120, 60, (700, 900)), (0, 0), 14)
    desk = np.repeat(wood[:, :, None], 3, axis=2).clip(0, 255).astype(np.uint8)
    cv2.circle(desk, (300, 300), 120, (200, 40, 40), -1)
    cv2.rectangle(desk, (500, 350), (800, 600), (20, 20, 60), -1)
    return desk


@pytest.mark.parametrize(
    "image",
    [
        paper(),
        np.zeros((900, 600, 3), np.uint8),
        np.full((1, 1, 3), 200, np.uint8),
        np.full((20_000, 24, 3), 230, np.uint8),
        _desk(),
    ],
    ids=["blank", "black", "pixel", "long", "desk"],
)
def test_hostile_pictures_give_a_sane_page(image: Image) -> None:
    clean = clean_page(image)
    assert clean.grey.shape == clean.colour.shape[:2]
    assert abs(clean.angle) <= 180
    assert len(split_spread(image)) == 1
    corner = np.array([[0.0, 0.0]])
    assert np.abs(clean.transform.back(clean.transform.forward(corner)) - corner).max() < 1


def test_a_scan_of_twenty_thousand_pixels_is_straightened() -> None:
    page = np.tile(write(rule(paper()))[:, 80:380], (17, 1, 1))
    clean = clean_page(page, PLAIN)
    assert abs(clean.angle) < 2
    assert not clean.blank


def test_a_torn_page_is_measured_by_what_is_left() -> None:
    page = tilt(write(rule(paper())), 2.0, 0)
    rows, columns = np.ogrid[: page.shape[0], : page.shape[1]]
    page[(rows < 600) & (columns > 420 + rows // 3)] = 8
    assert clean_page(page).angle == pytest.approx(2.0, abs=0.06)


def test_the_skew_command_gives_a_line_for_every_picture(tmp_path: Path) -> None:
    names = ["blank.png", "black.png", "pixel.png", "huge.png"]
    Picture.fromarray(paper()).save(tmp_path / names[0])
    Picture.new("L", (600, 900), 0).save(tmp_path / names[1])
    Picture.new("RGB", (1, 1)).save(tmp_path / names[2])
    (tmp_path / names[3]).write_bytes(_png_of(20_000, 20_000))
    result = CliRunner().invoke(_command(), [str(tmp_path / name) for name in names])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert lines[0]["angle"] == 0.0
    for line, word in zip(lines[1:], ("black", "1×1", "pixels"), strict=True):
        assert line["angle"] is None
        assert word in line["error"]


def _png_of(width: int, height: int) -> bytes:
    """A PNG that says it has this size; its pixels are left out."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _command() -> typer.Typer:
    app = typer.Typer()
    app.command()(skew)
    return app
