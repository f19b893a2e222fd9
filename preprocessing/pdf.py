"""PDF pages → RGB pixels. A page that is one scan gives its embedded image as it was scanned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
from numpy.typing import NDArray

from common.errors import PageError
from preprocessing.arrays import Image
from preprocessing.pictures import check_jpeg, check_pixels, refused

Placed = dict[str, Any]  # one entry of MuPDF's `get_image_info`

_POINTS_PER_INCH = 72
_UNREADABLE = (RuntimeError, ValueError, IndexError, pymupdf.mupdf.FzErrorBase)
_HIDDEN = "ignore-text"  # the invisible text layer of a PDF that has been through OCR
_SLACK = 0.02  # how far, of the page's side, a scan may fall short of its page or overhang it
_MAX_DPI = 600.0
_AGAIN = "scan or export it again"

# MuPDF paints what it cannot decode of an image grey or white, and only warns, with these words.
_LOST = (
    "padding truncated image",
    "premature end of file in jpeg",
    "ignoring zlib error",
    "treating as end of file",
    "Stream does not end with EOC",
)

# What MuPDF has to say we ask for; it need not go to stderr too.
pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


def count_pages(path: Path) -> int:
    """Raises PageError when the PDF is encrypted, damaged beyond repair or has no page."""
    with _opened(path, path.name) as document:
        return len(document)


def load(path: Path, number: int, source: str, pixels: int, dpi: int) -> Image:
    """Page ``number`` (from 0), upright as a viewer shows it, as RGB uint8 (H, W, 3).

    A page that is one scan gives that image at its own resolution; any other page is drawn at
    the resolution of its finest image, ``dpi`` at least. Raises PageError, naming ``source``,
    when the file cannot be used or the page, or an image on it, is not whole.
    """
    with _opened(path, source) as document:
        try:
            page = document[number]
            _check_images(document, page, source)
            image = _image(document, page, source, pixels, dpi)
            _check_shown(document, page, source)
        except _UNREADABLE as error:
            raise PageError("the PDF page is damaged", where=source, hint=_AGAIN) from error
    return image


def _image(
    document: pymupdf.Document, page: pymupdf.Page, source: str, pixels: int, dpi: int
) -> Image:
    scan = _only_scan(page)
    if scan is not None:
        check_pixels(scan["width"], scan["height"], source, pixels)
        return _upright(_pixels(pymupdf.Pixmap(document, scan["xref"])), page, scan)
    resolution = _resolution(page, dpi)
    scale = resolution / _POINTS_PER_INCH
    check_pixels(round(page.rect.width * scale), round(page.rect.height * scale), source, pixels)
    return _pixels(page.get_pixmap(dpi=round(resolution), alpha=False))


@contextmanager
def _opened(path: Path, source: str) -> Iterator[pymupdf.Document]:
    """The document, with at least one page; what was warned of before is forgotten."""
    pymupdf.TOOLS.mupdf_warnings()
    try:
        with path.open("rb"):
            pass  # MuPDF does not tell why it cannot open a file
        document = pymupdf.open(path, filetype="pdf")
    except OSError as error:
        raise refused(error, source) from error
    except _UNREADABLE as error:
        raise _damaged(source) from error
    with document:
        if document.needs_pass:
            raise PageError("the PDF is encrypted", where=source, hint="save it without a password")
        try:
            pages = len(document)
        except _UNREADABLE as error:  # cut short: MuPDF opens it, and finds no page tree
            raise _damaged(source) from error
        if not pages:
            raise PageError("the PDF has no pages", where=source, hint="export it again")
        yield document


def _damaged(source: str) -> PageError:
    return PageError(
        "the PDF is damaged and cannot be opened", where=source, hint="copy or export it again"
    )


def _check_images(document: pymupdf.Document, page: pymupdf.Page, source: str) -> None:
    """Raises PageError when a JPEG on the page is not whole."""
    for xref, *_, coding, _ in page.get_images(full=True):
        if coding == "DCTDecode":
            check_jpeg(document.extract_image(xref)["image"], source)


def _check_shown(document: pymupdf.Document, page: pymupdf.Page, source: str) -> None:
    """Raises PageError when an image was not decoded whole, or nothing is left of a page.

    A page that shows nothing is blank only in a sound file: in one that MuPDF had to repair, or
    with a page that drew a warning, its content is what was lost.
    """
    warnings = pymupdf.TOOLS.mupdf_warnings()
    if any(words in warnings for words in _LOST):
        raise PageError("the image is damaged or cut short", where=source, hint=_AGAIN)
    if not page.get_bboxlog() and (warnings or document.is_repaired):
        raise PageError(
            "the PDF is damaged and nothing is left of this page",
            where=source,
            hint="copy or export it again",
        )


def _only_scan(page: pymupdf.Page) -> Placed | None:
    """The image that is all there is to see on the page, or None."""
    visible = [entry for entry in page.get_bboxlog() if entry[0] != _HIDDEN]
    images = page.get_image_info(xrefs=True)
    if not images or not visible or visible[-1][0] != "fill-image":
        return None
    last = images[-1]
    masks = {entry[0]: entry[1] for entry in page.get_images(full=True)}
    if not last["xref"] or masks.get(last["xref"], 1) or not _covers(last["bbox"], page):
        return None
    along = _orientation(page, last)
    straight = np.isclose(np.abs(along), 0).sum() == 2
    return last if straight else None


def _covers(box: tuple[float, float, float, float], page: pymupdf.Page) -> bool:
    """Whether the image and the page have the same edges (a cropped scan does not count)."""
    shown = page.rect * page.derotation_matrix
    width, height = abs(shown.width) * _SLACK, abs(shown.height) * _SLACK
    gaps = np.abs(np.subtract(box, tuple(shown.normalize())))
    return bool(np.all(gaps <= (width, height, width, height)))


def _orientation(page: pymupdf.Page, scan: Placed) -> NDArray[np.float64]:
    """2×2: where the image's right and down point on the upright page, to unit length."""
    shown = pymupdf.Matrix(scan["transform"]) * page.rotation_matrix
    along = np.array([[shown.a, shown.b], [shown.c, shown.d]])
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    return np.asarray(np.round(along, 3))


def _upright(image: Image, page: pymupdf.Page, scan: Placed) -> Image:
    """The embedded image turned and mirrored as the page shows it."""
    along = _orientation(page, scan)
    if along[0, 0] == 0:  # the image's right runs down or up the page
        image = image.transpose(1, 0, 2)
        along = along[::-1]
    if along[0, 0] < 0:
        image = image[:, ::-1]
    if along[1, 1] < 0:
        image = image[::-1]
    return np.ascontiguousarray(image)


def _resolution(page: pymupdf.Page, dpi: int) -> float:
    """Dots per inch that keep every pixel of the page's finest image, up to a limit."""
    finest = float(dpi)
    for image in page.get_image_info():
        matrix = pymupdf.Matrix(image["transform"])
        inches = np.hypot(matrix.a, matrix.b) / _POINTS_PER_INCH
        if inches > 1:  # a logo or a mark does not decide
            finest = max(finest, image["width"] / inches)
    return min(finest, max(_MAX_DPI, dpi))


def _pixels(picture: pymupdf.Pixmap) -> Image:
    if picture.colorspace is None or picture.colorspace.n != 3 or picture.alpha:
        picture = pymupdf.Pixmap(pymupdf.csRGB, picture)
    if picture.alpha:
        picture = pymupdf.Pixmap(picture, 0)
    flat = np.frombuffer(picture.samples_mv, dtype=np.uint8)
    rows = flat.reshape(picture.height, picture.stride)[:, : picture.width * 3]
    return rows.reshape(picture.height, picture.width, 3).copy()
