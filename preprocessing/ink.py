"""Ink on flattened paper: pale strokes made as dark as sound ones, and the map of all ink."""

from __future__ import annotations

import cv2
import numpy as np
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Floats, Image, uint8


class InkOptions(Options):
    """When ink counts as pale and how far it is brought back.

    Attributes:
        sound: darkness (below white) that ink should reach; darker ink is untouched.
        gain: most that pale ink is strengthened.
        patch: side of the neighbourhood that is judged, as a share of the page's long side.
        faint: darkness up to which marks may be grain of the paper, never strengthened.
    """

    sound: float = Field(default=120.0, gt=0, le=255)
    gain: float = Field(default=3.0, ge=1)
    patch: float = Field(default=0.02, gt=0, lt=1)
    faint: float = Field(default=12.0, gt=0)


DEFAULT = InkOptions()


def recover_ink(grey: Image, options: InkOptions = DEFAULT) -> Image:
    """Flattened ``grey`` with pale ink darkened; sound ink and empty paper stay as they are.

    Each neighbourhood's ink strength is the darkness of its darkest percent; the gain that
    brings it to ``sound`` is interpolated between neighbourhoods and fades out in the grain.
    """
    strength = _strength(grey, options.patch)
    gain = np.clip(options.sound / np.maximum(strength, 1), 1, options.gain)
    gain[strength < 2 * options.faint] = 1
    if float(gain.max()) < 1.05:
        return grey
    gain = cv2.GaussianBlur(gain.astype(np.float32), (0, 0), 1.0)
    gain = cv2.resize(gain, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    levels = 255.0 - np.arange(256, dtype=np.float32)
    trusted = levels * np.clip(levels / options.faint - 1, 0, 1)
    darker = cv2.multiply(cv2.LUT(grey, trusted), gain - 1)
    most = cv2.LUT(grey, np.maximum(options.sound - levels, 0).astype(np.float32))
    return uint8(cv2.subtract(grey, cv2.min(darker, most), dtype=cv2.CV_8U))


def ink_map(grey: Image) -> Floats:
    """How surely each pixel is ink, float32 0…1 (H, W), from flattened ``grey``.

    A logistic of the pixel's place between the paper and the ink around it.
    """
    strength = np.maximum(_strength(grey, DEFAULT.patch), 40.0)
    local = cv2.resize(strength, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    place = (255.0 - grey.astype(np.float32)) / local
    return np.asarray(1 / (1 + np.exp(-12 * (place - 0.45))), dtype=np.float32)


def _strength(grey: Image, patch: float) -> Floats:
    """Darkness of the darkest percent of each patch, one cell a patch (every second pixel)."""
    sample = grey[::2, ::2]
    side = max(8, round(patch * max(sample.shape)))
    rows, columns = (max(1, -(-n // side)) for n in sample.shape)
    missing = rows * side - sample.shape[0], columns * side - sample.shape[1]
    padded = np.pad(sample, ((0, missing[0]), (0, missing[1])), mode="edge")
    cells = padded.reshape(rows, side, columns, side).transpose(0, 2, 1, 3)
    rank = max(1, side * side // 100)
    darkest = np.partition(cells.reshape(rows, columns, side * side), rank, axis=2)
    return np.asarray(255 - darkest[:, :, rank], dtype=np.float32)
