"""Rendered lines: decay that grows, slots without writing, shards that repeat by seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from common.errors import UsageError
from models.synth.decay import SEVERITIES, textures
from models.synth.faces import faces
from models.synth.hand import Hand
from models.synth.lines import random_line, render_line, write_lines
from models.training.shards import read_shard

TEXT = "Nguyễn Thị Hường, làm ruộng"


def lines(severity: str, text: str = TEXT, count: int = 24) -> list[np.ndarray]:
    rng = np.random.default_rng(11)
    every = faces("handwriting", "train")
    return [
        render_line(text, Hand.random(rng, every[i % len(every)]), severity, rng)
        for i in range(count)
    ]


def contrast(image: np.ndarray) -> float:
    """Ink against paper, in deviations of the paper's own noise."""
    grey = image.astype(float)
    ink, paper = np.percentile(grey, 2), np.percentile(grey, 60)
    noise = np.abs(np.diff(grey[grey.shape[0] // 8 : grey.shape[0] // 4], axis=1)).mean()
    return float((paper - ink) / (noise + 1))


def test_lines_are_grey_and_of_a_reader_s_height() -> None:
    for image in lines("moderate"):
        assert image.dtype == np.uint8 and image.ndim == 2
        assert 24 <= image.shape[0] <= 150
        assert image.shape[1] > 2 * image.shape[0]


def test_decay_grows_with_its_name() -> None:
    clean, moderate, severe = (
        float(np.median([contrast(i) for i in lines(name)])) for name in SEVERITIES
    )
    assert clean > 1.2 * moderate > 1.2 * 1.2 * severe


def test_an_unknown_severity_is_refused() -> None:
    with pytest.raises(UsageError, match="rotten"):
        lines("rotten", count=1)


def test_the_same_seed_renders_the_same_line() -> None:
    first, second = lines("severe", count=4), lines("severe", count=4)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_slot_nothing_is_written_in_holds_less_ink() -> None:
    def dark(images: list[np.ndarray]) -> float:
        middle = [i[int(0.3 * len(i)) : int(0.7 * len(i))].astype(float) for i in images]
        return float(np.mean([(m < np.median(m) - 40).mean() for m in middle]))

    assert dark(lines("clean", "")) < 0.35 * dark(lines("clean"))


def test_shards_repeat_by_seed_and_name_their_severity(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_lines(tmp_path / name, shards=1, seed=4, split="test", lines=40, severity="severe")
    write_lines(tmp_path / "c", shards=1, seed=5, split="test", lines=40, severity="severe")
    (first,), (second,), (other,) = (
        [read_shard(path) for path in (tmp_path / name).glob("*.npz")] for name in "abc"
    )
    assert first.texts == second.texts and first.texts != other.texts
    assert all(np.array_equal(a, b) for a, b in zip(first.images, second.images, strict=True))
    held_back = {
        face.name for look in ("handwriting", "typewriter") for face in faces(look, "test")
    }
    for group in first.groups:
        severity, face = group.split("/")
        assert severity == "severe" and face in held_back
    assert max(image.shape[0] for image in first.images) <= 64


def test_some_slots_are_empty_and_some_lines_typed() -> None:
    rng = np.random.default_rng(2)
    drawn = [random_line(rng, "train") for _ in range(400)]
    typed = {face.name for face in faces("typewriter", "train")}
    assert 2 <= sum(text == "" for _, text, _ in drawn) <= 30
    assert 4 <= sum(group.split("/")[1] in typed for _, _, group in drawn) <= 40


def test_paper_is_cut_from_real_pages_and_neutral() -> None:
    assert len(textures()) >= 10
    for texture in textures():
        assert texture.shape == (512, 512)
        assert 0.95 < float(texture.mean()) < 1.05
        assert 0.003 < float(texture.std()) < 0.1
