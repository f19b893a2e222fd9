"""`hotich restore` and `hotich skew` on files, and ink told from paper on pages with truth."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from drawn_pages import paper, rule, tilt, write
from PIL import Image
from typer.testing import CliRunner

from common.errors import HotichError, InputError, UsageError
from hotich.commands.restore import restore
from hotich.commands.skew import skew
from models.evaluate_binarisation import classical, f_measure, otsu, sauvola
from preprocessing.binarise import binarise, stroke_width

PAGE = tilt(write(rule(paper())), 2.0, 0)


def _run(command: object, *words: str) -> tuple[int, list[dict[str, object]]]:
    app = typer.Typer()
    assert callable(command)
    app.command()(command)
    result = CliRunner().invoke(app, list(words))
    if isinstance(result.exception, HotichError):
        raise result.exception
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    Image.fromarray(PAGE).save(tmp_path / "scan.png")
    return tmp_path / "scan.png"


def test_restore_writes_a_straight_white_page(scan: Path, tmp_path: Path) -> None:
    code, _ = _run(restore, str(scan), str(tmp_path / "clean.png"))
    clean = np.asarray(Image.open(tmp_path / "clean.png").convert("L"))
    assert code == 0
    assert np.median(clean) > 240
    assert _run(skew, str(tmp_path / "clean.png"))[1][0]["angle"] == pytest.approx(0, abs=0.05)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["clean.png", "scan.png"]


def test_binary_with_geometry_kept_is_black_on_white_of_the_same_size(
    scan: Path, tmp_path: Path
) -> None:
    _run(restore, str(scan), str(tmp_path / "ink.tif"), "--binary", "--keep-geometry")
    ink = np.asarray(Image.open(tmp_path / "ink.tif"))
    assert ink.shape == PAGE.shape[:2]
    assert set(np.unique(ink)) == {0, 255}
    assert 0.005 < (ink == 0).mean() < 0.2


def test_the_map_tells_ink_where_it_is_asked_for_and_in_black_and_white(
    scan: Path, tmp_path: Path
) -> None:
    def made(name: str, *words: str) -> bytes:
        _run(restore, str(scan), str(tmp_path / name), *words)
        return (tmp_path / name).read_bytes()

    assert made("a.png") == made("b.png", "--no-ink-map") != made("c.png", "--ink-map")
    assert made("d.png", "--binary") == made("e.png", "--binary", "--ink-map")
    assert made("d.png", "--binary") != made("f.png", "--binary", "--no-ink-map")
    with pytest.raises(UsageError, match="--only print"):
        _run(restore, str(scan), str(tmp_path / "g.png"), "--only", "print", "--no-ink-map")


@pytest.mark.parametrize("out", ["clean.xyz", "clean", "nowhere/clean.png"])
def test_restore_says_what_it_cannot_write(scan: Path, tmp_path: Path, out: str) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        _run(restore, str(scan), str(tmp_path / out))


def test_restore_takes_one_page(tmp_path: Path) -> None:
    frames = [Image.new("L", (40, 40), level) for level in (10, 200)]
    frames[0].save(tmp_path / "two.tif", save_all=True, append_images=frames[1:])
    with pytest.raises(UsageError, match="has 2 pages"):
        _run(restore, str(tmp_path / "two.tif"), str(tmp_path / "out.png"))


def test_an_open_book_is_split_where_its_gutter_is_sure(tmp_path: Path) -> None:
    pages = [write(paper(), seed=seed) for seed in (1, 2)]
    both = np.concatenate(pages, axis=1).astype(np.float32)
    middle = pages[0].shape[1]
    far = np.abs(np.arange(both.shape[1]) - middle)[None, :, None]
    Image.fromarray((both * (1 - 0.5 * np.exp(-far / 12))).astype(np.uint8)).save(
        tmp_path / "both.png"
    )
    words = "--split", "--no-ink-map", "--keep-geometry"
    _, lines = _run(restore, str(tmp_path / "both.png"), str(tmp_path / "out.png"), *words)
    assert [line["page"] for line in lines] == [str(tmp_path / f"out-{n}.png") for n in (1, 2)]
    assert lines[1]["left"] == lines[0]["width"] == pytest.approx(middle, abs=12)
    sizes = [Image.open(tmp_path / f"out-{n}.png").size for n in (1, 2)]
    assert sizes == [(line["width"], both.shape[0]) for line in lines]
    Image.fromarray(pages[0]).save(tmp_path / "one.png")
    assert _run(restore, str(tmp_path / "one.png"), str(tmp_path / "lone.png"), *words)[1] == []
    assert (tmp_path / "lone.png").is_file()


def test_skew_prints_one_line_an_image_and_goes_on_after_a_bad_one(
    scan: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.png").write_bytes(b"no image")
    code, lines = _run(skew, str(tmp_path / "bad.png"), str(scan))
    assert code == 1
    assert lines[0]["angle"] is None
    assert "not an image" in str(lines[0]["error"])
    assert lines[1] == {"image": str(scan), "angle": pytest.approx(2.0, abs=0.05)}
    with pytest.raises(InputError, match="no page could be used"):
        _run(skew, str(tmp_path / "bad.png"))


# Binarisation


def test_ours_beats_otsu_and_sauvola_on_a_stained_faded_page() -> None:
    blank = np.full((1170, 827, 3), 255, np.uint8)
    truth = write(blank, ink=0)[:, :, 0] < 128
    page = write(paper(), ink=140)
    rows, columns = np.ogrid[: page.shape[0], : page.shape[1]]
    stain = (rows - 400) ** 2 + (columns - 300) ** 2 < 200**2
    shade = np.where(stain, 0.7, 1.0) * np.linspace(1, 0.6, page.shape[1])[None, :]
    page = (page * cv2.GaussianBlur(shade, (0, 0), 25)[:, :, None]).astype(np.uint8)
    best = f_measure(classical(page), truth)
    assert best > 88
    assert best > f_measure(otsu(page), truth) + 3
    assert best > f_measure(sauvola(page), truth) + 2


def test_f_measure_is_the_harmonic_mean() -> None:
    truth = np.zeros((10, 10), bool)
    truth[:4] = True
    found = np.zeros((10, 10), bool)
    found[2:4] = True  # precision 1, recall 0.5
    assert f_measure(found, truth) == pytest.approx(100 * 2 / 3)
    assert f_measure(truth, truth) == 100


def test_blank_paper_gives_no_ink_and_stroke_width_is_measured() -> None:
    flat = np.random.default_rng(2).normal(248, 2, (300, 300)).astype(np.uint8)
    assert (binarise(flat) == 255).mean() > 0.999
    bars = np.zeros((300, 300), np.uint8)
    bars[:, ::30] = bars[:, 1::30] = bars[:, 2::30] = bars[:, 3::30] = bars[:, 4::30] = 1
    assert stroke_width(bars) == pytest.approx(5, abs=1.5)
