"""What is no part of a page: the dark frame around it, and a strip of the page beside it.

A scanner or a microfilm camera leaves a dark frame. Where the binding runs close to the scan's
left or right edge, its shadow is a dark valley from top to bottom, and what lies beyond it is
the neighbouring page.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Image, Mask, odd, percentile, shrunk, shrunk_mask, uint8

_WORK = 600  # pixels of the long side at which the frame is looked for
_BANDS = 12  # down the page, of which most must show the binding
_LEAN = 0.1  # columns a row by which a binding may lean
_NO_PAPER = 40  # a picture whose brightest parts are darker shows no paper at all


class BorderOptions(Options):
    """What counts as frame.

    Attributes:
        darkness: darker than this share of the paper's brightness.
        depth: reaches at least this share of the page's long side inwards; print and pen
            strokes that touch the edge are thinner.
        margin: the frame's soft edge, as a share of the page's long side.
        beside: how far from the edge a neighbouring page may reach, as a share of the width; 0
            leaves neighbours alone.
        shadow: how much darker than the paper to both of its sides the binding is, as a share.
    """

    darkness: float = Field(default=0.5, gt=0, lt=1)
    depth: float = Field(default=0.012, gt=0, lt=0.5)
    margin: float = Field(default=0.004, ge=0, lt=0.1)
    beside: float = Field(default=0.09, ge=0, lt=0.3)
    shadow: float = Field(default=0.12, gt=0, lt=1)


DEFAULT = BorderOptions()


def find_border(grey: Image, options: BorderOptions = DEFAULT) -> Mask:
    """Mask (H, W) of the dark frame: 255 inside it, 0 on the page.

    Dark areas that touch the image's edge and are thicker than any stroke. A page without a
    frame gives an empty mask; a picture that is dark all over gives a full one.
    """
    small = shrunk(grey, _WORK)
    paper = percentile(small, 90)
    if paper < _NO_PAPER:
        return np.full_like(grey, 255)
    dark = uint8(small < options.darkness * paper)
    thick = odd(options.depth * max(small.shape))
    padded = cv2.copyMakeBorder(dark, thick, thick, thick, thick, cv2.BORDER_REPLICATE)
    core = cv2.morphologyEx(padded, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    frame = _touching_edge(uint8(core[thick:-thick, thick:-thick]))
    if not frame.any():
        return np.zeros_like(grey)
    grow = odd(2 * options.margin * max(small.shape))
    frame = uint8(cv2.dilate(frame, np.ones((grow, grow), np.uint8)) * 255)
    size = grey.shape[1], grey.shape[0]
    return uint8(cv2.resize(frame, size, interpolation=cv2.INTER_NEAREST))


def find_neighbour(grey: Image, border: Mask, options: BorderOptions = DEFAULT) -> Mask:
    """Mask (H, W) of strips of neighbouring pages: 255 there, up to the binding's deepest shadow.

    Empty where the valley of shadow does not run nearly straight from top to bottom, or no
    paper lies beyond it.
    """
    small, frame = shrunk(grey, _WORK), shrunk_mask(border, _WORK)
    mask = np.zeros_like(small)
    for flipped in (False, True):
        side = small[:, ::-1] if flipped else small
        around = frame[:, ::-1] if flipped else frame
        valley = _valley(np.ascontiguousarray(side), np.ascontiguousarray(around), options)
        if valley is not None:
            beyond = uint8(np.arange(small.shape[1])[None] < valley[:, None]) * np.uint8(255)
            mask |= beyond[:, ::-1] if flipped else beyond
    if not mask.any():
        return np.zeros_like(grey)
    size = grey.shape[1], grey.shape[0]
    return uint8(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST))


def whiten(image: Image, border: Mask, paper: int = 255) -> Image:
    """``image`` (grey or RGB) with the frame painted as paper; nothing moves."""
    if not border.any():
        return image
    return uint8(cv2.copyTo(np.full_like(image, paper), border, image.copy()))


def _touching_edge(mask: Mask) -> Mask:
    """The connected parts of ``mask`` (0/1) that reach the image's edge."""
    _, labels = cv2.connectedComponents(mask, connectivity=8)
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching = np.unique(edge[edge > 0])
    return uint8(np.isin(labels, touching))


def _valley(small: Image, frame: Mask, options: BorderOptions) -> NDArray[np.float64] | None:
    """The column of the binding's shadow near the left edge, for each row; None when not sure."""
    height, width = small.shape
    reach = round(options.beside * width)
    if reach < 8 or height < 4 * _BANDS:
        return None
    light = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    light = np.where(frame > 0, 0, light)
    rows, columns = [], []
    for band in np.array_split(np.arange(height), _BANDS):
        profile = np.median(light[band], axis=0)
        start = int(np.argmax(profile > 0.3 * profile.max(initial=1)))  # where the frame ends
        part = profile[start : start + reach]
        if len(part) < 8 or start > reach:
            continue
        deepest = 2 + int(np.argmin(part[2:-2]))
        beyond, page = part[:deepest].max(), np.median(profile[start + deepest :][: 2 * reach])
        if part[deepest] < (1 - options.shadow) * min(float(beyond), float(page)):
            rows.append(float(band.mean()))
            columns.append(float(start + deepest))
    if len(rows) < 0.8 * _BANDS:
        return None
    slope, offset = np.polyfit(rows, columns, 1)
    off = np.abs(np.polyval([slope, offset], rows) - columns)
    if np.mean(off < 0.012 * width) < 0.8 or abs(slope) > _LEAN:
        return None
    return np.asarray(slope * np.arange(height) + offset, dtype=np.float64)
