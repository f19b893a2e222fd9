"""Figures that a press or a numbering machine set where clerks write: they are print, though they
stand in a place, and lifting the form off the page would take half of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeVar

import cv2
import numpy as np

from common.geometry import Box
from models.print_reader import PrintReader
from models.reading import Image

_FIGURES = re.compile(r"\d{1,4}")
_LOOKS_LIKE = str.maketrans("OoQIlSZB", "00011528")
_MARGIN = 0.15  # heights of a place that are left off above and below: rules, other lines
_LEVEL = 0.6  # heights of its label above and below it that a line of print takes
_DARK = 60  # grey levels under the paper from which a stroke is print
_LOW, _HIGH = 0.5, 2.0  # heights of a label between which a printed figure is
_GAP = 1.2  # heights between the figures of one number; what stands farther off is dirt

Texts = tuple[tuple[str, float], ...]
Crops = tuple[Image, ...]
Key = TypeVar("Key")


def cut_figures(
    page: Image, places: Mapping[Key, Box], labels: Mapping[Key, Box] | None = None
) -> dict[Key, Crops]:
    """Places for numbers cut out for `read_printed`: each as a whole, and the first figures that
    stand level with its label, if there are any: the edge of a dark sheet is often near.

    Args:
        page: (H, W) grey, its rules lifted, its print not.
        places: each under the caller's key.
        labels: of those that stand beside their label.
    """
    crops: dict[tuple[Box, Box | None], Crops] = {}  # what stands once a page is every case's
    cut: dict[Key, Crops] = {}
    for key, place in places.items():
        label = labels.get(key) if labels else None
        if (place, label) not in crops:
            whole = _cut(page, place.grown(0, -_MARGIN * place.height))
            first = _first_figures(page, place, label) if label else None
            crops[place, label] = (whole,) if first is None else (whole, first)
        cut[key] = crops[place, label]
    return cut


def _cut(page: Image, box: Box) -> Image:
    x0, y0, x1, y1 = box.clipped(page.shape[1], page.shape[0]).rounded()
    return page[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)].copy()


def _first_figures(page: Image, place: Box, label: Box) -> Image | None:
    """The first strokes of a place as high as figures, level with its label, and those near."""
    high = label.height
    level = Box(place.x0, label.y0 - _LEVEL * high, place.x1, label.y1 + _LEVEL * high)
    line = _cut(page, level)
    ink = np.asarray(line < np.percentile(line, 75) - _DARK, dtype=np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    strokes = sorted(
        (int(x), int(x + w))
        for x, _, w, h, _ in stats[1:]
        if _LOW * high <= h <= _HIGH * high and w <= _HIGH * high
    )
    if not strokes:
        return None
    start, end = strokes[0]
    for left, right in strokes[1:]:
        if left - end > _GAP * high:
            break
        end = max(end, right)
    beside = round(_LOW * high)
    return line[:, max(0, start - beside) : end + beside].copy()


def read_printed(pages: Sequence[Mapping[Key, Crops]]) -> list[dict[Key, Texts]]:
    """What is printed in the places of several pages, as `cut_figures` gave them.

    One start of Tesseract for all: it costs as much as reading a hundred places.
    """
    crops = {id(crop): crop for page in pages for cut in page.values() for crop in cut}
    if not crops:
        return [{} for _ in pages]
    seen: dict[int, Texts] = {}
    for key, reading in zip(crops, _reader().read(list(crops.values())), strict=True):
        number = _FIGURES.search(reading.text.translate(_LOOKS_LIKE))
        seen[key] = ((number[0], reading.confidence),) if number else ()
    return [
        {key: _surest([seen[id(c)] for c in cut]) for key, cut in page.items()} for page in pages
    ]


def _surest(found: Sequence[Texts]) -> Texts:
    return max(found, key=lambda texts: texts[0][1] if texts else 0.0)


@cache
def _reader() -> PrintReader:
    return PrintReader()
