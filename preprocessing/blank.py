"""Pages with nothing on them: blank paper, a black frame, a lens cap."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from preprocessing.border import Mask

Image = NDArray[np.uint8]


class BlankOptions(Options):
    """What is still blank.

    Attributes:
        ink: a flattened page with a smaller share of dark pixels is blank.
        dark: how far below the paper a pixel must lie to count.
        page: a picture showing less page than this share beside its frame is blank.
    """

    ink: float = Field(0.0004, ge=0, lt=1)
    dark: int = Field(50, gt=0, le=255)
    page: float = Field(0.03, ge=0, lt=1)


def is_blank(flat: Image, border: Mask, options: BlankOptions = BlankOptions()) -> bool:
    """Whether flattened grey ``flat`` shows neither writing nor print outside ``border``.

    Specks do not count: the page is judged on a half-size copy, a margin of 1 % left out.
    """
    if min(flat.shape) < 16:
        return True
    half = (max(1, flat.shape[1] // 2), max(1, flat.shape[0] // 2))
    small = cv2.resize(flat, half, interpolation=cv2.INTER_AREA)
    frame = cv2.resize(border, half, interpolation=cv2.INTER_NEAREST) > 0
    reach = 2 * max(2, max(half) // 100) + 1
    outside = cv2.erode(np.pad((~frame).astype(np.uint8), 1), np.ones((reach, reach), np.uint8))
    page = outside[1:-1, 1:-1] > 0
    if page.mean() < options.page:
        return True
    paper = float(np.median(small[page]))
    return bool((small[page] < paper - options.dark).mean() < options.ink)
