"""One page of a book before it ages: the press's ink and what the clerk wrote into it.

The page is a plate: how much light each pixel lets through (255 all, 0 none), so that printing,
writing and stamps multiply. What stands where is kept as `Mark`s with the points that enclose
it, so that any later geometry can be applied to the truth exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from models.synth.hand import Ink
from models.synth.press import Press

Plate = NDArray[np.uint8]
Points = NDArray[np.float32]


@dataclass(frozen=True)
class Mark:
    """Something that stands on the page: ``kind`` label, title, field, rule or stamp."""

    kind: str
    text: str
    code: str
    entry: int
    points: Points


@dataclass
class Page:
    """A plate (H, W, 3) and its marks, in page pixels; each line a pen wrote is in ``lines``."""

    plate: Plate
    marks: list[Mark] = field(default_factory=list)
    lines: list[Mark] = field(default_factory=list)


def printed_page(press: Press, rng: np.random.Generator) -> tuple[Page, NDArray[np.float32]]:
    """The form as printed on one sheet: registration and inking differ a little.

    Returns the page and the 2x3 map from the press's sheet to this page.
    """
    height, width = press.ink.shape
    angle, mm = float(rng.normal(0, 0.12)), press.scale
    shift = rng.normal(0, 0.35 * mm, 2)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    matrix[:, 2] += shift
    ink = cv2.warpAffine(press.ink, matrix, (width, height), flags=cv2.INTER_LINEAR)
    small = rng.normal(1.0, 0.10, (6, 5)).astype(np.float32)
    inking = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    ink = dimmed(ink, np.clip(inking * float(rng.uniform(0.72, 0.98)), 0.3, 1.0))
    plate = through(ink, press_colour(press))
    page = Page(plate)
    affine = matrix.astype(np.float32)
    for words in press.sheet.words:
        kind = "title" if words.title else "label"
        page.marks.append(Mark(kind, words.text, "", 0, moved(corners(words.box), affine)))
    for rule in press.sheet.rules:
        ends = np.asarray([(rule.x0, rule.y0), (rule.x1, rule.y1)], np.float32)
        kind = "leader" if rule.dotted else "rule"
        page.marks.append(Mark(kind, "", "", 0, moved(ends, affine)))
    return page, affine


def dimmed(image: NDArray[np.uint8], factor: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The image (H, W) or (H, W, 3) times a factor (H, W) in 0..1."""
    steps = cv2.convertScaleAbs(factor, alpha=255)
    steps = cv2.merge([steps] * 3) if image.ndim == 3 else steps
    return np.asarray(cv2.multiply(image, steps, scale=1 / 255), np.uint8)


def press_colour(press: Press) -> tuple[int, int, int]:
    """Printer's black, a little warm or cold by press."""
    tone = sum(press.name.encode()) % 16
    return 34 + tone, 30 + tone // 2, 36


def through(ink: NDArray[np.uint8], colour: Sequence[int]) -> Plate:
    """The plate (H, W, 3) of an ink layer (255 = full) of one colour."""
    ramp = np.arange(256, dtype=np.float32) / 255
    channels = [
        cv2.LUT(ink, (255 - ramp * (255 - level)).round().astype(np.uint8)) for level in colour
    ]
    return np.asarray(cv2.merge(channels), np.uint8)


def blot_in(plate: Plate, ink: Ink, x: float, baseline: float) -> Points:
    """Lay ink on the plate with its pen start at ``x`` on ``baseline``; what it covers."""
    top, left = round(baseline - ink.baseline), round(x - ink.left)
    height, width = ink.alpha.shape
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(plate.shape[0], top + height), min(plate.shape[1], left + width)
    if y1 <= y0 or x1 <= x0:
        return np.empty((0, 2), np.float32)
    alpha = ink.alpha[y0 - top : y1 - top, x0 - left : x1 - left]
    shade = (255 - np.asarray(ink.colour, np.float32)) / 255
    region = plate[y0:y1, x0:x1]
    region[:] = (region * (1 - alpha[..., None] * shade)).astype(np.uint8)
    return outline(alpha > 0.25) + np.asarray((x0, y0), np.float32)


def outline(inked: NDArray[np.bool_]) -> Points:
    """The highest and lowest inked pixel of every column that has any, and the column ends."""
    columns = np.flatnonzero(inked.any(axis=0))
    if not len(columns):
        return np.empty((0, 2), np.float32)
    top = inked.argmax(axis=0)[columns]
    bottom = inked.shape[0] - inked[::-1].argmax(axis=0)[columns]
    left = np.stack([columns, top], axis=1)
    right = np.stack([columns + 1, bottom], axis=1)
    return np.asarray(np.concatenate([left, right]), np.float32)


def corners(box: Box) -> Points:
    """The four corners of a box."""
    x0, y0, x1, y1 = box
    return np.asarray([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)


def moved(points: Points, affine: NDArray[np.float32]) -> Points:
    """Points (N, 2) through a 2x3 map."""
    result: Points = (points @ affine[:, :2].T + affine[:, 2]).astype(np.float32)
    return result
