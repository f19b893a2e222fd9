"""Image files → RGB pixels: every kind of pixel a scanner writes, with clear refusals."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as pillow
from PIL import ImageOps

from common.errors import PageError

Image = NDArray[np.uint8]

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".jp2"})
TIFF_SUFFIXES = frozenset({".tif", ".tiff"})

# What Pillow raises for bytes it cannot decode; the two last come from its TIFF and PNG readers.
_UNDECODABLE = (OSError, ValueError, EOFError, KeyError, TypeError, struct.error, SyntaxError)
_SUBFILE_TYPE = 254
_REDUCED = 1

# Pillow's own guard against bombs is a fixed number; `Limits.pixels` decides here instead.
pillow.MAX_IMAGE_PIXELS = None


def frames(path: Path) -> list[int]:
    """Numbers of the frames that are pages: a TIFF's reduced copies (thumbnails) are left out.

    Raises PageError when the file is no readable image.
    """
    if path.suffix.lower() not in TIFF_SUFFIXES:
        with _opened(path, str(path.name)):
            return [0]
    pages = []
    with _opened(path, str(path.name)) as image:
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            tags = getattr(image, "tag_v2", {})
            if not int(tags.get(_SUBFILE_TYPE, 0)) & _REDUCED:
                pages.append(frame)
    return pages or [0]


def load(path: Path, frame: int, source: str, pixels: int) -> Image:
    """One frame as RGB uint8 (H, W, 3), turned as its EXIF orientation says.

    Raises PageError, naming ``source``, when it cannot be decoded or has more than ``pixels``.
    """
    with _opened(path, source) as image:
        image.seek(frame)
        check_pixels(image.width, image.height, source, pixels)
        return _rgb(ImageOps.exif_transpose(image))


def check_pixels(width: int, height: int, source: str, pixels: int) -> None:
    """Raises PageError when a page of this size is empty or over the limit."""
    if width < 1 or height < 1:
        raise PageError("the page has no pixels", where=source, hint="scan it again")
    if width * height > pixels:
        raise PageError(
            f"the page has {width}×{height} pixels, more than the limit of {pixels:,}",
            where=source,
            hint="scan at a lower resolution or raise the limit",
        )


@contextmanager
def _opened(path: Path, source: str) -> Iterator[pillow.Image]:
    try:
        with pillow.open(path) as image:
            yield image
    except pillow.UnidentifiedImageError as error:
        raise PageError("not an image", where=source, hint="scan it again") from error
    except _UNDECODABLE as error:
        raise PageError(
            "the image is damaged or cut short", where=source, hint="scan it again"
        ) from error


def _rgb(image: pillow.Image) -> Image:
    """Any Pillow mode → RGB uint8; what is transparent shows white paper."""
    if image.mode.startswith("I") or image.mode == "F":
        grey = _eight_bits(np.asarray(image))
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = pillow.new("RGBA", layer.size, "white")
        image = pillow.alpha_composite(paper, layer)
    return np.ascontiguousarray(np.asarray(image.convert("RGB"), dtype=np.uint8))


def _eight_bits(values: NDArray[np.generic]) -> Image:
    """16-bit, 32-bit or float grey → uint8, by the range the numbers are in."""
    numbers = np.nan_to_num(values.astype(np.float32))
    top = float(numbers.max(initial=0.0))
    divisor = 1 / 255 if top <= 1 and values.dtype.kind == "f" else 1.0 if top <= 255 else 257.0
    return np.clip(np.rint(numbers / divisor), 0, 255).astype(np.uint8)
