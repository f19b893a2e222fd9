"""Scanner noise taken down gently: specks and grain go, strokes keep their width."""

from __future__ import annotations

import cv2
import numpy as np
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Image, uint8

_RING = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)
_LAPLACIAN = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


class NoiseOptions(Options):
    """When and how much.

    Attributes:
        speck: a pixel further than this from all its neighbours is a speck.
        grain: standard deviation of the paper's grain below which nothing is smoothed.
    """

    speck: int = Field(default=50, gt=0, le=255)
    grain: float = Field(default=6.0, ge=0)


DEFAULT = NoiseOptions()


def grain_of(grey: Image) -> float:
    """Standard deviation of the page's noise (Immerkær 1996), by a median that ink cannot move.

    Measured on the middle third of the page's height.
    """
    if min(grey.shape) < 3:
        return 0.0
    third = grey.shape[0] // 3
    strip = grey[third:-third] if third > 100 else grey
    detail = np.abs(cv2.filter2D(strip, cv2.CV_32F, _LAPLACIAN))
    return float(np.median(detail[::2, ::2])) / 0.6745 / 6


def denoise(grey: Image, options: NoiseOptions = DEFAULT) -> Image:
    """``grey`` without single-pixel specks; grainy paper is smoothed inside its own level only.

    A bilateral filter whose range is the measured grain: edges of ink stand far above it.
    """
    if min(grey.shape) < 3:
        return grey
    speck = options.speck
    darker = cv2.subtract(cv2.erode(grey, _RING), grey)
    brighter = cv2.subtract(grey, cv2.dilate(grey, _RING))
    _, lone = cv2.threshold(cv2.max(darker, brighter), speck, 255, cv2.THRESH_BINARY)
    clean = grey
    if cv2.countNonZero(lone):
        clean = grey.copy()
        cv2.copyTo(cv2.medianBlur(grey, 3), lone, clean)
    grain = grain_of(clean)
    if grain <= options.grain:
        return clean
    return uint8(cv2.bilateralFilter(clean, 5, 2.5 * grain, 1.5))
