"""Ditto marks (″): two small strokes side by side, too small for the reader.

Dirt is small too, but seldom two strokes of one height, level, and as strong as the page's writing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from common.options import Options
from extract.ink.lift import PAPER
from models.reading import Image


class DittoOptions(Options):
    """How a pair of strokes is told from dirt; lengths in heights of the page's writing.

    Attributes:
        dark: a pixel at least this far under the paper (grey levels) is ink.
        low, high: least and most height of the strokes.
        broad: most width of the pair, as a share of its height.
        valley: least ink between the strokes, as a share of the weaker one's, from which they
            are one.
        alike: least ink of the weaker stroke, as a share of the stronger one's.
        strong: least strength beside the page's usual writing.
        point: what stands apart and has no more ink than this share of the pair is a comma.
    """

    dark: int = 45
    low: float = 0.12
    high: float = 0.6
    broad: float = 2.6
    valley: float = 0.72
    alike: float = 0.6
    strong: float = 0.6
    point: float = 1.4


_SLANTS = (0.0, 0.25, 0.5, 0.75)  # widths to heights of strokes, from upright to slanted
_APART = 0.6  # heights of the page's writing that part a pair from what else is there


def is_ditto(image: Image, height: float, strength: float, options: DittoOptions) -> bool:
    """Whether a line's ink is a ditto mark, and at most a comma or a point before it.

    Args:
        image: (H, W) grey, the line cut out; what is not its own is paper.
        height: pixels of the page's usual writing.
        strength: the line's ink beside the page's usual writing.
    """
    if strength < options.strong:
        return False
    groups = _groups(image, height, options.dark)
    if not 1 <= len(groups) <= 2:
        return False
    pair = groups[-1]
    least = options.low * height
    if not (least <= pair.shape[0] <= options.high * height and pair.shape[1] >= 0.6 * least):
        return False
    others = sum(float(group.sum()) for group in groups[:-1])
    return (
        pair.shape[1] <= options.broad * pair.shape[0]
        and others <= options.point * float(pair.sum())
        and _is_pair(pair, options)
    )


def _groups(image: Image, height: float, dark: int) -> list[NDArray[np.float32]]:
    """How dark the pixels are of each group of strokes, left to right, cut out of the line."""
    depth = (PAPER - image.astype(np.float32)).clip(0)
    columns = np.flatnonzero((depth >= dark).any(axis=0))
    if not columns.size:
        return []
    parts = np.split(columns, np.flatnonzero(np.diff(columns) > _APART * height) + 1)
    found = []
    for part in parts:
        area = depth[:, part[0] : part[-1] + 1]
        rows = np.flatnonzero((area >= dark).any(axis=1))
        found.append(area[rows[0] : rows[-1] + 1])
    return found


def _is_pair(depth: NDArray[np.float32], options: DittoOptions) -> bool:
    """Whether two strokes stand side by side, upright or slanted."""
    high, wide = depth.shape
    for slant in _SLANTS:
        shear = np.array([[1, slant, 0], [0, 1, 0]], np.float32)
        upright = cv2.warpAffine(depth, shear, (wide + round(slant * high), high))
        if _two_peaks(upright.sum(axis=0), options):
            return True
    return False


def _two_peaks(profile: NDArray[np.float32], options: DittoOptions) -> bool:
    """Whether a profile has two peaks alike with a valley between, and no third."""
    inner = (profile[1:-1] >= profile[:-2]) & (profile[1:-1] > profile[2:])
    peaks = np.flatnonzero(np.concatenate([[profile[0] > profile[1]], inner, [False]]))
    peaks = peaks[profile[peaks] > 0.3 * profile.max()]
    if len(peaks) != 2:
        return False
    first, second = peaks
    weaker, stronger = sorted((float(profile[first]), float(profile[second])))
    valley = float(profile[first:second].min())
    return weaker >= options.alike * stronger and valley <= options.valley * weaker
