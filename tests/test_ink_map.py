"""The ink map: its truth from the synthesiser, its run time, its training, and what it restores."""

from __future__ import annotations

import json
import struct
from itertools import chain, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_pages import paper, rule, write
from numpy.typing import NDArray

from common.errors import InputError, PageError
from models.evaluate_binarisation import f_measure, mapped, unseen_weights
from models.evaluate_restoration import Found, change, pages_of, rank_correlation
from models.ink_folds import FOLDS, fold_of, set_of
from models.ink_map import INK, INK_MAP, KINDS, ONNX, InkLayers, InkMap, InkMapOptions
from models.legibility import Rescan, expected_error, rescan_list
from models.reading import Image, Reading
from models.restore import restore_ink
from models.synth.book import render_book
from models.synth.layers import LAYERS, labelled_scans
from models.synth.plan import BookOptions, plan_book
from preprocessing.legibility import InkQuality
from preprocessing.light import evenly_lit

WHITE = np.full((1170, 827, 3), 255, np.uint8)


@pytest.fixture(scope="module")
def ink_map() -> InkMap:
    return InkMap()


# The truth of every layer


def test_layers_lie_where_the_book_says() -> None:
    options = BookOptions.of(form="tt15-2015", pages=2, seed=9411, dpi=120)
    found = list(labelled_scans(plan_book(options)))
    assert len(found) == 2
    for scan, labels in found:
        assert labels.shape == scan.image.shape[:2]
        assert (labels == LAYERS.index("paper")).mean() > 0.7
        for kind, layer in (("label", "print"), ("field", "handwriting")):
            right = [
                (part == LAYERS.index(layer)).mean() > 0.03
                for mark in scan.page.marks
                if mark.kind == kind and any(map(str.isalnum, mark.text))
                for part in [_under(labels, scan.geometry.forward(mark.points))]
                if part.size > 200
            ]
            assert len(right) >= 8 and np.mean(right) > 0.9, kind
    _, again = next(labelled_scans(plan_book(options)))
    assert np.array_equal(again, found[0][1])


def _under(labels: Image, points: NDArray[np.float32]) -> Image:
    left, top = np.maximum(points.min(axis=0), 0).astype(int)
    right, bottom = points.max(axis=0).astype(int) + 1
    return labels[top:bottom, left:right]


def test_run_time_and_truth_name_the_same_kinds() -> None:
    assert KINDS == LAYERS


# The run time


def test_ink_is_found_under_uneven_light_and_what_shows_through_is_not() -> None:
    truth = write(WHITE, ink=0)[:, :, 0] < 128
    behind = cv2.GaussianBlur(write(WHITE, ink=0, seed=3)[:, ::-1], (0, 0), 2)
    page = write(paper(), ink=120).astype(np.float32)
    shade = np.linspace(1, 0.6, page.shape[1], dtype=np.float32)[None, :, None]
    page *= shade * (1 - 0.1 * (255 - behind.astype(np.float32)) / 255)
    spoilt = page.astype(np.uint8)
    assert f_measure(mapped(spoilt), truth) > 85


def test_tiles_agree_with_the_whole(ink_map: InkMap) -> None:
    flat = evenly_lit(write(rule(paper()), ink=60))[200:520, :640]
    whole = ink_map(flat)
    tiled = InkMap(options=InkMapOptions(tile=160))(flat)
    assert (whole.binary() != tiled.binary()).mean() < 0.002
    assert whole.ink.dtype == whole.kind.dtype == np.uint8
    assert whole.kind.max() < len(KINDS)


def test_a_small_page_is_looked_at_twice_and_its_ink_lies_alike_however_it_stands() -> None:
    flat = evenly_lit(write(rule(paper()), ink=90))[200:440, :400]
    off = []
    for twice in (0, flat.size):
        once = InkMap(options=InkMapOptions(twice=twice))
        there, back = once(flat).ink, once(cv2.rotate(flat, cv2.ROTATE_180)).ink
        off.append(cv2.absdiff(there, cv2.rotate(back, cv2.ROTATE_180)).mean())
    assert off[1] < 0.25 * off[0]


def test_odd_pictures_are_mapped_or_refused(ink_map: InkMap) -> None:
    for level in (0, 250):
        grey = np.full((70, 53), level, np.uint8)
        assert ink_map(grey).ink.shape == grey.shape
    assert ink_map(np.full((1, 1, 3), 9, np.uint8)).kind.shape == (1, 1)
    blank = evenly_lit(paper(400, 300))
    assert (ink_map(blank).ink > 127).mean() < 0.002
    with pytest.raises(PageError, match="is no page"):
        ink_map(np.zeros((9, 9), np.float32))  # type: ignore[arg-type]


def test_weights_are_small_and_whole(tmp_path: Path) -> None:
    tensors = INK_MAP / "network" / "model.safetensors"
    with tensors.open("rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    shapes = [entry["shape"] for name, entry in header.items() if name != "__metadata__"]
    assert sum(int(np.prod(shape)) for shape in shapes) <= 1_000_000
    assert (INK_MAP / ONNX).stat().st_size < 4e6 and tensors.stat().st_size < 4e6
    for file in ("manifest.json", ONNX):
        (tmp_path / file).write_bytes((INK_MAP / file).read_bytes())
    (tmp_path / ONNX).write_bytes(b"other weights")
    with pytest.raises(InputError, match="changed or damaged"):
        InkMap(tmp_path)


# What is restored


def _drawn_layers(kind: Image) -> InkLayers:
    return InkLayers(np.where(kind > 0, np.uint8(255), np.uint8(0)), kind)


def test_pale_strokes_come_back_and_sound_ones_keep_their_width() -> None:
    page = np.full((120, 300), 250, np.uint8)
    cv2.line(page, (10, 30), (290, 30), 40, 5, cv2.LINE_AA)
    cv2.line(page, (10, 80), (290, 80), 200, 5, cv2.LINE_AA)
    page[100:115, 100:200] = 215  # a stain
    kind = np.where(page < 225, np.uint8(1), np.uint8(0))
    kind[95:] = 0
    restored = restore_ink(page, _drawn_layers(kind))
    assert np.abs(restored[26:35, 50].astype(int) - page[26:35, 50]).max() <= 2
    assert restored[80, 150] < 130
    assert (restored[70:90, 150] < 150).sum() <= (page[26:35, 150] < 145).sum()
    assert (restored[95:] == 250).all()


def test_a_rule_is_lifted_and_the_stroke_that_crosses_it_is_not_cut() -> None:
    page = np.full((100, 200), 250, np.uint8)
    page[50:53] = 90
    page[:, 100:104] = 40
    kind = np.zeros_like(page)
    kind[50:53] = KINDS.index("rule")
    kind[:, 100:104] = KINDS.index("handwriting")
    layers = _drawn_layers(kind)
    writing = restore_ink(page, layers, ("handwriting",))
    assert (writing[:, 101:103] < 60).all()
    assert (writing[:, :98] == 250).all() and (writing[:, 106:] == 250).all()
    assert np.array_equal(restore_ink(page, layers, INK)[51, :98], page[51, :98])


def test_a_sound_page_is_left_as_it_is_and_a_stained_or_pale_one_is_not() -> None:
    rng = np.random.default_rng(5)
    page = (write(np.full((500, 800, 3), 250, np.uint8), ink=60)[:, :, 0]).astype(np.int16)
    sound = np.clip(page - rng.integers(0, 8, page.shape), 0, 255).astype(np.uint8)
    layers = _drawn_layers(np.where(sound < 200, np.uint8(1), np.uint8(0)))
    assert np.array_equal(restore_ink(sound, layers), sound)
    stained = sound.copy()
    stained[5:35, 20:90] -= 40
    assert (restore_ink(stained, layers)[8:30, 25:80] == 250).mean() > 0.9
    pale = (250 - (250 - sound.astype(np.float32)) * 0.35).astype(np.uint8)
    assert restore_ink(pale, layers)[layers.ink > 0].mean() < pale[layers.ink > 0].mean() - 30
    alone = restore_ink(sound, layers, ("rule",))
    assert (alone == 250).all()


def test_a_book_is_drawn_again_as_it_was_and_another_book_is_refused(
    tmp_path: Path, ink_map: InkMap
) -> None:
    options = BookOptions.of(
        form="rvn-1955-1975", pages=1, seed=9412, severity="severe", split="test", dpi=72
    )
    book = render_book(options, tmp_path / "book")
    (page,) = pages_of(book)
    assert page.lying.shape == page.scan.shape
    darkness = [evenly_lit(own).min(axis=2)[60:-60, 60:-60] for own in (page.lying, page.scan)]
    assert np.corrcoef(*(part.ravel() for part in darkness))[0, 1] > 0.5
    crops = page.crops(ink_map)
    assert {len(cut) for cut in crops.values()} == {len(page.texts)}
    inked = [(line < 128).mean() > 0.005 for line in crops["drawn"]]
    assert np.mean(inked) > 0.9, "ink where its lines are drawn"
    scan = next((book / "pages").iterdir())
    cv2.imwrite(str(scan), np.full_like(page.scan, 230))
    with pytest.raises(InputError, match="drawn otherwise"):
        list(pages_of(book))


def test_a_value_that_runs_on_below_is_two_lines(tmp_path: Path) -> None:
    options = BookOptions.of(
        register_code="GH", form="tt15-2015", pages=1, seed=9414, split="test", dpi=72
    )
    book = render_book(options, tmp_path / "book")
    (page,) = pages_of(book)
    records = [json.loads(row) for row in (book / "truth.jsonl").open(encoding="utf-8")]
    values = [f["raw"] for r in records for f in r["fields"].values() if f["raw"]]
    parted = [pair for pair in pairwise(page.texts) if " ".join(pair) in values]
    assert parted, "a home is longer than its first line"
    high = [np.ptp(points[:, 1]) for points in page.on_drawn]
    assert max(high) < 3 * np.median(high), "no line is as high as two"


# Legibility


def _reading(text: str, *probabilities: float) -> Reading:
    chars = tuple(zip(text, probabilities, strict=True))
    return Reading(text, min(probabilities), chars, (), "test", 1.0)


def test_expected_errors_add_up() -> None:
    good, bad = _reading("ab", 1.0, 0.98), _reading("abcd", 0.5, 0.6, 0.7, 0.6)
    assert expected_error([good, bad]) == pytest.approx((0.02 + 1.6) / 6)
    assert expected_error([]) == 0


def test_pages_to_scan_again_are_those_whose_ink_is_to_blame_the_worst_first() -> None:
    sound, pale = InkQuality(1, 1, 0.9), InkQuality(0.2, 0.9, 0.8)
    inks = {2: sound, 3: pale, 4: InkQuality(0.9, 0.3, 0.8)}  # page 1 is never looked at
    found = rescan_list({1: 0.05, 2: 0.7, 3: 0.45, 4: 0.6}, inks.__getitem__)
    assert found == [Rescan(4, 0.6, "grainy"), Rescan(3, 0.45, "pale")]


def test_rank_correlation_is_spearmans() -> None:
    assert rank_correlation([1, 2, 3, 4], [10, 20, 30, 90]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert rank_correlation([1, 1, 2, 2], [1, 2, 3, 4]) == pytest.approx(0.8944, abs=1e-4)


# Training and folds


def test_every_year_is_left_out_by_one_fold_that_measures_it() -> None:
    assert len(set(chain(*FOLDS))) == sum(map(len, FOLDS))
    assert [set_of(name) for name in ("DIBCO2016_H01", "Nabuco_3", "z27")] == [
        "DIBCO2016",
        "Nabuco",
        "z",
    ]
    for fold in FOLDS:
        for name in fold:
            assert fold_of(name) == fold
            folder = unseen_weights(f"{name}_1" if name != "z" else "z27", Path("run"))
            assert name in folder.parent.name
    with pytest.raises(InputError, match="no fold"):
        unseen_weights("HDIBCO2030_1", Path("run"))


@pytest.mark.parametrize("real", [False, True])
@pytest.mark.parametrize("scale", [0.7, 1.0, 1.4])
def test_labels_lie_on_the_ink_of_a_crop_of_any_scale(real: bool, scale: float) -> None:
    from models.training.ink_map.data import INK as IS_INK
    from models.training.ink_map.data import crop, labelled

    page = cv2.cvtColor(cv2.resize(write(WHITE, ink=0), None, fx=2, fy=2), cv2.COLOR_RGB2GRAY)
    ink = page < 128
    labels = np.where(ink, np.uint8(IS_INK if real else 1), np.uint8(0))
    whole = labelled("drawn", np.dstack([page] * 3), labels, real=real)
    image, cut = crop(whole, 640, scale, np.random.default_rng(4))
    seen, known = image[:, :, 0] < 128, cut > 0
    assert np.count_nonzero(known) > 2000
    for axis in (0, 1):  # as many are off by a pixel on one side as on the other
        beside = [np.roll(known, step, axis) for step in (1, -1)]
        off = [np.count_nonzero(seen & ~known & there) for there in beside]
        assert abs(off[0] - off[1]) < 0.02 * np.count_nonzero(known), off


def test_training_learns_goes_on_and_gives_weights(tmp_path: Path) -> None:
    from models.training.ink_map.data import INK as IS_INK
    from models.training.ink_map.data import labelled
    from models.training.ink_map.release import release
    from models.training.ink_map.train import InkTrainer, InkTrainOptions

    page = write(WHITE, ink=90)
    labels = np.where(page[:, :, 0] < 170, IS_INK, 0).astype(np.uint8)
    pages = [
        labelled("real", page, labels, real=True),
        labelled("rendered", page, np.minimum(labels, 1), real=False),
    ]
    options = InkTrainOptions(minutes=0.02, side=64, batch=2, scale=(1, 1))
    trainer = InkTrainer(pages, tmp_path / "run", options)
    first = trainer._step()
    trained = trainer.run(print)
    assert trainer.progress.step > 3
    assert trainer._step() < first
    again = InkTrainer(pages, tmp_path / "run", options)
    assert again.progress.step == trainer.progress.step
    assert again.done
    release(trained, tmp_path / "weights", pages, "test")
    layers = InkMap(tmp_path / "weights")(page[:160, :160])
    assert layers.ink.shape == (160, 160)


def test_a_change_is_given_with_what_chance_makes_of_it() -> None:
    """Ten pages of ten letters: half of raw's errors are gone, on every page or by chance."""

    def page(raw: int, ours: int) -> Found:
        read = {"raw": "x" * raw + "a" * (10 - raw), "ours": "x" * ours + "a" * (10 - ours)}
        readings = {name: [_reading(text, *[0.9] * 10)] for name, text in read.items()}
        return Found("clean", ["a" * 10], readings)

    assert change([page(4, 2)] * 10) == pytest.approx((-0.5, -0.5, -0.5))
    by, low, high = change([page(4, 0), page(4, 4)] * 5)
    assert by == pytest.approx(-0.5) and low < -0.7 and high > -0.3
