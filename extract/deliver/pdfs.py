"""One small PDF a case: its part of the page, as a JPEG of about 100 kB for a full page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import pymupdf

from common.errors import PageError
from common.geometry import Box
from common.options import Options
from models.reading import Image

_A4_WIDTH = 595.0  # points


class PdfOptions(Options):
    """``page_bytes``: what a whole page may take; ``width``: pixels of a page 150 dpi wide. Small
    writing is lost with pixels sooner than with quality: that goes down to ``least_quality`` first.
    """

    page_bytes: int = 110_000
    width: int = 1240
    least_quality: int = 20


DEFAULTS = PdfOptions()


def case_box(own: Box, others: list[Box], width: float, height: float) -> Box:
    """The part of the page that belongs to one case: up to half-way to each neighbour.

    Args:
        own: the union of the case's fields; ``others`` those of the page's other cases.
        width, height: the page's size, in the same pixels.
    """
    x0, y0, x1, y1 = 0.0, 0.0, width, height
    for other in others:
        below, above = other.y0 - own.y1, own.y0 - other.y1
        right, left = other.x0 - own.x1, own.x0 - other.x1
        gap = max(below, above, right, left)
        if gap == below:
            y1 = min(y1, own.y1 + gap / 2)
        elif gap == above:
            y0 = max(y0, own.y0 - gap / 2)
        elif gap == right:
            x1 = min(x1, own.x1 + gap / 2)
        else:
            x0 = max(x0, own.x0 - gap / 2)
    return Box(x0, y0, x1, y1)


def case_pdf(page: Image, box: Box, title: str, options: PdfOptions = DEFAULTS) -> bytes:
    """The PDF of one case, the same bytes for the same input.

    Args:
        page: the page, (H, W, 3) RGB.
        box: its part of it, in pixels.

    Raises:
        PageError: the box holds nothing of the page.
    """
    x0, y0, x1, y1 = box.clipped(page.shape[1], page.shape[0]).rounded()
    if x1 - x0 < 8 or y1 - y0 < 8:
        raise PageError(f"nothing to cut out at {box.rounded()}", where=title)
    return _pdf([_Part(page[y0:y1, x0:x1], page.shape[1], page.shape[0])], title, options)


def pages_pdf(pages: Sequence[Image], title: str, options: PdfOptions = DEFAULTS) -> bytes:
    """One PDF of whole pages, each (H, W, 3) RGB, as small as a case's."""
    return _pdf([_Part(page, page.shape[1], page.shape[0]) for page in pages], title, options)


class _Part(NamedTuple):
    """A part of a page, and the page's width and height."""

    image: Image
    width: int
    height: int


def _pdf(parts: Sequence[_Part], title: str, options: PdfOptions) -> bytes:
    with pymupdf.open() as document:
        for image, width, height in parts:
            share = image.shape[0] * image.shape[1] / (width * height)
            scale = min(1.0, options.width / width)
            limit = options.page_bytes * max(share, 0.2)
            jpeg = _jpeg(image, scale, limit, options.least_quality)
            points_wide = _A4_WIDTH * image.shape[1] / width
            points_high = points_wide * image.shape[0] / image.shape[1]
            sheet = document.new_page(width=points_wide, height=points_high)
            sheet.insert_image(sheet.rect, stream=jpeg)
        document.set_metadata({"title": title, "producer": "hotich"})
        content: bytes = document.tobytes(garbage=3, no_new_id=True)
    return content


def _jpeg(image: Image, scale: float, limit: float, least_quality: int) -> bytes:
    """The best quality that stays under ``limit`` bytes; smaller pixels when none does."""
    while True:
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        bgr = np.ascontiguousarray(small[..., ::-1])
        low, high, best = least_quality, 92, b""
        while low <= high:
            quality = (low + high) // 2
            wanted = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
            _, coded = cv2.imencode(".jpg", bgr, wanted)
            if len(coded) <= limit:
                low, best = quality + 1, bytes(coded)
            else:
                high = quality - 1
        if best:
            return best
        scale *= 0.85
