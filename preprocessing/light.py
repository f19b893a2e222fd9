"""Uneven light, yellowing and large stains flattened: the paper becomes white everywhere."""

from __future__ import annotations

import cv2
import numpy as np
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Image, Mask, odd, percentile, shrunk, shrunk_mask, uint8
from preprocessing.border import find_border, whiten

_WORK = 500  # pixels of the long side at which the paper is estimated
_TINY = 48  # and at which it is carried on under a frame


class LightOptions(Options):
    """How the paper's own brightness is found.

    Attributes:
        stroke: dark marks up to this share of the page's long side are writing, not paper.
        deepest: the paper is never taken for darker than this share of its brightest part,
            so that a dark hole is not blown up into noise.
        white: level that the paper is brought to.
    """

    stroke: float = Field(default=0.018, gt=0, lt=0.2)
    deepest: float = Field(default=0.3, gt=0, le=1)
    white: int = Field(default=250, ge=200, le=255)


DEFAULT = LightOptions()


def paper_light(image: Image, border: Mask, options: LightOptions = DEFAULT) -> Image:
    """The paper without its writing, (H, W) or (H, W, 3) as ``image``, for `flatten`.

    Grey closing on a small copy (dark marks thinner than ``stroke`` vanish), then median and
    Gaussian smoothing; under ``border`` (255 there) the light of the nearest paper goes on.
    """
    small = shrunk(image, _WORK)
    small = _continued(small, shrunk_mask(border, _WORK))
    span = odd(options.stroke * max(small.shape))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (span, span))
    light = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, kernel)
    light = cv2.medianBlur(light, odd(2 * span))
    light = uint8(cv2.GaussianBlur(light, (0, 0), span / 2))
    bright = percentile(np.ascontiguousarray(light.reshape(len(light), -1)), 95)
    light = np.maximum(light, np.uint8(max(1, round(options.deepest * bright))))
    return uint8(cv2.resize(light, image.shape[1::-1], interpolation=cv2.INTER_LINEAR))


def flatten(image: Image, light: Image, options: LightOptions = DEFAULT) -> Image:
    """``image`` divided by the paper's light: paper near ``white``, ink as dark as it was."""
    return uint8(cv2.divide(image, light, scale=options.white))


def evenly_lit(page: Image, options: LightOptions = DEFAULT) -> Image:
    """An RGB page (H, W, 3) as scanned, its paper white everywhere and its frame too."""
    border = find_border(uint8(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)))
    light = paper_light(page, border, options)
    return whiten(flatten(page, light, options), border, options.white)


def _continued(small: Image, frame: Mask) -> Image:
    """``small`` with the paper beside ``frame`` spread under it (normalised convolution)."""
    if not frame.any() or frame.all():
        return small
    known = np.where(frame > 0, 0, 1).astype(np.float32)
    layers = known[:, :, None] if small.ndim == 3 else known
    sums, weights = shrunk(small * layers, _TINY), shrunk(known, _TINY)
    total, weight = sums.copy(), weights.copy()
    for sigma, share in ((1.5, 1e-2), (6.0, 1e-4), (24.0, 1e-6)):  # nearer paper counts far more
        total += share * cv2.GaussianBlur(sums, (0, 0), sigma)
        weight += share * cv2.GaussianBlur(weights, (0, 0), sigma)
    spread = total / np.maximum(weight, 1e-12)[(...,) + (None,) * (small.ndim - 2)]
    spread = cv2.resize(spread, small.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    filled = small.copy()
    filled[frame > 0] = uint8(np.clip(spread, 0, 255))[frame > 0]
    return filled
