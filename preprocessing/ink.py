"""Ink on flattened paper: pale strokes made as dark as sound ones, and the map of all ink."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options

Image = NDArray[np.uint8]
InkMap = NDArray[np.float32]


class InkOptions(Options):
    """When ink counts as pale and how far it is brought back.

    Attributes:
        sound: darkness (0…255 below paper) that ink should reach; darker ink is untouched.
        gain: most that pale ink is strengthened.
        patch: side of the neighbourhood that is judged, as a share of the page's long side.
        faint: darkness up to which marks may be grain of the paper, never strengthened.
    """

    sound: float = Field(120, gt=0, le=255)
    gain: float = Field(3.0, ge=1)
    patch: float = Field(0.02, gt=0, lt=1)
    faint: float = Field(12, ge=0)


def recover_ink(grey: Image, options: InkOptions = InkOptions()) -> Image:
    """Flattened ``grey`` with pale ink darkened; sound ink and empty paper stay as they are.

    Each neighbourhood's ink strength is the darkness of its darkest percent; the gain that
    brings it to ``sound`` is interpolated between neighbourhoods and fades out in the grain.
    """
    strength = _strength(grey, options)
    gain = np.clip(options.sound / np.maximum(strength, 1), 1, options.gain)
    gain[strength < 2 * options.faint] = 1
    if float(gain.max()) < 1.05:
        return grey
    gain = cv2.GaussianBlur(gain.astype(np.float32), (0, 0), 1.0)
    height, width = grey.shape
    gain = cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR)
    dark = 255.0 - grey.astype(np.float32)
    trust = np.clip((dark - options.faint) / options.faint, 0, 1) if options.faint else 1.0
    boosted = dark * (1 + (gain - 1) * trust)
    ceiling = np.maximum(dark, options.sound)
    return (255 - np.minimum(boosted, ceiling)).astype(np.uint8)


def ink_map(grey: Image) -> InkMap:
    """How surely each pixel is ink, float32 0…1 (H, W), from flattened ``grey``.

    A logistic of the pixel's place between the paper and the ink around it.
    """
    strength = _strength(grey, InkOptions())
    height, width = grey.shape
    local = cv2.resize(
        np.maximum(strength, 40).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR
    )
    place = (255.0 - grey.astype(np.float32)) / local
    return np.asarray(1 / (1 + np.exp(-12 * (place - 0.45))), dtype=np.float32)


def _strength(grey: Image, options: InkOptions) -> NDArray[np.float32]:
    """Darkness of the ink in each patch: its darkest percent; one cell a patch."""
    side = max(8, round(options.patch * max(grey.shape)))
    rows, columns = (max(1, -(-n // side)) for n in grey.shape)
    padded = cv2.copyMakeBorder(
        grey,
        0,
        rows * side - grey.shape[0],
        0,
        columns * side - grey.shape[1],
        cv2.BORDER_REPLICATE,
    )
    cells = padded.reshape(rows, side, columns, side).transpose(0, 2, 1, 3)
    cells = cells.reshape(rows, columns, side * side)
    rank = max(1, side * side // 100)
    darkest = np.partition(cells, rank, axis=2)[:, :, rank]
    return 255 - darkest.astype(np.float32)
