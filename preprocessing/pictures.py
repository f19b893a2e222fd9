"""Image files → RGB pixels: every kind of pixel a scanner writes, with clear refusals."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from common.errors import PageError, UsageError, advice
from preprocessing import jpeg
from preprocessing.arrays import Image, uint8

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".jp2"})
TIFF_SUFFIXES = frozenset({".tif", ".tiff"})

# What Pillow raises for bytes it cannot decode; the two last come from its TIFF and PNG readers.
_UNDECODABLE = (OSError, ValueError, EOFError, KeyError, TypeError, struct.error, SyntaxError)
_JPEG = ("JPEG", "MPO")
_SUBFILE_TYPE = 254
_REDUCED = 1

# Pillow's own guard against bombs is a fixed number; `Limits.pixels` decides here instead.
Pillow.MAX_IMAGE_PIXELS = None


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
        if image.format in _JPEG:
            check_jpeg(path.read_bytes(), source)
        ImageOps.exif_transpose(image, in_place=True)
        return _rgb(image)


def save(path: Path, image: Image) -> None:
    """Write an image in the format of the path's suffix, by way of a file beside it.

    Raises UsageError when the suffix is unknown or the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"cannot write {suffix or 'a file without a suffix'}", hint="use .png")
    encoded, data = cv2.imencode(suffix, image[:, :, ::-1] if image.ndim == 3 else image)
    if not encoded:
        raise UsageError(f"cannot write {path}", hint="use .png")
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.write_bytes(data.tobytes())
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}", hint="check the folder") from error


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


def check_jpeg(data: bytes, source: str) -> None:
    """Raises PageError when a JPEG file is not whole, which decoders let pass."""
    fault = jpeg.fault(data)
    if fault:
        raise PageError(f"the image is {fault}", where=source, hint="copy or scan it again")


def refused(error: OSError, source: str) -> PageError:
    """A file that the operating system does not let us read."""
    what = (error.strerror or str(error)).lower()
    return PageError(f"cannot be read: {what}", where=source, hint=advice(error))


@contextmanager
def _opened(path: Path, source: str) -> Iterator[Pillow.Image]:
    try:
        # Warnings tell of odd tags; what keeps a page from being read raises.
        with warnings.catch_warnings(action="ignore"), Pillow.open(path) as image:
            yield image
    except UnidentifiedImageError as error:
        raise PageError("not an image", where=source, hint="copy or scan it again") from error
    except _UNDECODABLE as error:
        if isinstance(error, OSError) and error.errno:  # the system's, not a decoder's
            raise refused(error, source) from error
        raise PageError(
            "the image is damaged or cut short", where=source, hint="copy or scan it again"
        ) from error


def _rgb(image: Pillow.Image) -> Image:
    """Any Pillow mode → RGB uint8; what is transparent shows white paper."""
    if image.mode.startswith("I") or image.mode == "F":
        grey = _eight_bits(np.asarray(image))
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Pillow.new("RGBA", layer.size, "white")
        image = Pillow.alpha_composite(paper, layer)
    return uint8(np.asarray(image if image.mode == "RGB" else image.convert("RGB")))


def _eight_bits(values: NDArray[np.generic]) -> Image:
    """16-bit, 32-bit or float grey → uint8, by the range the numbers are in."""
    numbers = np.nan_to_num(values.astype(np.float32))
    top = float(numbers.max(initial=0.0))
    divisor = 1 / 255 if top <= 1 and values.dtype.kind == "f" else 1.0 if top <= 255 else 257.0
    return uint8(np.clip(np.rint(numbers / divisor), 0, 255))
