"""Small printed marks inside a line: squares to tick, commas, the words of a date."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from common.geometry import Box
from extract.form.surroundings import Surroundings
from models.reading import Image

_INK = 150  # grey below which a square is printed
_SIDE = 0.6  # letter heights: the level side of a square, at least
_RULE = 1.8  # the same, more than any has
_DATE_WORDS = {"day": ("ngay",), "month": ("thang",), "year": ("nam",)}


def tick_square(box: Box, near: Surroundings) -> Box:
    """The square beside a tick's label: the outermost squarish print there, else where it goes.

    It may reach into the label's box, since readers take the square for a letter.
    """
    height, middle = near.ground.height, box.centre[1]
    if near.ticked_right:
        x0, x1 = box.x1 - 1.2 * height, box.x1 + 2.2 * height
    else:
        x0, x1 = box.x0 - 2.2 * height, box.x0 + 1.2 * height
    area = Box(x0, middle - 1.1 * height, x1, middle + 1.1 * height).clipped(*near.ground.size)
    left, top, right, bottom = area.rounded()
    ink = (near.blank[top:bottom, left:right] < _INK).astype(np.uint8)
    _, _, found, _ = cv2.connectedComponentsWithStats(ink)
    squares = [
        Box(left + x, top + y, left + x + w, top + y + h)
        for x, y, w, h, _ in found[1:]
        if 0.6 * height < min(w, h) and max(w, h) < 1.8 * height and 0.65 < w / h < 1.5
    ]
    if squares:
        square = max(squares, key=lambda b: b.x0) if near.ticked_right else min(squares)
        return square.grown(0.25 * height, 0.25 * height)
    x0, x1 = (box.x1, x1) if near.ticked_right else (x0 + 0.5 * height, box.x0 + 0.4 * height)
    return Box(x0, middle - 0.9 * height, x1, middle + 0.9 * height)


def ticked_right(labels: Iterable[Box], height: float, blank: Image) -> bool:
    """Whether more of a square is printed at the ends of these labels than where they begin.

    A reader may take the square into the label's box, or leave the label's last letters out of it:
    the level sides of squares count, and each label has a voice. Where none is seen, all ink
    beside the labels does.
    """
    voices, ink = 0, 0.0
    for box in labels:
        before = Box(box.x0 - 2.2 * height, box.y0, box.x0 + 1.2 * height, box.y1)
        after = before._replace(x0=box.x1 - 1.2 * height, x1=box.x1 + 2.2 * height)
        more = _level_sides(after, height, blank) - _level_sides(before, height, blank)
        voices += (more > 0) - (more < 0)
        close = before._replace(x0=box.x0 - 1.6 * height, x1=box.x0)
        ink -= float((255 - _cut(close, blank)).sum())
        close = before._replace(x0=box.x1, x1=box.x1 + 1.6 * height)
        ink += float((255 - _cut(close, blank)).sum())
    return (voices or ink) > 0


def _level_sides(area: Box, height: float, blank: Image) -> int:
    """Pixels of level lines as long as a square's side, in letter heights, around an area's row."""
    ink = (_cut(area.grown(0, 0.6 * height), blank) < _INK).astype(np.uint8)
    ink = np.pad(ink, 1)  # what the area cuts off is no longer for that

    def runs(length: float) -> int:
        line = np.ones((1, max(2, round(length * height))), np.uint8)
        level = cv2.morphologyEx(
            ink, cv2.MORPH_OPEN, line, borderType=cv2.BORDER_CONSTANT, borderValue=(0,)
        )
        return int(level.sum())

    return runs(_SIDE) - runs(_RULE)


def _cut(box: Box, blank: Image) -> Image:
    left, top, right, bottom = box.clipped(blank.shape[1], blank.shape[0]).rounded()
    return blank[top:bottom, left:right]


def comma(line: Box, near: Surroundings) -> Box | None:
    """A comma printed in the line between two things to write, or None.

    It is a small dark mark by itself, in the lower half of the line, well inside it.
    """
    height = near.ground.height
    inner = line.grown(-2 * height, -0.15 * height)
    x0, y0, x1, y1 = inner.clipped(*near.ground.size).rounded()
    if x1 - x0 < 4 * height or y1 <= y0:
        return None
    ink = (near.blank[y0:y1, x0:x1] < 170).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    marks = []
    for x, y, w, h, area in stats[1:]:
        small = max(w, h) < 0.5 * height and area > 0.012 * height * height
        around = ink[:, max(0, x - round(0.7 * height)) : x + w + round(0.7 * height)]
        alone = int(around.sum()) < 1.5 * area
        low = y + h / 2 > 0.4 * (y1 - y0)
        dark = int(near.blank[y0 + y : y0 + y + h, x0 + x : x0 + x + w].min()) < 120
        if small and alone and low and dark:
            marks.append(Box(x0 + x, line.y0, x0 + x + w, line.y1))
    return marks[0] if len(marks) == 1 else None


def date_parts(line: Box, near: Surroundings, label: Box) -> dict[str, Box]:
    """Day, month and year where a date's words are printed in the line; else nothing.

    A clerk writes the same words himself: printed ones are as dark as the label, stand on its
    line, and leave room between them.
    """
    height = near.ground.height
    dark = near.darkness(label) - 45
    inside = sorted(
        (
            word
            for word in near.words
            if word.steady
            and line.x0 - 2 <= word.box.centre[0] <= line.x1
            and abs(word.box.centre[1] - label.centre[1]) < 0.3 * height
            and near.darkness(word.box) > dark
        ),
        key=lambda word: word.box.x0,
    )
    edges: dict[str, Box] = {}
    for name, keys in _DATE_WORDS.items():
        for word in inside:
            if word.key in keys and all(word.box.x0 > edge.x1 for edge in edges.values()):
                edges[name] = word.box
                break
    if "month" not in edges or "year" not in edges:
        return {}
    day = edges["day"].x1 if "day" in edges else line.x0
    parts = {
        "day": Box(day, line.y0, edges["month"].x0, line.y1),
        "month": Box(edges["month"].x1, line.y0, edges["year"].x0, line.y1),
        "year": Box(edges["year"].x1, line.y0, line.x1, line.y1),
    }
    return parts if all(part.width > 1.3 * height for part in parts.values()) else {}
