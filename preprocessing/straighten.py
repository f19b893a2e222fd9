"""A page laid upright, straight and flat in one drawing, with the exact map back to its scan."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from common.options import Options
from preprocessing.arrays import Floats, Image, Mask, Number, shrunk, shrunk_mask
from preprocessing.border import find_border
from preprocessing.curl import CurlOptions, curl_of_marks
from preprocessing.orientation import OrientationOptions, orientation
from preprocessing.skew import FINE, SMALLEST, SkewOptions, skew_of_marks, thin_marks
from preprocessing.transform import Mapping, Transform, turned_size


class StraightenOptions(Options):
    """Which parts of a page's geometry are looked for, and how; None leaves one out.

    Attributes:
        least_angle: a page turned by less, in degrees, is left as it lies.
    """

    skew: SkewOptions = SkewOptions()
    orientation: OrientationOptions | None = OrientationOptions()
    curl: CurlOptions | None = CurlOptions()
    least_angle: float = 0.03


@dataclass(frozen=True)
class Lie:
    """How a page lies: degrees counter-clockwise, as quarter turns and what is left, within ±45."""

    quarters: int
    skew: float

    @property
    def angle(self) -> float:
        """Both together, over -180 up to 180."""
        whole = 90 * self.quarters + self.skew
        return round(whole - 360 if whole > 180 else whole, 3)


@dataclass(frozen=True, eq=False)
class Straight:
    """The page straightened; ``done`` says what was, and ``angle`` how the scan lay."""

    image: Image
    mapping: Mapping
    angle: float
    done: tuple[str, ...]


def how_it_lies(grey: Image, border: Mask, options: StraightenOptions) -> Lie:
    """The skew of a page and, where it is sure, its quarter turns."""
    return _look(grey, border, options)[0]


def page_angle(image: Image, options: StraightenOptions | None = None) -> float:
    """Degrees by which a page's content is turned counter-clockwise, over -180 up to 180.

    ``image``: (H, W) grey or (H, W, 3) RGB uint8. 0.0 where nothing tells.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    return how_it_lies(grey, find_border(grey), options or StraightenOptions()).angle


def straighten(
    grey: Image, border: Mask, flat: Image, white: int, options: StraightenOptions
) -> Straight:
    """``flat`` (H, W), the light of ``grey`` made even and its frame white, laid upright,
    straight, flat."""
    lie, marks = _look(grey, border, options)
    size = flat.shape[1], flat.shape[0]
    page = upright(flat, lie.quarters)
    done = ["orientation"] if lie.quarters else []
    first = Transform.quarter_turns(-lie.quarters, size)
    turned, canvas = Transform.identity(), (page.shape[1], page.shape[0])
    if abs(lie.skew) >= options.least_angle:
        size, canvas = canvas, turned_size(lie.skew, canvas)
        turned = Transform.turn(-lie.skew, size, canvas)
        done.append("deskew")
    curl = None
    if options.curl is not None:
        curl = curl_of_marks(_drawn(marks, page, turned, canvas), canvas, options.curl)
    mapping: Mapping = turned
    if curl is not None:
        mapping = turned.then(curl)
        done.append("curl")
    image = mapping.warp(page, canvas, (white,)) if mapping.moves else page
    return Straight(image, first.then(mapping), lie.angle, tuple(done))


def _look(grey: Image, border: Mask, options: StraightenOptions) -> tuple[Lie, Floats]:
    """How a page lies, and its thin marks the right way up."""
    small, frame = shrunk(grey, FINE), shrunk_mask(border, FINE)
    marks = thin_marks(small, frame)
    skew = skew_of_marks(marks, options.skew) if min(grey.shape) >= SMALLEST else 0.0
    if options.orientation is None:
        return Lie(0, skew), marks
    found = orientation(small, options.orientation, frame, skew)
    if not found.sure or not found.degrees:
        return Lie(0, skew), marks
    quarters = found.degrees // 90
    marks = upright(marks, quarters)
    if quarters % 2:  # lines tell more than columns: look again, the right way up
        skew = skew_of_marks(marks, options.skew)
    return Lie(quarters, skew), marks


def _drawn(marks: Floats, page: Image, turned: Transform, canvas: tuple[int, int]) -> Floats:
    """The marks of ``page`` as they lie on the canvas, at their own scale."""
    scale = marks.shape[0] / page.shape[0]
    small = Transform.scale(1 / scale, 1 / scale).then(turned).then(Transform.scale(scale, scale))
    size = max(1, round(canvas[0] * scale)), max(1, round(canvas[1] * scale))
    drawn = cv2.warpAffine(marks, small.matrix[:2], size, flags=cv2.INTER_LINEAR)
    return np.asarray(drawn, dtype=np.float32)


def upright(image: NDArray[Number], quarters: int) -> NDArray[Number]:
    """``image``, whose content is turned counter-clockwise by ``quarters``, turned back."""
    return np.ascontiguousarray(np.rot90(image, -quarters)) if quarters % 4 else image
