"""Laying a page that lies as clean pages do: upright, of the form's size, somewhere near its place.

The form's middle is looked for on a very small copy of the page, by normalised correlation; blocks
of print then bend it into place (`extract.form.align`). That costs a third of what keypoints cost;
a page that does not fit so is left to them.
"""

from __future__ import annotations

import cv2
import numpy as np

from extract.form.align import DEGREE, TERMS, Sketch, Warp, bent
from models.reading import Image

_GLANCE = 0.25  # of a sketch's size, at which a page's place is first looked for
_RIM = 0.06  # of the form on each side that may lie off the page
_SIZES = (0.96, 0.98, 1.0, 1.02, 1.04)  # of a page against its form
_FINEST = (4, DEGREE, 192)
_PASSES = ((14, 1, 48), (8, 3, 96), (6, DEGREE, 96), _FINEST, _FINEST, _FINEST)
"""More than keypoints need: perspective, too, must be found by bending."""


def lay_straight(form: Sketch, page: Sketch, size: tuple[int, int]) -> tuple[Warp, float]:
    """Lay a page on a form that it is not turned against: the warp and its score, as `register`.

    The form's middle is looked for all over the page, at a few sizes, both very small.
    """
    whole = 255 - _resized(form.small, _GLANCE)
    top, left = (round(_RIM * side) for side in whole.shape)
    middle = whole[top : whole.shape[0] - top, left : whole.shape[1] - left]
    seen = 255 - _resized(page.small, _GLANCE * form.scale / page.scale)
    margins = (max(top, left),) * 4
    seen = cv2.copyMakeBorder(seen, *margins, cv2.BORDER_CONSTANT, value=0)
    best, (grown, x, y) = -1.0, (1.0, 0, 0)
    for times in _SIZES:
        patch = _resized(middle, times)
        if patch.shape[0] <= seen.shape[0] and patch.shape[1] <= seen.shape[1]:
            response = cv2.matchTemplate(seen, patch, cv2.TM_CCOEFF_NORMED)
            _, likeness, _, corner = cv2.minMaxLoc(response)
            if likeness > best:
                best, (grown, x, y) = likeness, (times, corner[0], corner[1])
    pixel = _GLANCE * form.scale
    shift = np.array([x - margins[0] - grown * left, y - margins[0] - grown * top]) / pixel
    moved = np.array([[grown, 0, shift[0]], [0, grown, shift[1]], [0, 0, 1]], dtype=np.float64)
    return bent(Warp(moved, np.zeros((TERMS, 2)), size), form, page, _PASSES)


def _resized(image: Image, times: float) -> Image:
    small = cv2.resize(image, None, fx=times, fy=times, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)
