"""Training lines cut from rendered pages: they show what their texts say, as extract would cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.handwriting import HandwritingReader, ReaderOptions
from models.synth import cut_lines as cutting
from models.synth.cut_lines import cut_lines, random_book, write_books
from models.synth.leaves import scans
from models.synth.plan import BookOptions, plan_book
from models.training.metrics import error_rates
from models.training.shards import read_stored

BOOK = BookOptions(form="2006-2015", register_code="KS", pages=2, seed=16, severity="clean")


def test_a_cut_line_shows_its_text() -> None:
    rng = np.random.default_rng(1)
    lines = [line for scan in scans(plan_book(BOOK)) for line in cut_lines(scan, rng)]
    images = [image for image, text in lines if text]
    truths = [text for _, text in lines if text]
    reader = HandwritingReader(options=ReaderOptions(beam=0))
    texts = [reading.text for reading in reader.read(images)]
    assert len(truths) > 30
    assert error_rates(texts, truths, fold_case=True).cer < 0.15
    assert error_rates(texts, truths[1:] + truths[:1], fold_case=True).cer > 0.6


def test_bare_paper_shows_no_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "BARE", 1.0)
    rng = np.random.default_rng(1)
    lines = [line for scan in scans(plan_book(BOOK)) for line in cut_lines(scan, rng)]
    bare = [image for image, text in lines if not text]
    assert len(bare) > 10
    readings = HandwritingReader(options=ReaderOptions(beam=0)).read(bare)
    assert sum(not reading.text for reading in readings) > 0.9 * len(bare)


def test_paper_beside_the_ink_varies_as_boxes_do() -> None:
    (scan, *_) = scans(plan_book(BOOK))
    first, again, other = (
        [image.shape for image, text in cut_lines(scan, np.random.default_rng(seed)) if text]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert sum(a != b for a, b in zip(first, other, strict=True)) > 0.8 * len(first)


def test_a_shard_a_book_the_same_for_the_same_seed(tmp_path: Path) -> None:
    write_books(tmp_path / "one", books=2, pages=1, seed=5)
    write_books(tmp_path / "two", books=2, pages=1, seed=5)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["pages-5-0000.npz", "pages-5-0001.npz"]
    for name in names:
        one, two = (read_stored(tmp_path / way / name) for way in ("one", "two"))
        assert one
        assert [line.text for line in one] == [line.text for line in two]
        assert all(np.array_equal(a.jpeg, b.jpeg) for a, b in zip(one, two, strict=True))


def test_books_of_a_test_are_never_cut_for_training() -> None:
    rng = np.random.default_rng(3)
    books = [random_book(rng, 4, seed) for seed in range(60)]
    assert {book.split for book in books} == {"train"}
    assert len({(book.register_code, book.form) for book in books}) > 15
    assert {book.severity for book in books} == {"clean", "moderate", "severe"}


def test_a_shard_that_stands_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_books(tmp_path, books=1, pages=1, seed=5)
    monkeypatch.setattr(cutting, "scans", lambda _: pytest.fail("drawn again"))
    write_books(tmp_path, books=1, pages=1, seed=5)
