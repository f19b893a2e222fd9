"""How legible a page's ink is, and why not: its contrast, the paper's grain, its sharpness."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from preprocessing.arrays import Image, odd, percentile
from preprocessing.noise import grain_of

_SOUND = 130.0  # darkness below the paper of ink that is easy to read
_CROP = 1200  # pixels: strokes are judged at native resolution on the page's middle


@dataclass(frozen=True)
class InkQuality:
    """Three shares, each 1 on a sound page.

    Attributes:
        contrast: the darkness of strokes beside that of sound ink.
        quiet: their darkness against the paper's grain.
        sharp: the steepness of their edges.
    """

    contrast: float
    quiet: float
    sharp: float

    @property
    def score(self) -> float:
        """Their product: 0 (nothing can be read) … 1 (sharp dark strokes on quiet paper)."""
        return round(self.contrast * self.quiet * self.sharp, 4)

    @property
    def fault(self) -> str:
        """What spoils the page most, in a vendor's words."""
        shares = {"pale": self.contrast, "grainy": self.quiet, "blurred": self.sharp}
        return min(shares, key=lambda name: shares[name])


NOTHING = InkQuality(0.0, 0.0, 0.0)


def ink_quality(flat: Image) -> InkQuality:
    """Of a flattened grey page, or of any part of one; `NOTHING` where no stroke is seen."""
    if min(flat.shape) < 16:
        return NOTHING
    top, left = (max(0, (side - _CROP) // 2) for side in flat.shape)
    middle = flat[top : top + _CROP, left : left + _CROP]
    paper = percentile(middle, 50)
    span = odd(max(flat.shape) / 125, least=5)
    hat = cv2.morphologyEx(middle, cv2.MORPH_BLACKHAT, np.ones((span, span), np.uint8))
    grain = grain_of(middle)
    strokes = hat > max(15.0, 3 * grain)
    if strokes.mean() < 1e-3:
        return NOTHING
    darkness = float(np.percentile(paper - middle[strokes].astype(np.float32), 75))
    across = cv2.Sobel(middle, cv2.CV_32F, 1, 0, ksize=3) / 8
    down = cv2.Sobel(middle, cv2.CV_32F, 0, 1, ksize=3) / 8
    slope = float(np.percentile(cv2.magnitude(across, down)[strokes], 90))
    return InkQuality(
        contrast=min(1.0, max(0.0, darkness) / _SOUND),
        quiet=min(1.0, max(0.0, darkness) / (12 * grain + 1e-6)),
        sharp=min(1.0, slope / (0.22 * max(darkness, 1.0))),
    )


def legibility(flat: Image) -> float:
    """`InkQuality.score` of a flattened grey page: what can be said before anything is read."""
    return ink_quality(flat).score
