"""One page cleaned: straight, evenly lit, its noise and frame gone, its pale ink back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from common.errors import PageError
from common.options import Options
from common.provenance import Step
from preprocessing.arrays import Image, Mask, percentile, uint8
from preprocessing.blank import BlankOptions, is_blank
from preprocessing.border import BorderOptions, find_border, whiten
from preprocessing.ink import InkOptions, recover_ink
from preprocessing.legibility import legibility
from preprocessing.light import LightOptions, flatten, paper_light
from preprocessing.noise import NoiseOptions, denoise
from preprocessing.skew import SkewOptions, skew_angle
from preprocessing.transform import Transform, turned_size

_COLOURLESS = 24  # a page whose channels differ by less has no colour to keep


class CleanOptions(Options):
    """Which steps run, and how. ``None`` for a step's options leaves that step out.

    Attributes:
        keep_geometry: leave size and position as scanned (no deskew).
        least_angle: a page turned by less, in degrees, is left as it lies.
    """

    border: BorderOptions | None = BorderOptions()
    light: LightOptions = LightOptions()
    skew: SkewOptions | None = SkewOptions()
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
        colour: (H, W, 3) RGB uint8, the same geometry, light flattened, ink as it was.
        transform: scan pixels → pixels of ``grey`` and ``colour``.
        angle: degrees by which the scan's content was turned counter-clockwise.
        legibility: 0…1, of the page before its ink was recovered.
        blank: nothing is written or printed on it.
        steps: what was done, in order.
    """

    grey: Image
    colour: Image
    transform: Transform
    angle: float
    legibility: float
    blank: bool
    steps: tuple[Step, ...]

    def restored(self) -> Image:
        """``colour`` with the recovered ink's darkness: each pixel as dark as in ``grey``.

        Grey (H, W) where the page has no colour.
        """
        spread = self.colour.max(axis=2) - self.colour.min(axis=2)
        if percentile(spread, 99.5) < _COLOURLESS:
            return self.grey
        darker = self.grey / np.maximum(_grey(self.colour), 1).astype(np.float32)
        return uint8(np.clip(self.colour * darker[:, :, None], 0, 255))


def clean_page(image: Image, options: CleanOptions = DEFAULT) -> CleanPage:
    """Clean one scanned page, (H, W) grey or (H, W, 3) RGB uint8.

    Raises PageError when ``image`` is no such picture.
    """
    colour = _as_rgb(image)
    grey = _grey(colour)
    steps: list[Step] = []
    border = np.zeros_like(grey)
    if options.border is not None:
        border = find_border(grey, options.border)
        steps.append(_step("border", options.border))
    flat, blank = _flat(colour, border, options)
    steps.append(_step("light", options.light))

    angle, transform = 0.0, Transform.identity()
    if options.skew is not None and not blank:
        angle = skew_angle(grey, options.skew, border)
        if not options.keep_geometry and abs(angle) >= options.least_angle:
            flat, transform = _straighten(flat, angle, options.light.white)
            steps.append(_step("deskew", options.skew, angle=angle))

    page = _grey(flat)
    score = 0.0 if blank else legibility(page)
    if options.noise is not None:
        page = denoise(page, options.noise)
        steps.append(_step("noise", options.noise))
    if options.ink is not None:
        page = recover_ink(page, options.ink)
        steps.append(_step("ink", options.ink))
    return CleanPage(page, flat, transform, angle, score, blank, tuple(steps))


def _flat(colour: Image, border: Mask, options: CleanOptions) -> tuple[Image, bool]:
    """The page with even light and a white frame, and whether it is blank."""
    light = paper_light(colour, border, options.light)
    flat = whiten(flatten(colour, light, options.light), border, options.light.white)
    return flat, is_blank(_grey(flat), border, options.blank)


def _straighten(flat: Image, angle: float, white: int) -> tuple[Image, Transform]:
    """``flat`` turned clockwise by ``angle`` about its centre onto a canvas that holds it all."""
    size = flat.shape[1], flat.shape[0]
    canvas = turned_size(angle, size)
    transform = Transform.turn(-angle, size, canvas)
    return transform.warp(flat, canvas, (white, white, white)), transform


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
