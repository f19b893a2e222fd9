"""The print reader: text, calibrated confidence, one process for many crops, missing parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytesseract
import pytest
from numpy.typing import NDArray

from common.errors import InputError, MissingPartError
from models import tesseract
from models.print_reader import PrintReader, probability
from models.tesseract import hocr_pages
from tests.drawn_page import DrawnPage

TEXTS = ["Họ và tên", "Ngày sinh", "Nơi sinh", "Dân tộc", "Quốc tịch", "Số hiệu 1245"]


@pytest.fixture(autouse=True)
def forget_the_engine() -> Iterator[None]:
    """The engine's version is asked for once a process; tests change the engine."""
    tesseract.engine_version.cache_clear()
    yield
    tesseract.engine_version.cache_clear()


def crops(texts: list[str], noise: float = 3.0) -> list[NDArray[np.uint8]]:
    page = DrawnPage()
    for row, text in enumerate(texts):
        page.write(100, 100 + 120 * row, text, 40)
    grey = page.scanned(noise=noise)
    return [grey[y0 - 8 : y1 + 8, x0 - 8 : x1 + 8] for _, (x0, y0, x1, y1) in page.texts]


def test_many_crops_are_read_in_order_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    real = pytesseract.image_to_pdf_or_hocr

    def counted(*args: object, **options: object) -> object:
        calls.append(args)
        return real(*args, **options)

    monkeypatch.setattr(pytesseract, "image_to_pdf_or_hocr", counted)
    images = crops(TEXTS)
    blank = np.full((50, 300), 245, dtype=np.uint8)
    colour = np.repeat(images[0][:, :, None], 3, axis=2)
    readings = PrintReader().read([images[0], blank, *images[1:], colour])
    assert len(calls) == 1
    assert [r.text for r in readings] == [TEXTS[0], "", *TEXTS[1:], TEXTS[0]]
    assert [r.written for r in readings][:3] == [1.0, 0.0, 1.0]
    for reading in readings:
        assert "".join(char for char, _ in reading.chars) == reading.text
        assert all(0 < p < 1 for _, p in reading.chars)
        assert 0 < reading.confidence < 1
        assert reading.source.startswith("tesseract-")
        assert reading.source.endswith("@vie")


def test_confidence_falls_with_legibility() -> None:
    reader = PrintReader()
    clean = [r.confidence for r in reader.read(crops(TEXTS))]
    noisy = [r.confidence for r in reader.read(crops(TEXTS, noise=110))]
    assert np.mean(clean) > np.mean(noisy) + 0.2


@pytest.mark.parametrize("kind", ["char", "word", "line"])
def test_the_calibration_rises_and_never_claims_certainty(kind: str) -> None:
    shares = [probability(kind, score) for score in np.linspace(0, 100, 201)]
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.5 < shares[-1] < 1


def test_a_page_gives_its_words_and_their_places() -> None:
    page = DrawnPage()
    for row, text in enumerate(TEXTS):
        page.write(200, 300 + 200 * row, text, 36)
    words = PrintReader().read_page(page.scanned())
    assert [word.text for word in words] == " ".join(TEXTS).split()
    for text, (x0, y0, x1, y1) in page.texts:
        mine = [word for word in words if y0 <= word.box.centre[1] <= y1]
        assert " ".join(word.text for word in mine) == text
        assert len({word.line for word in mine}) == 1
        assert min(word.box.x0 for word in mine) == pytest.approx(x0, abs=6)
        assert max(word.box.x1 for word in mine) == pytest.approx(x1, abs=6)


def test_no_crops_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = PrintReader()
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "/nowhere/tesseract")
    assert reader.read([]) == []


def test_missing_tesseract_and_language_say_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(MissingPartError, match=r"apt-get install .*tesseract-ocr-xyz") as caught:
        PrintReader(lang="xyz")
    assert caught.value.exit_code == 4
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "/nowhere/tesseract")
    tesseract.engine_version.cache_clear()
    with pytest.raises(MissingPartError, match="apt-get install tesseract-ocr tesseract-ocr-vie"):
        PrintReader()


def test_an_engine_that_dies_is_an_error_of_the_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = PrintReader()
    engine = tmp_path / "tesseract"
    engine.write_text("#!/bin/sh\nkill -9 $$\n")
    engine.chmod(0o755)
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(engine))
    with pytest.raises(InputError, match="Tesseract failed"):
        reader.read(crops(TEXTS[:1]))


def test_bad_utf8_in_hocr_is_replaced_not_fatal() -> None:
    document = (
        b'<html xmlns="http://www.w3.org/1999/xhtml"><body><div class="ocr_page">'
        b'<span class="ocrx_word" title="bbox 0 0 9 9; x_wconf 90">'
        b'<span class="ocrx_cinfo" title="x_bboxes 0 0 4 9; x_conf 98.5">A</span>'
        b'<span class="ocrx_cinfo" title="x_bboxes 4 0 9 9; x_conf 31">\xff</span>'
        b'</span></div><div class="ocr_page"></div></body></html>'
    )
    first, second = hocr_pages(document)
    assert first[0].chars == (("A", 98.5), ("\ufffd", 31.0))
    assert first[0].score == 90.0
    assert second == []
