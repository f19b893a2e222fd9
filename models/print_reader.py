"""The print reader: Tesseract behind the face of every reader, with calibrated confidence.

Tesseract's own confidence (0..100) is no probability. ``print_calibration.csv`` maps it to one:
the share of characters, words and lines that were right, by confidence, on print rendered with
Debian's fonts, clean to badly worn (`models.calibrate_print` measured it and can do so again).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytesseract

from common.geometry import Box
from common.text import nfc, squeeze
from models.reading import Image, Reading
from models.tesseract import Word, engine_version, read_crops

CALIBRATION = Path(__file__).parent / "print_calibration.csv"
LINE_HEIGHT = 64  # a crop lower than this is enlarged to it: Tesseract wants capitals of 30 px
INK = 25  # grey levels below the paper that count as ink
MARGIN = 12  # white around a crop: ink on the very edge is misread


@dataclass(frozen=True)
class PrintedWord:
    """A printed word on a page; ``line`` numbers the lines of the page from 0, in reading order."""

    text: str
    box: Box
    confidence: float
    line: int


class PrintReader:
    """Reads printed Vietnamese with Tesseract.

    Raises:
        MissingPartError: Tesseract or its language is not installed.
    """

    def __init__(self, lang: str = "vie") -> None:
        self.lang = lang
        self._source = f"tesseract-{engine_version(lang)}@{lang}"

    @property
    def source(self) -> str:
        return self._source

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        """Read cropped lines, (H, W) grey or (H, W, 3) RGB: one run of Tesseract for all.

        A crop without ink is not sent, since Tesseract invents signs on empty paper; it reads as
        "", ``written`` 0, with a confidence of 0.5: how often that is right was not measured.
        """
        crops = [prepared(line) for line in lines]
        inked = [index for index, crop in enumerate(crops) if has_ink(crop)]
        found = read_crops([crops[index] for index in inked], self.lang)
        pages = dict(zip(inked, found, strict=True))
        return [self._reading(pages.get(index, [])) for index in range(len(crops))]

    def read_page(self, grey: Image, *, psm: int = 11, scale: float = 1.0) -> list[PrintedWord]:
        """Read the print of a page (H, W), boxes in its own pixels, in Tesseract's reading order.

        ``psm`` is Tesseract's page segmentation: 11, sparse text, reads labels scattered over a
        form. Of 297 words of labels on three rendered pages at 200 dpi (two forms, clean and
        moderate decay), marks ignored, it read 281 at a ``scale`` of 1, 273 at 1.5 and 268 at
        2; at a scale of 1 psm 12 read 281, 6 236, 4 228 and 3 193.
        """
        page = grey if scale == 1 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=3)
        data = pytesseract.image_to_data(
            page, lang=self.lang, config=f"--psm {psm}", output_type=pytesseract.Output.DICT
        )
        words: list[PrintedWord] = []
        numbers: dict[tuple[int, int, int], int] = {}
        for index, text in enumerate(data["text"]):
            confidence = float(data["conf"][index])
            if not text.strip() or confidence < 0:
                continue
            left, top = data["left"][index] / scale, data["top"][index] / scale
            right = left + data["width"][index] / scale
            bottom = top + data["height"][index] / scale
            place = data["block_num"][index], data["par_num"][index], data["line_num"][index]
            words.append(
                PrintedWord(
                    nfc(text.strip()),
                    Box(left, top, right, bottom),
                    probability("word", confidence),
                    numbers.setdefault(place, len(numbers)),
                )
            )
        return words

    def _reading(self, words: list[Word]) -> Reading:
        text = squeeze(" ".join("".join(char for char, _ in word.chars) for word in words))
        chars: list[tuple[str, float]] = []
        for word in words:
            if chars and word.chars:
                chars.append((" ", min(chars[-1][1], probability("char", word.chars[0][1]))))
            chars += [(char, probability("char", score)) for char, score in word.chars]
        lowest = min((score for word in words for _, score in word.chars), default=None)
        return Reading(
            text=text,
            confidence=probability("line", lowest) if lowest is not None else 0.5,
            chars=tuple(chars),
            source=self._source,
            written=1.0 if text else 0.0,
        )


def probability(kind: str, score: float) -> float:
    """The calibrated probability behind Tesseract's confidence of a ``char``, ``word``, ``line``.

    A word's score is Tesseract's own of the word, a line's the lowest of its characters'.
    """
    scores, shares = _calibration()[kind]
    return float(np.interp(score, scores, shares))


def has_ink(grey: Image) -> bool:
    """Whether anything in the crop is clearly darker than its paper, the grain smoothed away."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.5)
    return float(np.percentile(smooth, 95)) - float(smooth.min()) >= INK


@lru_cache(maxsize=1)
def _calibration() -> dict[str, tuple[list[float], list[float]]]:
    tables: dict[str, tuple[list[float], list[float]]] = {}
    with CALIBRATION.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            scores, shares = tables.setdefault(row["kind"], ([], []))
            scores.append(float(row["score"]))
            shares.append(float(row["probability"]))
    return tables


def prepared(line: Image) -> Image:
    """Grey, at least 64 px high, with a white margin."""
    grey = line if line.ndim == 2 else np.asarray(cv2.cvtColor(line, cv2.COLOR_RGB2GRAY))
    factor = LINE_HEIGHT / max(1, grey.shape[0])
    if factor > 1:
        grey = np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=3))
    return np.pad(grey, MARGIN, constant_values=int(np.percentile(grey, 95))).astype(np.uint8)
