"""Blots: ink, mould or soot so broad that no pen made it. What stands under it cannot be read; what
stands beside it can, once the blot is off the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from common.options import Options
from extract.ink.lift import PAPER
from models.reading import Image

Mask = NDArray[np.bool_]
_HALF = 0.5  # share of a column's pixels from which a blot covers it


class BlotOptions(Options):
    """How blots are told from writing; lengths in heights of the form's usual line.

    Attributes:
        dark: a pixel at least this far under the paper (grey levels) is ink.
        broad: ink is part of a blot where a disc this wide fits into it: a pen's stroke is a tenth
            of a line wide.
        area: the least area of a blot, in squared heights.
        closed: holes of a blot, where it shines, are narrower than this.
        ragged: how far the frayed edge of a blot reaches from it.
        strip: what is so many times higher than wide is the edge of the sheet: it hides nothing.
        least: the least length of writing that a blot hides.
        level: share of a line's height about its middle that a blot must cover to hide it: blots
            reach into the lines above and below.
    """

    dark: int = 45
    broad: float = 0.3
    area: float = 0.5
    closed: float = 0.35
    ragged: float = 0.2
    strip: float = 2.0
    least: float = 0.4
    level: float = 0.5


@dataclass(frozen=True)
class Blots:
    """The blots of a page.

    Attributes:
        lifted: (H, W) what is taken off the page with them.
        hiding: (H, W) the part of it that hides writing.
        spots: the middle of each that does, x and y, its width and its pixels.
    """

    lifted: Mask
    hiding: Mask
    spots: tuple[tuple[float, float, float, float], ...]

    def off(self, page: Image) -> Image:
        """The page without its blots."""
        return np.where(self.lifted, PAPER, page).astype(np.uint8)


def find_blots(page: Image, height: float, options: BlotOptions) -> Blots:
    """The blots of a page (H, W), grey; ``height``: pixels of a usual line.

    The method is a morphological opening by a disc (Serra 1982): what it leaves of the ink is
    broader than any stroke.
    """
    ink = (page < PAPER - options.dark).astype(np.uint8)
    core = cv2.morphologyEx(ink, cv2.MORPH_OPEN, _disc(options.broad * height))
    core = cv2.morphologyEx(core, cv2.MORPH_CLOSE, _disc(options.closed * height))
    _, labels, stats, middles = cv2.connectedComponentsWithStats(core)
    real = stats[:, cv2.CC_STAT_AREA] >= options.area * height**2
    real[0] = False
    upright = stats[:, cv2.CC_STAT_HEIGHT] > options.strip * stats[:, cv2.CC_STAT_WIDTH]
    hiding = real & ~upright
    size = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA]].astype(np.float64)
    spots = np.hstack([middles, size])[hiding].tolist()
    lifted = _with_edges(real[labels], ink, height, options)
    return Blots(lifted, hiding[labels], tuple(tuple(spot) for spot in spots))


def hidden(blots: Blots, lines: Sequence[Box], height: float, options: BlotOptions) -> float:
    """Pixels of writing that blots hide in a place of these lines, each a line or several: what
    has its middle there; of a line also where a blot covers its middle."""
    total = 0.0
    for line in lines:
        own = [(wide, area) for x, y, wide, area in blots.spots if line.contains(x, y)]
        if line.height >= 2 * height:
            total += sum(area for _, area in own) / height
            continue
        middle = line.grown(0, -(1 - options.level) * line.height / 2)
        x0, y0, x1, y1 = middle.clipped(*blots.hiding.shape[::-1]).rounded()
        inside = blots.hiding[y0:y1, x0:x1]
        covered = float((inside.mean(axis=0) > _HALF).sum()) if inside.size else 0.0
        total += max(covered, sum(wide for wide, _ in own))
    return total if total >= options.least * height else 0.0


def _with_edges(solid: Mask, ink: NDArray[np.uint8], height: float, options: BlotOptions) -> Mask:
    """Blots with their soft rims, and the pieces of ink about them that reach no farther."""
    if not solid.any():
        return solid
    grown = solid.astype(np.uint8)
    rim = cv2.dilate(grown, np.ones((5, 5), np.uint8)) > 0
    about = cv2.dilate(grown, _disc(2 * options.ragged * height)) > 0
    rest = ((ink > 0) & ~rim).astype(np.uint8)
    count, labels = cv2.connectedComponents(rest, connectivity=8)
    inside = np.bincount(labels[about], minlength=count) == np.bincount(
        labels.ravel(), minlength=count
    )
    inside[0] = False
    return np.asarray(rim | inside[labels], np.bool_)


def _disc(width: float) -> NDArray[np.uint8]:
    side = round(width) | 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
