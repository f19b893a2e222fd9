"""The dark frame a scanner or a microfilm camera leaves around a page."""

from __future__ import annotations

import cv2
import numpy as np
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Image, Mask, odd, percentile, shrunk, uint8

_WORK = 600  # pixels of the long side at which the frame is looked for
_NO_PAPER = 40  # a picture whose brightest parts are darker shows no paper at all


class BorderOptions(Options):
    """What counts as frame.

    Attributes:
        darkness: darker than this share of the paper's brightness.
        depth: reaches at least this share of the page's long side inwards; print and pen
            strokes that touch the edge are thinner.
        margin: the frame's soft edge, as a share of the page's long side.
    """

    darkness: float = Field(default=0.5, gt=0, lt=1)
    depth: float = Field(default=0.012, gt=0, lt=0.5)
    margin: float = Field(default=0.004, ge=0, lt=0.1)


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


def whiten(image: Image, border: Mask, paper: int = 255) -> Image:
    """``image`` (grey or RGB) with the frame painted as paper; nothing moves."""
    if not border.any():
        return image
    clean = image.copy()
    clean[border > 0] = paper
    return clean


def _touching_edge(mask: Mask) -> Mask:
    """The connected parts of ``mask`` (0/1) that reach the image's edge."""
    _, labels = cv2.connectedComponents(mask, connectivity=8)
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching = np.unique(edge[edge > 0])
    return uint8(np.isin(labels, touching))
