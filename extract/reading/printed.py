"""Figures that a press or a numbering machine set where clerks write: they are print, though they
stand in a place, and lifting the form off the page would take half of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeVar

from common.geometry import Box
from models.print_reader import PrintReader
from models.reading import Image

_FIGURES = re.compile(r"\d{1,4}")
_LOOKS_LIKE = str.maketrans("OoQIlSZB", "00011528")
_MARGIN = 0.15  # heights of a place that are left off above and below: rules, other lines

Texts = tuple[tuple[str, float], ...]
Key = TypeVar("Key")


def cut_figures(page: Image, places: Mapping[Key, Box]) -> dict[Key, Image]:
    """Places for numbers cut out for `read_printed`.

    Args:
        page: (H, W) grey, its rules lifted, its print not.
        places: each under the caller's key.
    """
    crops = {}
    for place in dict.fromkeys(places.values()):  # what stands once a page is every case's
        inner = place.grown(0, -_MARGIN * place.height)
        x0, y0, x1, y1 = inner.clipped(page.shape[1], page.shape[0]).rounded()
        crops[place] = page[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)].copy()
    return {key: crops[place] for key, place in places.items()}


def read_printed(pages: Sequence[Mapping[Key, Image]]) -> list[dict[Key, Texts]]:
    """What is printed in the places of several pages, as `cut_figures` gave them.

    One start of Tesseract for all: it costs as much as reading a hundred places.
    """
    crops = {id(crop): crop for page in pages for crop in page.values()}
    if not crops:
        return [{} for _ in pages]
    seen: dict[int, Texts] = {}
    for key, reading in zip(crops, _reader().read(list(crops.values())), strict=True):
        number = _FIGURES.search(reading.text.translate(_LOOKS_LIKE))
        seen[key] = ((number[0], reading.confidence),) if number else ()
    return [{key: seen[id(crop)] for key, crop in page.items()} for page in pages]


@cache
def _reader() -> PrintReader:
    return PrintReader()
