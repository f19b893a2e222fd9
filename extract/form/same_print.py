"""Whether a page prints the form's own words: its labels, looked for where the form has them.

Two forms of one press share titles, rules and the look of their lines, so that a page of one finds
half of the other's print again. Their words differ: a worn label of the form lies on its own print
to a pixel, and on other print or writing it does not.
"""

from __future__ import annotations

import cv2
import numpy as np

from common.geometry import Box
from extract.form.align import Warp
from extract.form.book_form import BookForm
from models.reading import Image

_LONG = 4  # heights of a label that no other print is like by chance
_REACH = 6  # pixels that a label may stand off its place
_MARGIN = 3  # pixels of paper around it
_SMOOTH = 1.2  # sigma in pixels, that worn edges count for less
_SAME = 0.75  # correlation from which a label is found again
_FEWEST = 5  # long labels that tell


def labels_found(page: Image, form: BookForm, warp: Warp) -> float | None:
    """The share of the form's long labels that a page (H, W) laid on it prints, 0..1.

    None where the form has too few.
    """
    long = [label.box for label in form.labels if label.box.width > _LONG * label.box.height]
    if len(long) < _FEWEST:
        return None
    flat = warp.pull(page)
    return float(np.mean([_likeness(form.blank, flat, box) > _SAME for box in long]))


def _likeness(form: Image, page: Image, box: Box) -> float:
    """The best correlation (-1..1) of what the form (H, W) has in a box with what is near it on
    the page (H, W)."""
    own = _smooth(form, box.grown(_MARGIN, _MARGIN))
    near = _smooth(page, box.grown(_MARGIN + _REACH, _MARGIN + _REACH))
    return float(cv2.matchTemplate(near, own, cv2.TM_CCOEFF_NORMED).max())


def _smooth(image: Image, box: Box) -> Image:
    x0, y0, x1, y1 = box.clipped(image.shape[1], image.shape[0]).rounded()
    return np.asarray(cv2.GaussianBlur(image[y0:y1, x0:x1], (0, 0), _SMOOTH), dtype=np.uint8)
