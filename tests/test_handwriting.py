"""The handwriting reader with the weights of this package, on real lines it never saw."""

from __future__ import annotations

import csv
import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from common.errors import InputError, MissingPartError
from hotich.commands.read import read
from models.handwriting import HandwritingReader, ReaderOptions
from models.normalise import HEIGHT, MAX_WIDTH, normalise
from models.reading import Image
from models.training.metrics import error_rates
from models.weights import HANDWRITING, ONNX

LINES = Path(__file__).parent / "data" / "lines_fr"
COMMAND = typer.Typer()
COMMAND.command()(read)


@pytest.fixture(scope="module")
def reader() -> HandwritingReader:
    return HandwritingReader()


@pytest.fixture(scope="module")
def real() -> tuple[list[Image], list[str]]:
    with (LINES / "labels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    images = [cv2.imread(str(LINES / row["image"]), cv2.IMREAD_GRAYSCALE) for row in rows]
    return [image.astype(np.uint8) for image in images], [row["text"] for row in rows]


def test_real_lines_of_unseen_pages_are_read(
    reader: HandwritingReader, real: tuple[list[Image], list[str]]
) -> None:
    images, texts = real
    found = [reading.text for reading in reader.read(images)]
    assert error_rates(found, texts, fold_case=True).cer < 0.5


def test_a_reading_does_not_depend_on_its_company(
    reader: HandwritingReader, real: tuple[list[Image], list[str]]
) -> None:
    images = real[0][:5]
    together = reader.read(images)
    alone = [reader.read([image])[0] for image in images]
    backwards = reader.read(images[::-1])[::-1]
    assert [r.text for r in together] == [r.text for r in alone] == [r.text for r in backwards]
    assert [r.confidence for r in together] == [r.confidence for r in alone]


def test_probabilities_are_probabilities(
    reader: HandwritingReader, real: tuple[list[Image], list[str]]
) -> None:
    for reading in reader.read(real[0]):
        assert "".join(character for character, _ in reading.chars) == reading.text
        assert all(0 <= p <= 1 for _, p in reading.chars)
        others = [p for _, p in reading.alternatives]
        assert others == sorted(others, reverse=True)
        assert reading.confidence + sum(others) <= 1 + 1e-6
        assert reading.text not in [text for text, _ in reading.alternatives]
        assert reading.written > 0.9


def test_nothing_written_reads_as_nothing(reader: HandwritingReader) -> None:
    paper = np.full((50, 400), 235, np.uint8)
    paper = cv2.add(
        paper, np.random.default_rng(1).normal(0, 3, paper.shape).astype(np.int8), dtype=0
    )
    dotted = paper.copy()
    dotted[40:42, ::7] = 90
    for reading in reader.read([paper, dotted]):
        assert reading.text == ""
        assert reading.chars == ()


def test_colour_and_shades_of_paper_change_little(
    reader: HandwritingReader, real: tuple[list[Image], list[str]]
) -> None:
    image = real[0][3]
    colour = np.stack([image, image, (image * 0.9).astype(np.uint8)], axis=2)
    darker = (image * 0.75).astype(np.uint8)
    texts = [r.text for r in reader.read([image, colour, darker, cv2.bitwise_not(image)])]
    for text in texts[1:]:
        assert error_rates([text], [texts[0]], fold_case=True).cer < 0.15


def test_doubtful_lines_are_weighed_by_their_letters(
    reader: HandwritingReader, real: tuple[list[Image], list[str]]
) -> None:
    images, texts = real
    images, texts = [*images, *(cv2.GaussianBlur(one, (0, 0), 1.5) for one in images)], 2 * texts
    quick = HandwritingReader(options=ReaderOptions(beam=0)).read(images)
    slow = reader.read(images)
    assert not any(reading.alternatives for reading in quick)
    assert any(reading.alternatives for reading in slow)
    for reading in slow:
        assert "".join(character for character, _ in reading.chars) == reading.text
        assert reading.confidence >= max((p for _, p in reading.alternatives), default=0) - 1e-9
    rates = [error_rates([r.text for r in found], texts, fold_case=True) for found in (quick, slow)]
    assert rates[1].cer < rates[0].cer


def test_odd_sizes_are_taken(reader: HandwritingReader) -> None:
    odd = [np.full(shape, 255, np.uint8) for shape in ((1, 1), (3, 900), (900, 3), (64, 9000))]
    assert len(reader.read(odd)) == 4
    assert reader.read([]) == []
    assert normalise(odd[3]).shape == (HEIGHT, MAX_WIDTH)


def test_another_process_gets_the_same_reader(
    reader: HandwritingReader, real: tuple[list[Image], list[str]]
) -> None:
    twin = pickle.loads(pickle.dumps(reader))
    assert twin.source == reader.source
    assert twin.read(real[0][:1]) == reader.read(real[0][:1])


def test_missing_and_damaged_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingPartError, match="weights"):
        HandwritingReader(tmp_path / "nowhere")
    folder = tmp_path / "weights"
    shutil.copytree(HANDWRITING, folder)
    network = bytearray((folder / ONNX).read_bytes())
    network[len(network) // 2] ^= 1
    (folder / ONNX).write_bytes(network)
    with pytest.raises(InputError, match="damaged"):
        HandwritingReader(folder)
    (folder / ONNX).unlink()
    with pytest.raises(MissingPartError, match="missing"):
        HandwritingReader(folder)


def test_the_weights_are_small_and_the_run_time_has_no_torch() -> None:
    assert (HANDWRITING / ONNX).stat().st_size < 10_000_000
    code = (
        "import sys, models.handwriting as h; h.HandwritingReader();"
        "print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_command_prints_one_json_line_an_image() -> None:
    images = sorted(LINES.glob("*.webp"))[:3]
    result = CliRunner().invoke(COMMAND, [str(path) for path in images])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["image"] for row in rows] == [str(path) for path in images]
    assert all(list(row) == ["image", "text", "confidence", "chars"] for row in rows)
    assert ["".join(c for c, _ in row["chars"]) for row in rows] == [row["text"] for row in rows]


def test_the_command_names_a_file_that_is_no_image(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG and no more")
    result = CliRunner().invoke(COMMAND, [str(broken)])
    assert isinstance(result.exception, InputError)
    assert "broken.png" in result.output


def test_crowded_lines_are_read_better_drawn_out(
    reader: HandwritingReader,
    real: tuple[list[Image], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    images, texts = real
    crowded = [cv2.resize(one, None, fx=0.8, fy=1.0) for one in images]
    found = [reading.text for reading in reader.read(crowded)]
    monkeypatch.setattr("models.handwriting._DOUBTFUL", -np.inf)
    once = [reading.text for reading in reader.read(crowded)]
    before, after = (error_rates(some, texts, fold_case=True).cer for some in (once, found))
    assert after < 0.95 * before


def test_what_is_read_surely_is_looked_at_once(
    reader: HandwritingReader,
    real: tuple[list[Image], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("models.handwriting._DOUBTFUL", -np.inf)
    widths = [len(found) for found in reader.log_probs(real[0])]
    monkeypatch.undo()
    looked = [len(found) for found in reader.log_probs(real[0])]
    assert any(a == b for a, b in zip(widths, looked, strict=True))
    assert all(a <= b for a, b in zip(widths, looked, strict=True))
