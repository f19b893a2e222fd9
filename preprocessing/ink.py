"""Ink on flattened paper: pale strokes made as dark as sound ones."""

from __future__ import annotations

import cv2
import numpy as np
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Floats, Image, bands, odd


class InkOptions(Options):
    """When ink counts as pale and how far it is brought back.

    Attributes:
        sound: darkness (below white) that ink should reach; darker ink is untouched.
        gain: most that pale ink is strengthened.
        reach: of the writing around a pixel, as a share of the page's long side. Strokes of a line
            are raised alike: a gain of each stroke's own costs the reader names (within 0.003:
            21 points of the values of one severe rendered book, 3.5 of sixteen).
        sharp: share of its darkness that a stroke gains within three pixels; softer marks show
            through from the other side, or are stains, and are left pale.
        faint: darkness up to which marks may be grain of the paper, never strengthened.
    """

    sound: float = Field(default=120.0, gt=0, le=255)
    gain: float = Field(default=3.0, ge=1)
    reach: float = Field(default=0.02, gt=0, lt=0.1)
    sharp: float = Field(default=0.35, ge=0, le=1)
    faint: float = Field(default=12.0, gt=0)


DEFAULT = InkOptions()


def recover_ink(grey: Image, options: InkOptions = DEFAULT) -> Image:
    """Flattened ``grey`` with pale ink darkened; sound ink and empty paper stay as they are.

    The darkest point within ``reach`` is the strength of the stroke there, so that the soft
    edge of a sound stroke is not taken for pale ink; the gain brings that strength to
    ``sound``, and fades out in the grain and where no edge is sharp.
    """
    gain = _gain(grey, options)
    if float(gain.max()) < 1.05:
        return grey
    gain = cv2.resize(gain, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    levels = 255.0 - np.arange(256, dtype=np.float32)
    trusted = levels * np.clip(levels / options.faint - 1, 0, 1)
    room = np.maximum(options.sound - levels, 0).astype(np.float32)
    recovered = np.empty_like(grey)
    for _, _, rows in bands(len(grey)):
        page = grey[rows]
        darker = cv2.multiply(cv2.LUT(page, trusted), gain[rows] - 1)
        most = cv2.min(darker, cv2.LUT(page, room))
        recovered[rows] = cv2.subtract(page, most, dtype=cv2.CV_8U)
    return recovered


def _gain(grey: Image, options: InkOptions) -> Floats:
    """How much the ink at each second pixel is to be strengthened, 1 or more, smoothly."""
    side = odd(2 * options.reach * max(grey.shape))
    around = np.ones((side, side), np.uint8)
    darkest = cv2.erode(grey, around)[::2, ::2]
    step = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    steepest = cv2.dilate(step, around)[::2, ::2]
    strength = np.float32(255) - darkest
    sharpness = steepest / np.maximum(strength, 1)
    sure = np.clip(sharpness / max(options.sharp, 1e-6) - 1, 0, 0.25) * 4
    sure *= np.clip(strength / (2 * options.faint) - 1, 0, 0.25) * 4
    wanted = np.clip(options.sound / np.maximum(strength, 1), 1, options.gain)
    agreed = cv2.erode(1 + (wanted - 1) * sure, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.blur(agreed, (3, 3)), dtype=np.float32)
