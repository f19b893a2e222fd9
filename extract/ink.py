"""Handwriting lifted off the printed form, and the ink of one field cut out of its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from common.options import Options
from models.reading import Image
from models.rules import find_rules, lift_rules

Mask = NDArray[np.bool_]
_PAPER = 250


class InkOptions(Options):
    """How ink is told from paper and from print.

    Attributes:
        dark: a pixel at least this far under the paper (grey levels) is ink.
        print_dark: the same for the blank form's print.
        slack: pixels by which a page's print may lie off the form's.
        bridge: pixels above and below a written stroke in which print is left standing, so that
            strokes across a rule, and letters that stand on it, are not cut.
        speck: components of fewer pixels are dirt.
        mark: share of the line's height up to which a component is a mark (a tone, a dot under
            a letter, a comma) that belongs to the letters it stands by.
        pale: a component less strong than this share of the line's strongest is a smudge.
        apart, foreign: what stands farther right than this many heights, and is less strong
            than this share of the writing before it, is not this field's.
        reach: share of the line's height that ascenders and descenders may stand out of it.
        margin: paper left around the trimmed ink, as a share of the line's height.
    """

    dark: int = 45
    print_dark: int = 28
    slack: int = 2
    bridge: int = 4
    speck: int = 8
    mark: float = 0.3
    pale: float = 0.6
    apart: float = 1.8
    foreign: float = 0.9
    reach: float = 0.45
    margin: float = 0.15


@dataclass(frozen=True)
class Cut:
    """One written line cut out.

    Attributes:
        image: (h, w) grey, trimmed to its ink; what is not this line's is paper.
        ink: area of the ink as a share of the line's height squared.
        box: the ink's extent in the page's pixels; the place itself when nothing is there.
        density: share of that extent which is ink; writing fills a tenth to a third, a blot more.
    """

    image: Image
    ink: float
    box: Box
    density: float = 0.0


def lift_ink(page: Image, blank: Image, places: Sequence[Box], options: InkOptions) -> Image:
    """The page without its printed form, (H, W) grey; both in the form's geometry.

    Rules and leaders are lifted wherever they run. Other print is where the blank form is dark,
    but not in the ``places`` where people write: what few pages share there is handwriting.
    """
    lifted = lift_rules(page, find_rules(page)).copy()
    size = 2 * options.slack + 1
    darkest = cv2.erode(blank, np.ones((size, size), np.uint8))
    print_here = darkest < _PAPER - options.print_dark
    for place in places:
        x0, y0, x1, y1 = place.clipped(page.shape[1], page.shape[0]).rounded()
        print_here[y0:y1, x0:x1] = False
    written = ((lifted < _PAPER - options.dark) & ~print_here).astype(np.uint8)
    joined = cv2.morphologyEx(written, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    near = cv2.dilate(joined, np.ones((2 * options.bridge + 1, 1), np.uint8))
    lifted[print_here & (near == 0)] = _PAPER
    return lifted


def cut_line(lifted: Image, box: Box, options: InkOptions) -> Cut:
    """The ink that belongs to the line at ``box``: components whose middle lies in its height."""
    reach = options.reach * box.height
    x0, y0, x1, y1 = box.grown(0.1 * box.height, reach).clipped(*lifted.shape[::-1]).rounded()
    area = lifted[y0:y1, x0:x1]
    if area.size == 0:
        return Cut(np.full((8, 8), _PAPER, np.uint8), 0.0, box)
    own = _own_ink(area, box.y0 - y0, box.y1 - y0, options)
    rows, columns = np.nonzero(own)
    if rows.size == 0:
        return Cut(np.full((8, 8), _PAPER, np.uint8), 0.0, box)
    around = cv2.dilate(own.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    kept = np.where(around, area, _PAPER).astype(np.uint8)
    margin = max(2, round(options.margin * box.height))
    top, bottom = rows.min(), rows.max() + 1
    left, right = columns.min(), columns.max() + 1
    trimmed = cv2.copyMakeBorder(
        kept[top:bottom, left:right],
        *(margin, margin, margin, margin),
        cv2.BORDER_CONSTANT,
        value=_PAPER,
    )
    extent = Box(x0 + float(left), y0 + float(top), x0 + float(right), y0 + float(bottom))
    area_of_ink = float(own.sum())
    share = area_of_ink / extent.area
    return Cut(np.asarray(trimmed, np.uint8), area_of_ink / box.height**2, extent, share)


def _own_ink(area: Image, top: float, bottom: float, options: InkOptions) -> Mask:
    """The components whose middle lies between ``top`` and ``bottom``, and the small marks just
    above and below them; specks, and smudges much paler than the writing, are left out."""
    ink = area < _PAPER - options.dark
    joined = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, centres = cv2.connectedComponentsWithStats(joined, connectivity=8)
    height, high = bottom - top, centres[:, 1]
    real = stats[:, cv2.CC_STAT_AREA] >= options.speck
    real[0] = False
    within = real & (high >= top) & (high < bottom)
    strength = _strengths(area, labels, count)
    if within.any():
        real &= strength >= options.pale * strength[within].max()
    own = within & real
    small = real & ~own & (stats[:, cv2.CC_STAT_HEIGHT] < options.mark * height)
    small &= (high >= top - options.mark * height) & (high < bottom + options.mark * height)
    if own.any() and small.any():
        body = np.isin(labels, np.flatnonzero(own)).astype(np.uint8)
        reach = max(1, round(options.mark * height))
        beside = cv2.dilate(body, np.ones((2 * reach + 1, reach // 2 * 2 + 1), np.uint8)) > 0
        own |= small & np.isin(np.arange(count), np.unique(labels[beside]))
    own &= ~_strangers(stats, strength, own, options.apart * height, options.foreign)
    return np.asarray(own[labels] & ink, np.bool_)


def _strangers(
    stats: NDArray[np.int32],
    strength: NDArray[np.float64],
    own: Mask,
    gap: float,
    foreign: float,
) -> Mask:
    """Components right of a wide gap whose ink is paler than the writing left of it: a stamp."""
    strange = np.zeros(len(stats), np.bool_)
    order = [i for i in np.argsort(stats[:, cv2.CC_STAT_LEFT], kind="stable") if own[i]]
    reached, written, apart = -1.0, 0.0, False
    for index in order:
        left, width = stats[index, cv2.CC_STAT_LEFT], stats[index, cv2.CC_STAT_WIDTH]
        apart = apart or (reached >= 0 and left - reached > gap)
        strange[index] = apart and strength[index] < foreign * written
        if not apart:
            written = max(written, strength[index])
        reached = max(reached, left + width)
    return strange


def _strengths(area: Image, labels: NDArray[np.int32], count: int) -> NDArray[np.float64]:
    """How far each component lies under the paper, in grey levels: the mean of its pixels."""
    depth = (_PAPER - area.astype(np.float64)).clip(0).ravel()
    flat = labels.ravel()
    pixels = np.bincount(flat, minlength=count)
    return np.asarray(np.bincount(flat, depth, minlength=count) / np.maximum(pixels, 1))
