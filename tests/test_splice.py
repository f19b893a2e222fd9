"""Spliced lines: words cut from real lines and put together again."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.handwriting import HandwritingReader
from models.training.data import Line
from models.training.shards import read_stored
from models.training.splice import cut_words, splice, write_spliced

LINES = Path(__file__).parent / "data" / "lines_fr"


@pytest.fixture(scope="module")
def real() -> list[Line]:
    with (LINES / "labels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    images = [cv2.imread(str(LINES / row["image"]), cv2.IMREAD_GRAYSCALE) for row in rows]
    return [
        Line(np.asarray(image, np.uint8), row["text"], "one hand")
        for image, row in zip(images, rows, strict=True)
    ]


def test_words_are_cut_in_order_and_cover_their_line(real: list[Line]) -> None:
    line = max(real, key=lambda one: len(one.text.split()))
    words = cut_words(HandwritingReader(), [line], least=-100)["one hand"]
    assert [word.text for word in words] == line.text.split()
    joined = np.hstack([word.image for word in words])
    width = joined.shape[1]
    assert 0.6 < width / line.image.shape[1] <= 1
    places = range(line.image.shape[1] - width + 1)
    assert any(np.array_equal(line.image[:, x : x + width], joined) for x in places)


def test_a_word_beyond_its_line_is_left_out(real: list[Line]) -> None:
    """Of a short line more is paper put beside it than is its own."""
    short = Line(real[0].image[:, :24], "l d l c m n", "one hand")
    words = cut_words(HandwritingReader(), [short], least=-100)["one hand"]
    assert words and all(word.image.size for word in words)


def test_lines_the_reader_cannot_follow_are_left_out(real: list[Line]) -> None:
    wrong = [Line(line.image, "zzz qqq xxx", line.group) for line in real]
    assert cut_words(HandwritingReader(), wrong) == {}


def test_spliced_lines_hold_only_the_writers_own_words(real: list[Line]) -> None:
    words = cut_words(HandwritingReader(), real, least=-100)
    known = {word.text for word in words["one hand"]}
    made = list(islice(splice(words, np.random.default_rng(0), longest=5), 30))
    assert all(set(line.text.split()) <= known for line in made)
    assert {len(line.text.split()) for line in made} == {1, 2, 3, 4, 5}
    assert all(line.image.dtype == np.uint8 and line.group == "one hand" for line in made)
    again = list(islice(splice(words, np.random.default_rng(0), longest=5), 30))
    assert [line.text for line in again] == [line.text for line in made]


def test_shards_bear_the_writer_of_each_line_and_no_held_back_one(
    tmp_path: Path, real: list[Line]
) -> None:
    rows = ["image\ttext\twriter"]
    for number, line in enumerate(real * 3):
        image = tmp_path / f"{number}.png"
        cv2.imwrite(str(image), line.image)
        rows.append(f"{image.name}\t{line.text}\twriter {number % 2}")
    (tmp_path / "labels.tsv").write_text("\n".join(rows), encoding="utf-8")
    write_spliced(tmp_path, tmp_path / "out", shards=2, lines=20, seed=3)
    shards = sorted((tmp_path / "out").glob("*.npz"))
    drawn = [line for path in shards for line in read_stored(path)]
    assert len(shards) == 2 and len(drawn) == 40
    assert {line.group for line in drawn} == {"writer 1"}
