"""Shadows: what is left of writing that ran or was rubbed away. No stroke of it stands, and yet the
place is darker there than its own paper; an empty place is not, and a stain goes on beyond it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from common.options import Options
from extract.ink.lift import PAPER
from models.reading import Image

Shade = NDArray[np.float32]
_DARKEST, _PAPER = 95, 10  # percentiles of a place that stand for its shadow and for its paper
_SIDE = 3  # pixels of the smallest spot


class ShadowOptions(Options):
    """How a shadow is told from paper; lengths in heights of the form's usual line.

    Attributes:
        stroke: what is narrower than half of this is a stroke or a speck, and is left out.
        spot: a shadow is this broad at least.
        lead: what stands so near a place's left end is its label's colon.
        edge: above and below, what is so near is a rule, or the line beside it.
        dark: grey levels that a shadow lies under the place's own paper. Of the unread places of 25
            severely decayed books (rendered), 27 of 31 that were rubbed out lie that far under, and
            1 of 111 empty ones.
    """

    stroke: float = 0.3
    spot: float = 0.5
    lead: float = 0.3
    edge: float = 0.25
    dark: float = 12.0


def shade_of(page: Image, height: float, options: ShadowOptions) -> Shade:
    """How dark a page without its print (H, W) is about every pixel, in grey levels under paper;
    ``height``: pixels of a usual line."""
    narrow, broad = (max(_SIDE, round(v * height) | 1) for v in (options.stroke, options.spot))
    bare = cv2.medianBlur(page, narrow).astype(np.float32)
    return np.asarray(PAPER - cv2.blur(bare, (broad, broad)), np.float32)


def shadow_in(shade: Shade, lines: Sequence[Box], height: float, options: ShadowOptions) -> float:
    """How far the darkest spot of a place of these lines lies under its paper, in grey levels."""
    seen = []
    for line in lines:
        inner = Box(line.x0 + options.lead * height, line.y0, line.x1, line.y1)
        x0, y0, x1, y1 = (
            inner.grown(0, -options.edge * height).clipped(*shade.shape[::-1]).rounded()
        )
        if x0 < x1 and y0 < y1:
            seen.append(shade[y0:y1, x0:x1])
    if not seen:
        return 0.0
    darkest = max(float(np.percentile(each, _DARKEST)) for each in seen)
    return darkest - float(np.percentile(np.concatenate([e.ravel() for e in seen]), _PAPER))
