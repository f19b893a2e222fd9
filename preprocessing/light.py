"""Uneven light, yellowing and large stains flattened: the paper becomes white everywhere."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from preprocessing.border import Mask

Image = NDArray[np.uint8]

_WORK = 500  # pixels of the long side at which the paper is estimated


class LightOptions(Options):
    """How the paper's own brightness is found.

    Attributes:
        stroke: dark marks up to this share of the page's long side are writing, not paper.
        deepest: the paper is never taken for darker than this share of its brightest part,
            so that a dark hole is not blown up into noise.
        white: level that the paper is brought to.
    """

    stroke: float = Field(0.018, gt=0, lt=0.2)
    deepest: float = Field(0.3, gt=0, le=1)
    white: int = Field(250, ge=200, le=255)


def paper_light(image: Image, border: Mask, options: LightOptions = LightOptions()) -> Image:
    """The paper without writing, (H, W) or (H, W, 3) as ``image``, for `flatten`.

    Grey closing on a small copy (dark marks thinner than ``stroke`` vanish), median and
    Gaussian smoothing; under ``border`` the light of the nearest paper goes on.
    """
    height, width = image.shape[:2]
    scale = min(1.0, _WORK / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    frame = cv2.resize(border, size, interpolation=cv2.INTER_AREA) > 0
    small = _continued(small, frame)
    span = 2 * max(1, round(options.stroke * max(size) / 2)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (span, span))
    light = cv2.medianBlur(small, 3)
    light = cv2.morphologyEx(light, cv2.MORPH_CLOSE, kernel)
    light = cv2.medianBlur(light, min(2 * span + 1, 31))
    light = cv2.GaussianBlur(light, (0, 0), span / 2)
    floor = options.deepest * float(np.percentile(light, 95))
    light = np.maximum(light, max(1, round(floor))).astype(np.uint8)
    return np.asarray(cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR))


def flatten(image: Image, light: Image, options: LightOptions = LightOptions()) -> Image:
    """``image`` divided by the paper's light: paper near ``white``, ink as dark as it was."""
    return np.asarray(cv2.divide(image, light, scale=options.white), dtype=np.uint8)


def _continued(small: Image, frame: NDArray[np.bool_]) -> Image:
    """``small`` with the paper beside ``frame`` spread under it (normalised convolution)."""
    if not frame.any() or frame.all():
        return small
    filled = small.astype(np.float32)
    known = (~frame).astype(np.float32)
    layered = filled if filled.ndim == 3 else filled[:, :, None]
    total = np.zeros_like(layered)
    weight = np.zeros_like(known)
    for sigma in (4.0, 16.0, 64.0):  # nearer paper counts far more
        part = cv2.GaussianBlur(known, (0, 0), sigma)
        sums = cv2.GaussianBlur(layered * known[:, :, None], (0, 0), sigma)
        share = 10.0 ** (-sigma / 8)
        total += share * sums.reshape(layered.shape)
        weight += share * part
    spread = total / np.maximum(weight, 1e-12)[:, :, None]
    layered[frame] = spread[frame]
    layered[frame & (weight < 1e-9)] = float(np.median(small[~frame]))
    return np.clip(layered.reshape(small.shape), 0, 255).astype(np.uint8)
