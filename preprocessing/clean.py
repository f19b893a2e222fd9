"""One page cleaned: upright, straight, evenly lit, its noise and frame gone, its pale ink back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from common.errors import PageError
from common.options import Options
from common.provenance import Step
from preprocessing.arrays import Image, Mask, bands, percentile, shrunk, uint8
from preprocessing.blank import BlankOptions, is_blank
from preprocessing.border import BorderOptions, find_border, find_neighbour, whiten
from preprocessing.curl import CurlOptions
from preprocessing.ink import InkOptions, recover_ink
from preprocessing.legibility import legibility
from preprocessing.light import LightOptions, flatten, paper_light
from preprocessing.noise import NoiseOptions, denoise
from preprocessing.orientation import OrientationOptions
from preprocessing.perspective import PerspectiveOptions, find_perspective
from preprocessing.skew import SkewOptions
from preprocessing.straighten import StraightenOptions, how_it_lies, straighten
from preprocessing.transform import Mapping, Transform

_WHOLE = 128  # in bytes, what leaves a pixel as it is
_COLOURLESS = 24  # a page whose channels differ by less has no colour to keep


class CleanOptions(Options):
    """Which steps run, and how. ``None`` for a step's options leaves that step out.

    Attributes:
        skew: without it the page is neither turned nor made flat.
        keep_geometry: leave size and position as scanned.
        least_angle: a page turned by less, in degrees, is left as it lies.
    """

    perspective: PerspectiveOptions | None = PerspectiveOptions()
    border: BorderOptions | None = BorderOptions()
    light: LightOptions = LightOptions()
    skew: SkewOptions | None = SkewOptions()
    orientation: OrientationOptions | None = OrientationOptions()
    curl: CurlOptions | None = CurlOptions()
    noise: NoiseOptions | None = NoiseOptions()
    ink: InkOptions | None = InkOptions()
    blank: BlankOptions = BlankOptions()
    keep_geometry: bool = False
    least_angle: float = 0.03


DEFAULT = CleanOptions()
FOR_BINARY = CleanOptions(noise=None, ink=None)  # `binarise` weighs grain and pale ink itself


@dataclass(frozen=True, eq=False)
class CleanPage:
    """A cleaned page and how it came about.

    Attributes:
        grey: (H, W) uint8; paper near 250, ink dark.
        transform: scan pixels → pixels of ``grey``.
        angle: degrees by which the scan's content was turned counter-clockwise.
        blank: nothing is written or printed on it.
        steps: what was done, in order.
        flat: RGB, the light flattened, ink as it was, not yet straightened.
        straightened: pixels of ``flat`` → pixels of ``grey``.
        white: level of the paper where ``flat`` shows none.
    """

    grey: Image
    transform: Mapping
    angle: float
    blank: bool
    steps: tuple[Step, ...]
    flat: Image
    straightened: Mapping
    white: int

    @cached_property
    def colour(self) -> Image:
        """(H, W, 3) RGB uint8 in the geometry of ``grey``: light flattened, ink as it was."""
        if not self.straightened.moves:
            return self.flat
        height, width = self.grey.shape
        return self.straightened.warp(self.flat, (width, height), (self.white,) * 3)

    def colour_at(self, size: tuple[int, int]) -> Image:
        """``colour`` as (width, height) ``size``, roughly: bilinear, for what needs no detail."""
        rough = shrunk(self.flat, 2 * max(size))
        whole, canvas = self.flat.shape[1::-1], self.grey.shape[::-1]
        larger = Transform.scale(whole[0] / rough.shape[1], whole[1] / rough.shape[0])
        smaller = Transform.scale(size[0] / canvas[0], size[1] / canvas[1])
        mapping = larger.then(self.straightened).then(smaller)
        return mapping.warp(rough, size, (self.white,) * 3, cv2.INTER_LINEAR)

    @property
    def legibility(self) -> float:
        """0…1, of the page before its ink was recovered."""
        return 0.0 if self.blank else legibility(_grey(self.colour))

    def restored(self) -> Image:
        """``colour`` with the recovered ink's darkness: each pixel as dark as in ``grey``.

        Grey (H, W) where the page has no colour.
        """
        some = self.colour[::2, ::2]
        if percentile(some.max(axis=2) - some.min(axis=2), 99.5) < _COLOURLESS:
            return self.grey
        drawn = np.empty_like(self.colour)
        for _, _, rows in bands(len(drawn)):
            colour = self.colour[rows]
            share = cv2.divide(self.grey[rows], cv2.max(_grey(colour), 1), scale=_WHOLE)
            drawn[rows] = cv2.multiply(colour, cv2.merge([share] * 3), scale=1 / _WHOLE)
        return drawn


def clean_page(image: Image, options: CleanOptions = DEFAULT) -> CleanPage:
    """Clean one scanned page, (H, W) grey or (H, W, 3) RGB uint8.

    Raises PageError when ``image`` is no such picture.
    """
    steps: list[Step] = []
    colour, transform = _as_rgb(image), Transform.identity()
    if options.perspective is not None and not options.keep_geometry:
        seen = find_perspective(_grey(colour), options.perspective)
        if seen is not None:
            transform, size = seen
            colour = transform.warp(colour, size, (options.light.white,) * 3)
            steps.append(_step("perspective", options.perspective))
    grey = _grey(colour)
    border = np.zeros_like(grey)
    if options.border is not None:
        border = find_border(grey, options.border)
        border |= find_neighbour(grey, border, options.border)
        steps.append(_step("border", options.border))
    flat = _flat(colour, border, options)
    page = _grey(flat)
    blank = is_blank(page, border, options.blank)
    steps.append(_step("light", options.light))

    angle = 0.0
    straightened: Mapping = Transform.identity()
    if options.skew is not None and not blank:
        how = _geometry(options.skew, options)
        if options.keep_geometry:
            angle = how_it_lies(grey, border, how).angle
        else:
            straight = straighten(grey, border, page, options.light.white, how)
            page, angle, straightened = straight.image, straight.angle, straight.mapping
            steps += [_step(name, how, angle=angle) for name in straight.done]

    if options.noise is not None:
        page = denoise(page, options.noise)
        steps.append(_step("noise", options.noise))
    if options.ink is not None:
        page = recover_ink(page, options.ink)
        steps.append(_step("ink", options.ink))
    mapping, white = transform.then(straightened), options.light.white
    return CleanPage(page, mapping, angle, blank, tuple(steps), flat, straightened, white)


def _flat(colour: Image, border: Mask, options: CleanOptions) -> Image:
    """The page with even light and a white frame."""
    light = paper_light(colour, border, options.light)
    return whiten(flatten(colour, light, options.light), border, options.light.white)


def _geometry(skew: SkewOptions, options: CleanOptions) -> StraightenOptions:
    return StraightenOptions(
        skew=skew,
        orientation=options.orientation,
        curl=options.curl,
        least_angle=options.least_angle,
    )


def _as_rgb(image: Image) -> Image:
    known = image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)
    if image.dtype != np.uint8 or not known or not image.size:
        raise PageError(
            f"an array of {image.dtype} {image.shape} is no page",
            hint="give (H, W) grey or (H, W, 3) RGB, uint8",
        )
    if image.ndim == 2:
        return uint8(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB))
    return image


def _grey(colour: Image) -> Image:
    return uint8(cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY))


def _step(name: str, options: Options, **found: float) -> Step:
    return Step(name=name, options={**options.model_dump(), **found})
