"""A cleaned page with its ink alone: stains and the other side gone, pale strokes back.

The ink map says where ink is; the page's own pixels say how it looks. Strokes keep their soft
edges and their width: only their darkness is raised, and only where it is low. A page with
nothing to take away and no pale ink is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from models.ink_map import INK, InkLayers
from models.reading import Image
from preprocessing.arrays import bands
from preprocessing.clean import CleanPage
from preprocessing.legibility import ink_quality

_NEAR = 5  # side in pixels of half the size, around ink: its soft edge


class RestoreOptions(Options):
    """How ink is told apart and brought back.

    Attributes:
        white: level that paper is given.
        surely: probability of ink from which a pixel is kept whole; below half of it, it goes.
        sound: darkness under ``white`` that a stroke should reach; darker ones are untouched.
        gain: most that a pale stroke is strengthened.
        reach: pixels around that belong to the same stroke.
        stain: darkness under ``white`` of paper that is not sound.
        stained: share of the page that may be as dark on sound paper.
        contrast: of `preprocessing.legibility.InkQuality`, from which no ink is pale.
    """

    white: int = Field(default=250, ge=200, le=255)
    surely: float = Field(default=0.5, gt=0, le=1)
    sound: float = Field(default=130.0, gt=0, le=250)
    gain: float = Field(default=3.0, ge=1)
    reach: int = Field(default=6, ge=1)
    stain: int = Field(default=20, gt=0, le=250)
    stained: float = Field(default=0.002, ge=0, le=1)
    contrast: float = Field(default=0.9, ge=0, le=1)


DEFAULT = RestoreOptions()


def restore_ink(
    flat: Image, layers: InkLayers, only: Sequence[str] = INK, options: RestoreOptions = DEFAULT
) -> Image:
    """An evenly lit grey page (H, W) on white paper, with the ink of the kinds ``only``.

    Where lines of two kinds cross, the pixels are the upper one's (the pen's before the rule's),
    so that lifting a rule cuts no stroke. A sound page comes back as it is.
    """
    if set(only) == set(INK) and is_sound(flat, layers, options):
        return flat
    restored = np.empty_like(flat)
    for around, inside, rows in bands(len(flat), halo=3 * options.reach + 1):
        part = InkLayers(layers.ink[around], layers.kind[around])
        restored[rows] = _restored(flat[around], part, only, options)[inside]
    return restored


def restored_page(page: CleanPage, layers: InkLayers, only: Sequence[str] = INK) -> Image:
    """A page cleaned but for its grain and ink, (H, W) or (H, W, 3) RGB, with the ink of the kinds
    ``only``; ``layers`` are of ``page.colour``."""
    return replace(page, grey=restore_ink(page.grey, layers, only)).restored()


def is_sound(flat: Image, layers: InkLayers, options: RestoreOptions = DEFAULT) -> bool:
    """Whether an evenly lit grey page (H, W) shows nothing beside its ink, and no ink is pale."""
    around = cv2.dilate(layers.ink[::2, ::2], np.ones((_NEAR, _NEAR), np.uint8))
    dark = cv2.compare(flat[::2, ::2], options.white - options.stain, cv2.CMP_LT)
    beside = cv2.countNonZero(cv2.copyTo(dark, cv2.compare(around, 40, cv2.CMP_LT)))
    if beside > options.stained * dark.size:
        return False
    return ink_quality(flat).contrast >= options.contrast


def _restored(
    flat: Image, layers: InkLayers, only: Sequence[str], options: RestoreOptions
) -> Image:
    darkness = cv2.subtract(np.full_like(flat, options.white), flat)
    factor = _kept(layers, only, options)
    factor *= _gain(cv2.copyTo(darkness, cv2.compare(layers.ink, 127, cv2.CMP_GT)), options)
    inked = cv2.multiply(darkness, factor, dtype=cv2.CV_8U)
    return np.asarray(cv2.subtract(np.full_like(flat, options.white), inked), np.uint8)


def _kept(layers: InkLayers, only: Sequence[str], options: RestoreOptions) -> NDArray[np.float32]:
    """Share (H, W) of each pixel's darkness that is kept: ink and its soft edge."""
    around = cv2.dilate(layers.of(only), np.ones((3, 3), np.uint8))
    low = 255 * options.surely / 2
    return np.asarray(np.clip((around.astype(np.float32) - low) / low, 0, 1), np.float32)


def _gain(inked: Image, options: RestoreOptions) -> NDArray[np.float32]:
    """How much the ink at each pixel is to be strengthened, smoothly, from its strokes alone."""
    side = 2 * options.reach + 1
    strength = cv2.dilate(inked, np.ones((side, side), np.uint8))
    levels = np.maximum(np.arange(256), 1)
    wanted = np.clip(options.sound / levels, 1, options.gain) / options.gain
    known = cv2.LUT(strength, (255 * wanted).round().astype(np.uint8))
    known = cv2.erode(known, np.ones((side, side), np.uint8))  # soft edges as their strokes
    smooth = cv2.blur(known.astype(np.float32), (side, side))
    return np.asarray(smooth * np.float32(options.gain / 255), np.float32)
