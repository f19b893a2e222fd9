"""The dark frame a scanner or a microfilm camera leaves around a page."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options

Image = NDArray[np.uint8]
Mask = NDArray[np.uint8]

_WORK = 600  # pixels of the long side at which the frame is looked for


class BorderOptions(Options):
    """What counts as frame.

    Attributes:
        darkness: darker than this share of the paper's brightness.
        depth: reaches at least this share of the page's long side inwards; print and pen
            strokes that touch the edge are thinner.
        margin: the frame's soft edge, as a share of the page's long side.
    """

    darkness: float = Field(0.5, gt=0, lt=1)
    depth: float = Field(0.006, gt=0, lt=0.5)
    margin: float = Field(0.004, ge=0, lt=0.1)


def find_border(grey: Image, options: BorderOptions = BorderOptions()) -> Mask:
    """Mask (H, W) of the dark frame: 255 inside it, 0 on the page.

    Dark areas that touch the image's edge and are thicker than any stroke. A page without a
    frame gives an empty mask; a picture that is dark all over gives a full one.
    """
    height, width = grey.shape
    scale = min(1.0, _WORK / max(height, width))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    side = max(small.shape)
    paper = float(np.percentile(small, 90))
    dark = (small < options.darkness * paper).astype(np.uint8)
    if paper < 40:  # nothing bright: the picture shows no paper
        return np.full_like(grey, 255)
    thick = 2 * max(1, round(options.depth * side)) + 1
    padded = cv2.copyMakeBorder(dark, thick, thick, thick, thick, cv2.BORDER_REPLICATE)
    core = cv2.morphologyEx(padded, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    core = core[thick:-thick, thick:-thick]
    frame = _touching_edge(core)
    if not frame.any():
        return np.zeros_like(grey)
    grow = 2 * max(1, round(options.margin * side)) + 1
    frame = cv2.dilate(frame, np.ones((grow, grow), np.uint8))
    return np.asarray(
        cv2.resize(frame * 255, (width, height), interpolation=cv2.INTER_NEAREST), dtype=np.uint8
    )


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
    return np.isin(labels, touching).astype(np.uint8)
