"""Scanner noise taken down gently: specks and grain go, strokes keep their width."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options

Image = NDArray[np.uint8]

_RING = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)


class NoiseOptions(Options):
    """When and how much.

    Attributes:
        speck: a pixel further than this from all its neighbours is a speck.
        grain: standard deviation of the paper's grain below which nothing is smoothed.
    """

    speck: int = Field(50, gt=0, le=255)
    grain: float = Field(6.0, ge=0)


def grain_of(grey: Image) -> float:
    """Standard deviation of the page's noise (Immerkær 1996), by a median that ink cannot move."""
    if min(grey.shape) < 3:
        return 0.0
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    height = grey.shape[0]
    strip = grey[height // 3 : 2 * height // 3] if height > 300 else grey
    detail = cv2.filter2D(strip, cv2.CV_32F, kernel)
    return float(np.median(np.abs(detail)) / 0.6745 / 6)


def denoise(grey: Image, options: NoiseOptions = NoiseOptions()) -> Image:
    """``grey`` without single-pixel specks; grainy paper is smoothed inside its own level only.

    A bilateral filter whose range is the measured grain: edges of ink stand far above it.
    """
    if min(grey.shape) < 3:
        return grey
    darker = cv2.subtract(cv2.erode(grey, _RING), grey) > options.speck
    brighter = cv2.subtract(grey, cv2.dilate(grey, _RING)) > options.speck
    lone = darker | brighter
    clean = np.where(lone, cv2.medianBlur(grey, 3), grey) if lone.any() else grey
    grain = grain_of(clean)
    if grain <= options.grain:
        return np.asarray(clean, dtype=np.uint8)
    return np.asarray(cv2.bilateralFilter(clean, 5, 2.5 * grain, 1.5), dtype=np.uint8)
