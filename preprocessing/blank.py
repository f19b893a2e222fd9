"""Pages with nothing on them: blank paper, a black frame, a lens cap."""

from __future__ import annotations

import cv2
import numpy as np
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Image, Mask, odd, percentile, uint8


class BlankOptions(Options):
    """What is still blank.

    Attributes:
        ink: a flattened page with a smaller share of dark pixels is blank.
        dark: how far below the paper a pixel must lie to count.
        page: a picture showing less page than this share beside its frame is blank.
    """

    ink: float = Field(default=0.0008, ge=0, lt=1)
    dark: int = Field(default=30, gt=0, le=255)
    page: float = Field(default=0.03, ge=0, lt=1)


DEFAULT = BlankOptions()


def is_blank(flat: Image, border: Mask, options: BlankOptions = DEFAULT) -> bool:
    """Whether flattened grey ``flat`` shows neither writing nor print outside ``border``.

    Specks do not count: the page is judged on a half-size copy, a margin of 1 % left out.
    """
    if min(flat.shape) < 16:
        return True
    half = max(1, flat.shape[1] // 2), max(1, flat.shape[0] // 2)
    small = uint8(cv2.resize(flat, half, interpolation=cv2.INTER_AREA))
    page = uint8(cv2.bitwise_not(cv2.resize(border, half, interpolation=cv2.INTER_NEAREST)))
    reach = odd(min(0.02 * max(half), 0.1 * min(half)))
    kernel = np.ones((reach, reach), np.uint8)
    page = uint8(cv2.erode(page, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0))
    area = cv2.countNonZero(page)
    if area < options.page * page.size:
        return True
    paper = percentile(small, 50, page)
    dark = cv2.bitwise_and(page, uint8(small < paper - options.dark) * np.uint8(255))
    return bool(cv2.countNonZero(dark) < options.ink * area)
