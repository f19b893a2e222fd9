"""From a line image to the network's input: the same steps in training and at run time."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.reading import Image

HEIGHT = 40
MIN_WIDTH = 32
MAX_WIDTH = 1600

_STROKE = 11
"""Wider than any pen stroke at the network's height, in px: what is wider is paper or stain."""
_FAINTEST = 28.0
"""Ink weaker than this (grey levels under the paper) is not amplified to full black."""
_NOISE = 10.0


def normalise(image: Image, height: int = HEIGHT, stretch: float = 1.0) -> NDArray[np.uint8]:
    """An ink map (height, W) uint8, 0 = paper, 255 = ink, of a line (H, W) grey or (H, W, 3) RGB.

    The line is scaled to the height, its shape kept but for ``stretch`` (of the width: a crowded
    hand is read better when drawn out) while the width stays within limits; paper that is darker
    than its ink is turned over; the paper's own shade is taken away; the pen's strength is brought
    to one level, so that pencil and ink look alike.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    scaled = _scale(grey, height, stretch)
    if np.median(scaled) < 96:
        scaled = cv2.bitwise_not(scaled)
    kernel = np.ones((_STROKE, _STROKE), np.uint8)
    paper = cv2.blur(cv2.morphologyEx(scaled, cv2.MORPH_CLOSE, kernel), (_STROKE, _STROKE))
    ink = cv2.subtract(paper, scaled)
    ink = cv2.subtract(ink, int(np.median(ink)))
    marked = ink[ink > _NOISE]
    strength = float(np.percentile(marked, 75)) if marked.size > height else _FAINTEST
    return np.asarray(cv2.convertScaleAbs(ink, alpha=200.0 / max(strength, _FAINTEST)), np.uint8)


def _scale(grey: NDArray[np.uint8], height: int, stretch: float) -> NDArray[np.uint8]:
    rows, columns = grey.shape
    width = int(np.clip(round(stretch * columns * height / max(rows, 1)), MIN_WIDTH, MAX_WIDTH))
    method = cv2.INTER_AREA if rows > height else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (width, height), interpolation=method), np.uint8)
