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
        reach: share of the line's height that ascenders and descenders may stand out of it.
        margin: paper left around the trimmed ink, as a share of the line's height.
    """

    dark: int = 45
    print_dark: int = 28
    slack: int = 2
    bridge: int = 4
    speck: int = 8
    mark: float = 0.3
    reach: float = 0.45
    margin: float = 0.15


@dataclass(frozen=True)
class Cut:
    """One written line cut out.

    Attributes:
        image: (h, w) grey, trimmed to its ink; what is not this line's is paper.
        ink: area of the ink as a share of the line's height squared.
        box: the ink's extent in the page's pixels; the place itself when nothing is there.
    """

    image: Image
    ink: float
    box: Box


def lift_ink(page: Image, blank: Image, places: Sequence[Box], options: InkOptions) -> Image:
    """The page without its printed form, (H, W) grey; both in the form's geometry.

    Rules and leaders are lifted wherever they run. Other print is where the blank form is dark,
    but not in the ``places`` where people write: what few pages share there is handwriting.
    """
    rules = find_rules(blank)
    lifted = lift_rules(lift_rules(page, find_rules(page)), rules).copy()
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
    own = _own_ink(area < _PAPER - options.dark, box.y0 - y0, box.y1 - y0, options)
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
    return Cut(np.asarray(trimmed, np.uint8), float(own.sum()) / box.height**2, extent)


def _own_ink(ink: Mask, top: float, bottom: float, options: InkOptions) -> Mask:
    """The components whose middle lies between ``top`` and ``bottom``, and the small marks just
    above and below them; specks are left out."""
    joined = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, labels, stats, centres = cv2.connectedComponentsWithStats(joined, connectivity=8)
    high = centres[:, 1]
    real = stats[:, cv2.CC_STAT_AREA] >= options.speck
    real[0] = False
    own = real & (high >= top) & (high < bottom)
    height = bottom - top
    small = real & ~own & (stats[:, cv2.CC_STAT_HEIGHT] < options.mark * height)
    small &= (high >= top - options.mark * height) & (high < bottom + options.mark * height)
    if own.any() and small.any():
        body = np.isin(labels, np.flatnonzero(own)).astype(np.uint8)
        reach = max(1, round(options.mark * height))
        beside = cv2.dilate(body, np.ones((2 * reach + 1, reach // 2 * 2 + 1), np.uint8)) > 0
        touched = np.unique(labels[beside])
        own |= small & np.isin(np.arange(len(stats)), touched)
    return np.asarray(own[labels] & ink, np.bool_)
