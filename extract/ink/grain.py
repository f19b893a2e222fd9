"""Dirt told from writing by its grain.

A stain, or the other side showing through, is hardly darker than the paper: it passes for ink
only where the paper's grain is with it, in many small pieces. A pen leaves few; a pale one leaves
many too, but all as strong as the rest of the page's writing.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from common.options import Options
from models.reading import Image

_ENOUGH = 20  # letters that tell how pale a page's writing is
_PALEST = 10  # percentile of the strength of a page's letters: as far under it again is paler


class GrainOptions(Options):
    """How grain is told from strokes.

    Attributes:
        pieces: fewest pieces of a grainy patch.
        share: pieces a pixel of ink has in it, at least; ``usual`` times as many as what is
            written on the page has.
        pale: a patch at least this share as strong as the page's usual writing is no dirt;
            ``stained`` where it has ``many`` pieces, as few letters have: the rim of a stain, if
            it is paler than nearly all writing.
        letter: pixels of ink from which a patch tells how grainy, and how strong, the page's
            writing is.
    """

    pieces: int = 3
    share: float = 0.03
    usual: float = 3.0
    pale: float = 0.72
    many: int = 10
    stained: float = 0.9
    letter: int = 60


def without_grain(
    page: Image, places: Sequence[Box], dark: int, options: GrainOptions, paper: int
) -> Image:
    """The page (H, W) with its grainy patches made paper.

    Args:
        places: where people write.
        dark: a grey level under this is ink.
        paper: the grey level of clean paper.
    """
    ink = (page < dark).astype(np.uint8)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    found, pieces = cv2.connectedComponents(ink, connectivity=4)
    inked = ink > 0
    patch_of = np.zeros(found, np.int32)
    patch_of[pieces[inked]] = labels[inked]
    area = np.bincount(labels[inked], minlength=count)
    parts = np.bincount(patch_of[1:], minlength=count)
    share = (parts - 1) / np.maximum(area, 1)
    letters = _within(labels, places, count) & (area >= options.letter)
    depth = np.maximum(paper - page[inked].astype(np.float64), 0.0)
    strength = np.bincount(labels[inked], depth, minlength=count) / np.maximum(area, 1)
    usual, strong = (
        float(np.median(each[letters])) if letters.any() else 0.0 for each in (share, strength)
    )
    grainy = (parts >= options.pieces) & (share > max(options.share, options.usual * usual))
    if strong:
        sound, stained = strength[letters & ~grainy], options.stained * strong
        if len(sound) >= _ENOUGH:
            palest = 2 * float(np.percentile(sound, _PALEST)) - strong
            stained = max(options.pale * strong, min(stained, palest))
        grainy &= strength < np.where(parts >= options.many, stained, options.pale * strong)
    grainy[0] = False
    return np.where(grainy[labels] & inked, paper, page).astype(np.uint8)


def _within(labels: NDArray[np.int32], places: Sequence[Box], count: int) -> NDArray[np.bool_]:
    """Which patches reach into a place."""
    reached = np.zeros(count, np.bool_)
    for place in places:
        x0, y0, x1, y1 = place.clipped(labels.shape[1], labels.shape[0]).rounded()
        reached[labels[y0:y1, x0:x1]] = True
    reached[0] = False
    return reached
