"""Figures that a press or a numbering machine set where clerks write: they are print, though they
stand in a place, and lifting the form off the page would take half of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from common.geometry import Box
from models.print_reader import PrintReader
from models.reading import Image
from models.rules import Rules, lift_rules

_FIGURES = re.compile(r"\d{1,4}")
_LOOKS_LIKE = str.maketrans("OoQIlSZB", "00011528")
_MARGIN = 0.15  # heights of a place that are left off above and below: rules, other lines

Texts = tuple[tuple[str, float], ...]
Key = TypeVar("Key")


def read_printed(page: Image, rules: Rules, places: Mapping[Key, Box]) -> dict[Key, Texts]:
    """What is printed in places for numbers; one call of the print reader for all.

    Args:
        page: (H, W) grey, its print not lifted; ``rules``: its own.
        places: each under the caller's key.
    """
    if not places:
        return {}
    bare = lift_rules(page, rules)
    alike = list(dict.fromkeys(places.values()))  # what stands once a page is every case's
    crops = []
    for place in alike:
        inner = place.grown(0, -_MARGIN * place.height)
        x0, y0, x1, y1 = inner.clipped(page.shape[1], page.shape[0]).rounded()
        crops.append(bare[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)])
    found: dict[Box, Texts] = {}
    for place, reading in zip(alike, _reader().read(crops), strict=True):
        number = _FIGURES.search(reading.text.translate(_LOOKS_LIKE))
        found[place] = ((number[0], reading.confidence),) if number else ()
    return {key: found[place] for key, place in places.items()}


@cache
def _reader() -> PrintReader:
    return PrintReader()
