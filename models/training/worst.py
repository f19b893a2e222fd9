"""What a reader cannot read, as a picture for its card: its worst lines with truth and reading."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import pymupdf
from rapidfuzz.distance import Levenshtein

from models.reading import Image, Reader
from models.training.data import Line

SHOWN = ("cursive_fr", "wills_fr", "rendered")
"""Beginnings of the names of sets whose lines may be shown: CC-BY, and our own."""
_EACH = 5  # lines of a set
_SHORTEST = 8  # letters of a line that is shown
_READ = 200  # lines of a set that are looked at, spread over it
_WIDTH, _HIGH, _ROW = 620, 22, 44  # points
_DPI = 110
_CSS = "* {font-family: sans-serif; font-size: 9pt;} b {font-weight: bold;}"


def worst_lines(
    reader: Reader, sets: Mapping[str, Sequence[Line]], each: int = _EACH
) -> list[tuple[str, Line, str]]:
    """(set, line, reading) of the lines read worst, by CER with case folded; one a group."""
    found = []
    for name, lines in sets.items():
        if not name.startswith(SHOWN):
            continue
        long = [line for line in lines if len(line.text) >= _SHORTEST]
        long = long[:: 1 + len(long) // _READ]
        texts = [reading.text for reading in reader.read([line.image for line in long])]
        pairs = sorted(zip(long, texts, strict=True), key=_wrongness, reverse=True)
        of_groups = {line.group: (line, text) for line, text in reversed(pairs)}
        ranked = sorted(of_groups.values(), key=_wrongness, reverse=True)
        found += [(name, line, text) for line, text in ranked[:each]]
    return found


def draw_worst(found: Sequence[tuple[str, Line, str]], path: Path) -> None:
    """Write the lines under one another as a grey PNG, each with what stands there and what was
    read."""
    with pymupdf.open() as document:
        page = document.new_page(width=_WIDTH, height=_ROW * len(found) + 8)
        for row, (name, line, text) in enumerate(found):
            top = row * _ROW + 6
            page.insert_image(_place(line.image, top), stream=_encoded(line.image))
            said = (
                f"{html.escape(name)}: <b>{html.escape(line.text)}</b> → "
                f"{html.escape(text) or '(nothing)'}"
            )
            box = pymupdf.Rect(8, top + _HIGH + 2, _WIDTH - 8, top + _ROW - 2)
            page.insert_htmlbox(box, said, css=_CSS)
        page.get_pixmap(dpi=_DPI, colorspace=pymupdf.csGRAY).save(path)


def _wrongness(pair: tuple[Line, str]) -> float:
    line, text = pair
    return Levenshtein.distance(line.text.lower(), text.lower()) / len(line.text)


def _place(image: Image, top: int) -> pymupdf.Rect:
    rows, columns = image.shape
    return pymupdf.Rect(8, top, 8 + min(_WIDTH - 16, _HIGH * columns / rows), top + _HIGH)


def _encoded(image: Image) -> bytes:
    return bytes(cv2.imencode(".png", np.asarray(image, np.uint8) // 16 * 16)[1])
