"""Stamps told from writing by their colour: offices stamp in red, clerks do not write in red."""

from __future__ import annotations

import cv2
import numpy as np

from common.options import Options
from models.reading import Image


class StampOptions(Options):
    """How red ink is told from every other.

    Attributes:
        red, share: by how many levels the red channel lies over both others, at least, and by
            which share of their own distance from the paper; brown ink has a seventh.
        light: least level of the red channel: red ink lets red light through, and where the
            stamp lies over a dark stroke, the stroke stays.
        rim: pixels around red ink in which what is not dark in red light is its blurred edge.
        paper: the grey level that takes the stamp's place.
    """

    red: int = 12
    share: float = 0.3
    light: int = 130
    rim: int = 1
    paper: int = 250


def without_stamps(grey: Image, colour: Image, options: StampOptions) -> Image:
    """A page (H, W) without its red ink; ``colour`` is the same page, (H, W, 3) RGB."""
    first, second, third = cv2.split(colour)
    others = cv2.max(second, third)
    light = cv2.compare(first, options.light, cv2.CMP_GE)
    least = np.ceil(options.share * (options.paper - np.arange(256.0)))
    needed = cv2.LUT(others, np.maximum(least, options.red).astype(np.uint8))
    red = cv2.compare(cv2.subtract(first, others), needed, cv2.CMP_GE) & light
    if not red.any():
        return grey
    size = 2 * options.rim + 1
    around = cv2.dilate(red, np.ones((size, size), np.uint8)) & light
    return np.asarray(cv2.copyTo(np.full_like(grey, options.paper), around, grey.copy()), np.uint8)
