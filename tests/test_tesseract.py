"""Tesseract as a program that may crash: one crop must not cost the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from pytesseract import TesseractError

from common.errors import InputError
from models import tesseract
from models.reading import Image
from models.tesseract import Word, read_crops

BAD = 13


def crop(shade: int) -> Image:
    return np.full((20, 40), shade, np.uint8)


def test_a_crop_on_which_tesseract_crashes_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(images: Sequence[Image], lang: str, psm: int) -> list[list[Word]]:
        if any(image[0, 0] == BAD for image in images):
            raise TesseractError(-8, "Page 0")  # SIGFPE
        return [[Word((), float(image[0, 0]))] for image in images]

    monkeypatch.setattr(tesseract, "_run", run)
    found = read_crops([crop(shade) for shade in (1, 2, BAD, 4, 5)], "vie")
    assert [[word.score for word in page] for page in found] == [[1], [2], [], [4], [5]]


def test_an_error_of_its_own_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(images: Sequence[Image], lang: str, psm: int) -> list[list[Word]]:
        raise TesseractError(1, "cannot open vie.traineddata")

    monkeypatch.setattr(tesseract, "_run", run)
    with pytest.raises(InputError, match="traineddata"):
        read_crops([crop(1)], "vie")
