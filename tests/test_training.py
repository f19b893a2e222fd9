"""Shards, splits, augmentation, and a training that learns, stops, goes on and is exported."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from common.errors import InputError, UsageError
from hotich.commands.train import train as train_command
from models.charset import default_charset
from models.normalise import normalise
from models.reading import Image
from models.training.augment import augment, empty_line
from models.training.calibrate import fit_logistic, reliability
from models.training.data import (
    Source,
    clean_label,
    fold_groups,
    held_back_lines,
    read_labels,
)
from models.training.metrics import error_rates
from models.training.shards import read_shard, write_shard

COMMAND = typer.Typer()
COMMAND.command()(train_command)


def drawn(text: str, seed: int = 0) -> Image:
    """Text in OpenCV's own letters, on paper with a little noise."""
    rng = np.random.default_rng(seed)
    image = np.full((44, 24 * len(text) + 24), 230, np.uint8)
    cv2.putText(image, text, (10, 33), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.0, 40, 2, cv2.LINE_AA)
    return np.clip(image + rng.normal(0, 4, image.shape), 0, 255).astype(np.uint8)


@pytest.fixture()
def real_set(tmp_path: Path) -> Path:
    """A folder as the real sets are: 16 writers of 3 lines, labels in labels.tsv."""
    folder = tmp_path / "hands"
    folder.mkdir()
    rows = ["image\twriter\ttext"]
    for writer in range(16):
        for number in range(3):
            text = f"{writer}{number}"
            cv2.imwrite(str(folder / f"{writer}_{number}.png"), drawn(text, writer))
            rows.append(f"{writer}_{number}.png\t{writer}\t{text}")
    (folder / "labels.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def test_a_shard_gives_back_its_lines(tmp_path: Path) -> None:
    images = [drawn("Hue"), cv2.resize(drawn("Hanoi"), None, fx=3, fy=3).astype(np.uint8)]
    write_shard(tmp_path / "a.npz", images, ["Huê\u0301", "Hà Nội"], ["x", "y"])
    shard = read_shard(tmp_path / "a.npz")
    assert shard.texts == ["Huế", "Hà Nội"]
    assert shard.groups == ["x", "y"]
    assert np.abs(shard.images[0].astype(int) - images[0]).mean() < 3
    assert shard.images[1].shape[0] == 64
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def test_damaged_or_uneven_shards_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="2 texts"):
        write_shard(tmp_path / "a.npz", [drawn("a")], ["a", "b"], ["x"])
    with pytest.raises(InputError, match="grey"):
        write_shard(tmp_path / "a.npz", [np.zeros((9, 9, 3), np.uint8)], ["a"], ["x"])
    write_shard(tmp_path / "a.npz", [drawn("a")], ["a"], ["x"])
    data = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "half.npz").write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=r"half\.npz"):
        read_shard(tmp_path / "half.npz")


def test_no_writer_stands_on_both_sides_of_the_split(real_set: Path) -> None:
    trained = {group for _, _, group in read_labels(real_set, held_back=False)}
    aside = {group for _, _, group in read_labels(real_set, held_back=True)}
    assert len(aside) == 2  # every 8th of 16
    assert not trained & aside
    assert len(trained | aside) == 16
    assert {line.group for line in Source(real_set).lines} == trained
    assert {line.group for line in held_back_lines(real_set)} == aside


def test_labels_that_were_not_read_are_not_learnt() -> None:
    assert clean_label("Cie d’Orléans &amp; XXX") is None
    assert clean_label("l’an\u00a01914 &amp; apre\u0300s") == "l'an 1914 & après"
    assert clean_label("漢") is None


def test_folds_part_the_writers_and_no_source_shows_those_held_back(
    real_set: Path, tmp_path: Path
) -> None:
    parts = [fold_groups(real_set, part, 5) for part in range(5)]
    assert sorted(group for part in parts for group in part) == sorted(map(str, range(16)))
    spliced = tmp_path / "spliced"
    spliced.mkdir()
    write_shard(spliced / "a.npz", [drawn("ab"), drawn("cd")], ["ab", "cd"], ["0", "1"])
    for aside in parts:
        sources = [Source(real_set, aside), Source(spliced, aside)]
        sources[1].refresh()
        shown = {line.group for source in sources for line in source.lines}
        assert shown == set(map(str, range(16))) - aside
        assert {line.group for line in held_back_lines(real_set, aside=aside)} == aside
    pytest.importorskip("torch")
    from models.training.train import Trainer, TrainOptions

    options = TrainOptions(
        sources={"hands": 1.0}, watch="hands", threads=1, columns=600, empty=0.0, fold=(1, 5)
    )
    trainer = Trainer(real_set.parent, tmp_path / "run", options, resume=False)
    assert {line.group for line in trainer.watched} == parts[1]
    drawn_writers: set[str] = set()
    for batch in islice(trainer._batches(), 12):
        texts = iter(default_charset().characters[i - 1] for i in batch["targets"].tolist())
        for length in batch["lengths"].tolist():
            drawn_writers.add("".join(islice(texts, length))[:-1])  # a label is writer and number
    assert len(drawn_writers) > 8 and not drawn_writers & parts[1]


def test_every_line_is_read_by_a_network_that_never_saw_its_writer(
    real_set: Path, tmp_path: Path
) -> None:
    pytest.importorskip("torch")
    from models.network import LineConfig, LineNetwork
    from models.training.folds import evaluate_folds, fold_folder, train_folds
    from models.training.train import TrainOptions

    options = TrainOptions(
        sources={"hands": 1.0}, watch="hands", threads=1, columns=600, hours=1e-5, save_minutes=1
    )
    with pytest.raises(InputError, match="base"):
        train_folds(tmp_path, tmp_path / "folds", options, 2)
    LineNetwork(LineConfig()).save_pretrained(tmp_path / "base")
    options = options.model_copy(update={"start": tmp_path / "base"})
    with pytest.raises(InputError, match="not trained"):
        evaluate_folds(tmp_path, "hands", tmp_path / "folds", 2, [])
    said: list[str] = []
    for _ in range(2):  # the second time there is nothing left to do
        train_folds(tmp_path, tmp_path / "folds", options, 2, said.append)
    assert said[0] == said[2] and said[1] == said[3]
    assert (fold_folder(tmp_path / "folds", 1, 2) / "average" / "model.safetensors").is_file()
    said.clear()
    evaluate_folds(tmp_path, "hands", tmp_path / "folds", 2, [], said.append)
    assert [line[:24].strip() for line in said if "all, ours  " in line and "n    48" in line]


def test_new_shards_are_taken_in_as_they_appear(tmp_path: Path) -> None:
    source = Source(tmp_path)
    source.refresh()
    assert source.lines == []
    write_shard(tmp_path / "one.npz", [drawn("ab")], ["ab"], ["x"])
    source.refresh()
    source.refresh()
    assert [line.text for line in source.lines] == ["ab"]


def test_augmentation_changes_the_picture_but_not_its_kind() -> None:
    image = drawn("Nguyen")
    seen = [augment(image, np.random.default_rng(seed)) for seed in range(40)]
    assert all(one.dtype == np.uint8 and one.ndim == 2 for one in seen)
    assert len({one.tobytes() for one in seen}) > 35
    same = [augment(image, np.random.default_rng(5)) for _ in range(2)]
    assert np.array_equal(*same)
    ink = normalise(empty_line(image, np.random.default_rng(0)))
    assert (normalise(image) > 120).mean() > 10 * (ink > 120).mean()


@pytest.mark.parametrize("shape", [(1, 1), (2, 40), (40, 2), (64, 3)])
def test_specks_of_images_do_not_stop_a_training(shape: tuple[int, int]) -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        normalise(augment(rng.integers(0, 255, shape).astype(np.uint8), rng))


def test_error_rates_against_values_worked_out_by_hand() -> None:
    rates = error_rates(["Nguyen Văn a", ""], ["nguyễn văn An", "Hà"], fold_case=True)
    assert rates.cer == pytest.approx((1 + 1 + 2) / (13 + 2))
    assert rates.blind_cer == pytest.approx((0 + 1 + 2) / 15)
    assert rates.wer == pytest.approx((2 + 1) / (3 + 1))
    assert rates.exact == 0


def test_calibration_finds_known_numbers() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(1, 2, 20_000)
    stated = 1 / (1 + np.exp(-logits))
    right = rng.random(20_000) < 1 / (1 + np.exp(-(0.5 * logits - 1)))
    found = fit_logistic(stated.tolist(), right.tolist())
    assert found.scale == pytest.approx(0.5, abs=0.05)
    assert found.shift == pytest.approx(-1, abs=0.1)
    assert reliability(stated.tolist(), right.tolist()).ece > 0.1


def test_a_training_learns_stops_goes_on_and_ships(real_set: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from models.handwriting import HandwritingReader
    from models.training.checkpoint import AVERAGE
    from models.training.export import export
    from models.training.train import Trainer, TrainOptions
    from models.weights import NETWORK, Calibration, write_calibration, write_manifest

    options = TrainOptions(
        sources={"hands": 1.0}, watch="hands", threads=1, columns=600, max_steps=6, warm_up=0.0
    )
    out = tmp_path / "out"
    trainer = Trainer(tmp_path, out, options, resume=False)
    before = trainer.network.state_dict()["head.weight"].clone()
    assert trainer.run(lambda _: None).step == 6
    assert not before.equal(trainer.network.state_dict()["head.weight"])

    again = Trainer(tmp_path, out, options, resume=True)
    assert again.progress.step == 6
    for name, value in trainer.network.state_dict().items():
        assert value.equal(again.network.state_dict()[name])
    assert len(again.optimiser.state) == len(list(again.network.parameters()))
    begun = TrainOptions.of(**{**options.model_dump(), "start": out / AVERAGE})
    further = Trainer(tmp_path, tmp_path / "further", begun, resume=False)
    kept = trainer.average.state_dict()["head.weight"]
    assert further.progress.step == 0
    assert np.abs((further.network.state_dict()["head.weight"] - kept).numpy()).max() < 1e-3

    lines = [line.image for line in held_back_lines(real_set)]
    readers = []
    for int8 in (False, True):
        folder = tmp_path / f"int8 {int8}"
        export(out / AVERAGE, folder, "test", lines, int8=int8, say=lambda _: None)
        write_calibration(folder, Calibration())
        write_manifest(folder, "test", trainer.network.config.characters, 40)
        readers.append(HandwritingReader(folder))
    fp32, small = (reader.log_probs(lines) for reader in readers)
    assert np.abs(np.exp(fp32[0]) - np.exp(small[0])).max() < 0.05
    assert (tmp_path / "int8 True" / NETWORK / "model.safetensors").stat().st_size < 10_000_000


def test_a_limit_on_threads_does_not_stop_a_training(real_set: Path, tmp_path: Path) -> None:
    """OMP_THREAD_LIMIT=1 is usual advice for Tesseract; oneDNN then waited for a second thread."""
    config = tmp_path / "two.yaml"
    config.write_text("{sources: {hands: 1.0}, watch: '', columns: 600, max_steps: 2, threads: 2}")
    call = [sys.executable, "-m", "hotich", "train", str(real_set.parent), "--out"]
    call += [str(tmp_path / "run"), "--config", str(config)]
    environ = {**os.environ, "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "2"}
    done = subprocess.run(
        call, env=environ, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "2 steps" in done.stdout


def test_training_says_what_it_lacks(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from models.training.train import TrainOptions, train

    with pytest.raises(InputError, match="no training source"):
        train(tmp_path, tmp_path / "out")
    with pytest.raises(UsageError, match="hours"):
        TrainOptions.of(hours=-1)
    with pytest.raises(UsageError, match="speed"):
        TrainOptions.of(speed=3)


def test_the_command_trains_and_names_what_is_wrong(real_set: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    config = tmp_path / "config.yaml"
    config.write_text(
        "sources: {hands: 1.0}\nwatch: ''\nthreads: 1\ncolumns: 600\nmax_steps: 2\n",
        encoding="utf-8",
    )
    call = [str(tmp_path), "--out", str(tmp_path / "out"), "--config", str(config)]
    done = CliRunner().invoke(COMMAND, call)
    assert done.exit_code == 0, done.output
    assert "done: 2 steps" in done.output
    config.write_text("sources: [", encoding="utf-8")
    assert isinstance(CliRunner().invoke(COMMAND, call).exception, InputError)
    config.write_text("wings: 2", encoding="utf-8")
    assert isinstance(CliRunner().invoke(COMMAND, call).exception, UsageError)
