"""Whether what a PDF shows can be read: enough points an inch, sharp, and dark on bright."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import cv2
import numpy as np
import pymupdf

from extract.acceptance.findings import Finding, finding
from models.reading import Image

_LEAST_DPI = 90
_SHOWN_DPI = 100
_EMPTY = 1.0  # standard deviation of grey levels of a page that shows nothing
# 12 rendered pages of every decay have 139 and 0.30 at least; faded to an eighth 25 at most,
# blurred over 3 points 0.20 at most.
_LEAST_CONTRAST = 40.0
_LEAST_SHARPNESS = 0.25


def check_picture(
    where: str, name: str, page: pymupdf.Page, seen: dict[str, str]
) -> Iterator[Finding]:
    """What makes a page of a PDF hard to read, or that it shows what another PDF shows; nothing
    for one that can be read.

    Args:
        seen: which PDF shows a picture, by its hash; this one is added.
    """
    shown = page.get_pixmap(dpi=_SHOWN_DPI, colorspace=pymupdf.csGRAY)
    rows = np.frombuffer(shown.samples, np.uint8).reshape(shown.height, shown.stride)
    grey = np.ascontiguousarray(rows[:, : shown.width])
    if grey.std() < _EMPTY:
        yield finding("B04-empty", where, name=name)
        return
    other = seen.setdefault(hashlib.sha256(grey.tobytes()).hexdigest(), name)
    if other != name:
        yield finding("B10", where, name=name, other=other)
        return
    boxes = [(image["width"], pymupdf.Rect(image["bbox"]).width) for image in page.get_image_info()]
    dpis = [72 * points / width for points, width in boxes if width > 0]
    if dpis and max(dpis) < _LEAST_DPI:
        yield finding("B04-poor", where, name=name, dpi=round(max(dpis)))
        return
    if contrast(grey) < _LEAST_CONTRAST:
        yield finding("B04-faint", where, name=name)
    elif sharpness(grey) < _LEAST_SHARPNESS:
        yield finding("B04-blurred", where, name=name)


def contrast(grey: Image) -> float:
    """Grey levels between the paper and the darkest thousandth of a picture, (H, W) uint8."""
    dark, paper = np.percentile(grey, (0.1, 60))
    return float(paper - dark)


def sharpness(grey: Image) -> float:
    """How steep the steepest edges are, for the picture's contrast: change from one point to the
    next, in shares of the contrast, at the thousandth of points where it is largest."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.7).astype(np.float32)
    steep = np.abs(np.diff(smooth, axis=1))
    return float(np.percentile(steep, 99.9) / max(contrast(grey), 1.0))
