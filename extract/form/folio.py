"""A page number printed or stamped without a label: it stands in one place and runs on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from common.geometry import Box
from extract.form.book_form import Entry, FieldSlot
from extract.form.ground import bounding
from extract.form.words import PageReader, Word
from extract.registers import Label
from models.reading import Image

FOLIO = "trangSo"
_NUMBER = re.compile(r"\W*(\d{1,4})\W*")
_FEWEST = 3  # numbers that must run on
_SHARE = 0.4  # of the pages; a leaf may be numbered on one side only


class _Number(NamedTuple):
    page: int
    value: int
    box: Box


def with_folio(
    entries: tuple[Entry, ...],
    label: Label,
    layers: Sequence[Image],
    places: Sequence[int],
    printed: Sequence[Word],
    reader: PageReader,
) -> tuple[Entry, ...]:
    """The entries with the place of the page number, where one is seen at the head or the foot.

    Args:
        label: how the generation calls it where it has a label.
        layers: the pages (H, W) pulled to the form's geometry.
        places: position of each in the book, ascending.
        printed: words of the blank form; what stands right after one is not unlabelled.
        reader: reads the numbers, all pages in one picture.
    """
    slots = [slot for entry in entries for slot in entry.fields.values()]
    taken = [box for slot in slots for box in slot.boxes]
    height = float(np.median([slot.label_box.height for slot in slots if slot.label_box]))
    words = [word.box for word in printed if word.steady and not _NUMBER.fullmatch(word.text)]
    taken += [box._replace(x1=box.x1 + 5 * height) for box in words]
    rows = layers[0].shape[0]
    for band in ((0, rows // 8), (rows - rows // 8, rows)):
        box = find_folio(layers, places, band, taken, height, reader)
        if box is not None:
            slot = FieldSlot((box,), None, label.kind)
            return tuple(replace(entry, fields={**entry.fields, FOLIO: slot}) for entry in entries)
    return entries


def find_folio(
    layers: Sequence[Image],
    places: Sequence[int],
    band: tuple[int, int],
    taken: Sequence[Box],
    height: float,
    reader: PageReader,
) -> Box | None:
    """The place of the page number between two rows of the form, or None.

    Args:
        taken: boxes that hold something else.
        height: usual height of a printed label, pixels.
    """
    y0, y1 = band
    if len(layers) < _FEWEST:
        return None
    numbers: list[_Number] = []
    for word in reader.read_page(np.vstack([layer[y0:y1] for layer in layers])):
        match = _NUMBER.fullmatch(word.text)
        index = int(word.box.centre[1] // (y1 - y0))
        lift = y0 - index * (y1 - y0)
        box = Box(word.box.x0, word.box.y0 + lift, word.box.x1, word.box.y1 + lift)
        if match and not any(box.intersection(other).area > 0 for other in taken):
            numbers.append(_Number(places[index], int(match.group(1)), box))
    runs = [_run(_near(seed, numbers, height)) for seed in numbers]
    longest = max(runs, key=len, default=[])
    if len(longest) < max(_FEWEST, _SHARE * len(layers)):
        return None
    return bounding(number.box for number in longest).grown(height, 0.5 * height)


def _near(seed: _Number, numbers: Sequence[_Number], height: float) -> list[_Number]:
    """The numbers at one place: one of many digits reaches further than one of few."""
    x, y = seed.box.centre
    return [
        number
        for number in numbers
        if abs(number.box.centre[0] - x) < 2 * height and abs(number.box.centre[1] - y) < height
    ]


def _run(numbers: Sequence[_Number]) -> list[_Number]:
    """The most of them that grow evenly with the page, give or take a page where pages were
    left out between."""
    best: list[_Number] = []
    for first, second in combinations(numbers, 2):
        pages, grown = second.page - first.page, second.value - first.value
        if pages <= 0 or grown <= 0:
            continue
        pace = grown / pages
        near = min(1.0, 0.26 * pace)
        on = [
            n for n in numbers if abs(first.value + pace * (n.page - first.page) - n.value) < near
        ]
        best = max(best, on, key=len)
    return best
