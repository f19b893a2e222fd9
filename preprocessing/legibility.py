"""How legible a page is, as one number from its ink: contrast, grain and sharpness."""

from __future__ import annotations

import cv2
import numpy as np

from preprocessing.arrays import Image, odd, percentile
from preprocessing.noise import grain_of

_SOUND = 130.0  # darkness below the paper of ink that is easy to read
_CROP = 1200  # pixels: strokes are judged at native resolution on the page's middle


def legibility(flat: Image) -> float:
    """0 (nothing can be read) … 1 (sharp dark strokes on quiet paper), from flattened grey.

    The product of three shares, each 1 on a sound page: the median darkness of strokes; their
    darkness against the paper's grain; the steepness of their edges.
    """
    if min(flat.shape) < 16:
        return 0.0
    top, left = (max(0, (side - _CROP) // 2) for side in flat.shape)
    middle = flat[top : top + _CROP, left : left + _CROP]
    paper = percentile(middle, 50)
    span = odd(max(flat.shape) / 125, least=5)
    hat = cv2.morphologyEx(middle, cv2.MORPH_BLACKHAT, np.ones((span, span), np.uint8))
    grain = grain_of(middle)
    strokes = hat > max(15.0, 3 * grain)
    if strokes.mean() < 1e-3:
        return 0.0
    darkness = float(np.percentile(paper - middle[strokes].astype(np.float32), 75))
    contrast = min(1.0, max(0.0, darkness) / _SOUND)
    quiet = min(1.0, max(0.0, darkness) / (12 * grain + 1e-6))
    across = cv2.Sobel(middle, cv2.CV_32F, 1, 0, ksize=3) / 8
    down = cv2.Sobel(middle, cv2.CV_32F, 0, 1, ksize=3) / 8
    slope = float(np.percentile(cv2.magnitude(across, down)[strokes], 90))
    sharp = min(1.0, slope / (0.22 * max(darkness, 1.0)))
    return round(float(contrast * quiet * sharp), 4)
