"""A second look at print that no reader understood: each piece alone, at its own scale.

Page segmentation loses small print beside a large title, and reads a comma or a leader into the
word it touches. What nearly all pages print, and no understood word covers, is cut out and read
by itself; with the words that were understood, whichever reading saw them, it is one reading more.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Protocol

import cv2
import numpy as np

from common.geometry import Box
from extract.form.words import PageReader, Word, key_of
from models.reading import Image, Reading

_INK = 70  # least darkness of print that nearly all pages show
_GAP = 0.6  # heights of a gap inside one piece of print
_LEAST, _HIGHEST = 0.45, 1.9  # heights of a piece
_NARROW, _LONG = 0.5, 16.0  # heights; what is longer is writing that runs on
_MARGIN = 0.4  # heights around a piece, for its diacritics
_MOST = 48  # pieces read
_SURE = 0.2  # confidence from which a word that forms print is understood
_SAME = 0.3  # share of a word that another may cover


class CropReader(PageReader, Protocol):
    """Reads pages, and many small pictures in one call."""

    def read(self, lines: Sequence[Image]) -> Sequence[Reading]:
        """One reading for each picture (H, W)."""
        ...


def look_again(
    grey: Image,
    strict: Image,
    readings: Sequence[Sequence[Word]],
    known: Container[str],
    reader: CropReader,
) -> tuple[Word, ...]:
    """The words understood in any reading, and those of the print that none understood.

    Args:
        grey, strict: (H, W) what most and what nearly all pages share, rules lifted.
        readings: words of the form as read so far.
        known: keys of words that forms print.
    """
    understood = _surest(word for words in readings for word in words if _is_known(word, known))
    if not understood:
        return ()
    height = float(np.median([word.box.height for word in understood]))
    pieces = _pieces(strict, [word.box for word in understood], height)
    found = reader.read([_crop(grey, box, height) for box in pieces])
    more = (_words(read, box) for box, read in zip(pieces, found, strict=True))
    return (*understood, *(word for words in more for word in words))


def _is_known(word: Word, known: Container[str]) -> bool:
    return word.key in known and len(word.key) > 1 and word.confidence >= _SURE


def _surest(words: Iterable[Word]) -> list[Word]:
    """Of words that cover each other, the surest."""
    kept: list[Word] = []
    for word in sorted(words, key=lambda word: -word.confidence):
        if all(
            word.box.intersection(other.box).area < _SAME * min(word.box.area, other.box.area)
            for other in kept
        ):
            kept.append(word)
    return kept


def _pieces(strict: Image, covered: Sequence[Box], height: float) -> list[Box]:
    """Boxes of printed pieces outside the covered ones, those fullest of ink first."""
    ink = (strict < 255 - _INK).astype(np.uint8)
    for box in covered:
        x0, y0, x1, y1 = box.grown(0.15 * height, 0.3 * height).rounded()
        ink[max(0, y0) : y1, max(0, x0) : x1] = 0
    bridge = np.ones((max(1, round(0.3 * height)), round(_GAP * height)), np.uint8)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, bridge)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    inked = np.bincount(labels[ink > 0], minlength=len(stats))
    pieces = [
        (float(inked[index]) / (w * h), Box(x, y, x + w, y + h))
        for index, (x, y, w, h, _) in enumerate(stats.tolist())
        if index
        and _LEAST * height < h < _HIGHEST * height
        and _NARROW * height < w < _LONG * height
    ]
    pieces.sort(key=lambda piece: -piece[0])
    return [box for _, box in pieces[:_MOST]]


def _crop(grey: Image, box: Box, height: float) -> Image:
    """A piece with the paper around it."""
    margin = _MARGIN * height
    x0, y0, x1, y1 = box.grown(margin, margin).clipped(grey.shape[1], grey.shape[0]).rounded()
    return grey[y0:y1, x0:x1]


def _words(reading: Reading, box: Box) -> list[Word]:
    """The words of one piece, as long as their share of its letters."""
    words, start = [], 0
    share = box.width / max(1, len(reading.text))
    for text in reading.text.split(" "):
        if key_of(text):
            left, right = box.x0 + start * share, box.x0 + (start + len(text)) * share
            words.append(Word(text, Box(left, box.y0, right, box.y1), reading.confidence))
        start += len(text) + 1
    return words
