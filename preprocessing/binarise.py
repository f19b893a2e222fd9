"""Black ink on white: thresholds that follow the ink around, with hysteresis by stroke.

Otsu (1979) on the flattened page gives the first ink. Around every pixel that ink has a mean
darkness; a pixel is ink when it is nearer to that than to the paper, and a connected stroke
stays only when enough of it is as dark as the ink around (as in Gatos et al. 2006, with the
neighbourhood measured in strokes).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Floats, Image, bands, odd, uint8
from preprocessing.noise import grain_of

_PAPER = 250.0
_WIDEST = 20.0  # strokes, in pixels
_PRIOR = 0.02  # weight of the page's mean ink where no ink is near
_MIDDLING = 90.0  # darkness of ink where none is seen


class BinariseOptions(Options):
    """How ink is told from paper; darkness is counted from the paper, shares are of 1.

    Attributes:
        nearer: share of the local ink's darkness from which a pixel may be ink.
        least: share of the page's mean ink darkness below which nothing is ink.
        faint: darkness below which nothing is ink, whatever the page.
        dark: share of the local ink's darkness that makes a pixel sure ink.
        sure: share of a stroke's pixels that must be sure ink.
        reach: stroke widths around a pixel that count as its neighbourhood.
        smooth: how much grain is smoothed away first (standard deviations a grain of 5).
    """

    nearer: float = Field(default=0.45, gt=0, lt=1)
    least: float = Field(default=0.35, ge=0, lt=1)
    faint: float = Field(default=20.0, ge=0)
    dark: float = Field(default=0.75, gt=0, lt=1)
    sure: float = Field(default=0.2, ge=0, lt=1)
    reach: float = Field(default=24.0, gt=0)
    smooth: float = Field(default=1.0, ge=0)


DEFAULT = BinariseOptions()


def binarise(flat: Image, options: BinariseOptions = DEFAULT) -> Image:
    """Flattened grey (H, W) → ink 0, paper 255."""
    sigma = min(1.6, max(0.3, options.smooth * grain_of(flat) / 5))
    grey = uint8(cv2.GaussianBlur(flat, (0, 0), sigma))
    _, first = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    darkness = np.maximum(np.float32(_PAPER) - grey, np.float32(0))
    width = stroke_width(uint8(first))
    ink = uint8(first)
    for _ in range(2):
        ink = _refined(darkness, ink, width, options)
    return uint8(255 - 255 * ink)


def stroke_width(ink: Image) -> float:
    """Typical width in pixels of the strokes of a 0/1 ink mask (4 when there are few)."""
    found = []
    for around, inside, _ in bands(len(ink), halo=round(_WIDEST)):
        distance = cv2.distanceTransform(ink[around], cv2.DIST_L2, 3)
        ridge = (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8))) & (distance > 0)
        found.append(distance[inside][ridge[inside]])
    ridges = np.concatenate(found)
    if len(ridges) < 50:
        return 4.0
    return min(_WIDEST, max(2.0, 2 * float(np.percentile(ridges, 60))))


def ink_around(flat: Image, options: BinariseOptions = DEFAULT) -> Image:
    """How dark the ink around each pixel of a flattened grey page is, (H, W) uint8, 1 or more.

    Ink is Otsu's, no fainter than ``faint``; where there is none, it is taken to be of middling
    darkness. The neighbourhood is averaged at a quarter size.
    """
    _, first = cv2.threshold(flat, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    darkness = cv2.subtract(np.full_like(flat, _PAPER), flat)
    inked = darkness * (first & (darkness > options.faint))
    near, both = _quartered(inked)
    side = odd(options.reach * stroke_width(uint8(first)) / 2)
    least = np.float32(_PRIOR * _MIDDLING)
    local = (_around(both, side) + least * np.float32(_MIDDLING)) / (_around(near, side) + least)
    level = uint8(np.clip(local, 1, 255))
    return uint8(cv2.resize(level, flat.shape[::-1], interpolation=cv2.INTER_LINEAR))


def _quartered(inked: Image) -> tuple[Floats, Floats]:
    """Means of 4x4 pixels, and means of their squares; up to three odd rows and columns go."""
    height, width = (max(1, side // 4) for side in inked.shape)
    near, both = (np.empty((height, width), np.float32) for _ in range(2))
    for _, _, rows in bands(4 * height):
        part = inked[rows, : 4 * width].astype(np.float32)
        quarter = slice(rows.start // 4, rows.stop // 4)
        size = width, quarter.stop - quarter.start
        near[quarter] = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        both[quarter] = cv2.resize(part * part, size, interpolation=cv2.INTER_AREA)
    return near, both


def _refined(darkness: Floats, ink: Image, width: float, options: BinariseOptions) -> Image:
    """The ink mask (0/1) of thresholds that follow ``ink``'s darkness around each pixel."""
    weight = darkness * ink
    if not weight.any():
        return ink
    mean = float(np.square(weight, dtype=np.float64).sum() / weight.sum(dtype=np.float64))
    side = odd(2 * options.reach * width)
    near = _around(weight, side) + np.float32(_PRIOR * mean)
    local = (_around(weight * darkness, side) + np.float32(_PRIOR * mean * mean)) / near
    least = max(options.least * mean, options.faint)
    candidate = darkness >= np.maximum(options.nearer * local, least)
    sure = darkness >= np.maximum(options.dark * local, 0.8 * options.dark * mean)
    return strokes(candidate, sure, max(3.0, 0.4 * width * width), options.sure)


def _around(values: Floats, side: int) -> Floats:
    """Mean over a smooth neighbourhood: two box filters."""
    once = cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT)
    return np.asarray(cv2.blur(once, (side, side), borderType=cv2.BORDER_REFLECT))


def strokes(
    candidate: NDArray[np.bool_], sure: NDArray[np.bool_], least: float, share: float | Floats
) -> Image:
    """Connected candidates of at least ``least`` pixels of which ``share`` are sure, as 0/1.

    ``share`` may differ from pixel to pixel (H, W): its mean over the stroke counts.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(uint8(candidate), connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA]
    sures = np.bincount(labels[sure], minlength=count)
    shares = np.broadcast_to(np.float32(share), candidate.shape)[candidate]
    needed = np.bincount(labels[candidate], weights=shares, minlength=count)
    kept = (area >= least) & (sures >= needed)
    kept[0] = False
    return uint8(kept[labels])
