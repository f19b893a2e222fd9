"""Page pictures of an extracted book, and which part of a page each case fills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow

from common.errors import PackageError
from common.geometry import Box
from extract.deliver.pdfs import case_box
from extract.log.purge import purged_at
from extract.record import Record
from extract.reopen import Extracted
from extract.scan_identity import SCAN, identity
from models.reading import Image
from preprocessing.scans import Scan, Scans, open_scans

_QUALITY = 92
_ORIENTATION = 274  # EXIF


@dataclass(frozen=True)
class Master:
    """One page as it is kept: a JPEG, its size in pixels, and its pixels for one of the scan's."""

    page: int
    jpeg: bytes
    width: int
    height: int
    scale: float


@dataclass(frozen=True)
class PageSource:
    """Where a page's picture is to be had: its scan, or the picture that was kept of it.

    ``scale``: pixels of the picture for one of the scan's.
    """

    page: int
    scale: float
    origin: Scan | Path

    def load(self) -> Master:
        """The picture for the archive, as it is coded. Raises `PackageError` when it cannot be
        read."""
        jpeg = self.origin.read_bytes() if isinstance(self.origin, Path) else _jpeg(self.origin)
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_UNCHANGED)
        if picture is None:
            raise PackageError("the page's picture cannot be read", where=str(self.origin))
        height, width = picture.shape[:2]
        return Master(self.page, jpeg, width, height, self.scale)

    def picture(self) -> Image:
        """The picture's pixels, (H, W, 3) RGB. Raises `PackageError` when it cannot be read."""
        if isinstance(self.origin, Scan):
            return self.origin.load()
        picture = cv2.imread(str(self.origin), cv2.IMREAD_COLOR_RGB)
        if picture is None:
            raise PackageError("the page's picture cannot be read", where=str(self.origin))
        return np.asarray(picture, np.uint8)


def page_sources(
    book: Extracted, records: Sequence[Record], scans: Sequence[Path]
) -> list[PageSource]:
    """Every page of the book in order: its scans, else the pictures that were kept of them; a
    page without a case that failed, or of which nothing is left, is passed over.

    Raises:
        PackageError: a scan is not the one that was read; or the picture of a page with cases is
            gone, and no scans are given.
    """
    if scans:
        return _scanned(book, open_scans(scans))
    sources = []
    for stored in book.store.pages(book.name):
        path = book.folder.page_image(stored.page)
        if path.is_file():
            scale = float(stored.payload.get("picture_scale", 1.0))
            sources.append(PageSource(stored.page, scale, path))
    gone = {record.page for record in records} - {source.page for source in sources}
    if gone:
        raise _gone(book, sorted(gone))
    return sources


def _gone(book: Extracted, pages: Sequence[int]) -> PackageError:
    """What became of the pictures of these pages, as the log knows it, and what to do."""
    first = book.folder.page_image(pages[0])
    time = purged_at(book.folder, first)
    how = f"hotich purge deleted them on {time:%d.%m.%Y}" if time else "not by hotich purge"
    sources = {stored.page: stored.payload.get("source") for stored in book.store.pages(book.name)}
    return PackageError(
        f"the pictures of {len(pages)} pages, from which cases are cut, are gone ({how})",
        where=str(first),
        hint=f"give --scans the scans that were read (this page: {sources.get(pages[0]) or '?'})",
    )


def _scanned(book: Extracted, found: Scans) -> list[PageSource]:
    """The scan of every page; one that could not be read is passed over."""
    sources = []
    for stored in book.store.pages(book.name):
        if stored.outcome == "failed":
            continue
        scan = found[stored.page - 1] if stored.page <= len(found) else None
        if scan is None or identity(scan) != stored.payload.get(SCAN):
            raise PackageError(
                f"page {stored.page} is not the scan that was read",
                where=scan.source if scan else str(stored.payload.get("source", "")),
                hint="give --scans the scans that hotich extract read",
            )
        sources.append(PageSource(stored.page, 1.0, scan))
    return sources


def pages_without_case(pages: Sequence[PageSource], records: Sequence[Record]) -> list[Image]:
    """The pictures, (H, W, 3) RGB, of pages on which no case stands: covers, closing pages."""
    used = {record.page for record in records}
    return [source.picture() for source in pages if source.page not in used]


def _jpeg(scan: Scan) -> bytes:
    """The scan's own bytes where they are an upright JPEG, else a JPEG of it at full size."""
    if scan.path.suffix.lower() in (".jpg", ".jpeg"):
        with Pillow.open(scan.path) as picture:
            turned = picture.getexif().get(_ORIENTATION, 1) != 1
            if picture.mode in ("RGB", "L") and not turned:
                return scan.path.read_bytes()
    bgr = np.ascontiguousarray(scan.load()[..., ::-1])
    return bytes(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])


def case_pictures(
    pages: Sequence[PageSource], records: Sequence[Record]
) -> Iterator[tuple[Record, Image, Box]]:
    """Each case with its page's picture, (H, W, 3) RGB, and its part of it in pixels.

    Raises:
        PackageError: a page's picture cannot be read.
    """
    sources = {source.page: source for source in pages}
    for number, group in groupby(records, key=lambda record: record.page):
        picture = sources[number].picture()
        height, width = picture.shape[:2]
        cases = list(group)
        boxes = [own_box(case, cases, sources[number].scale) for case in cases]
        for place, case in enumerate(cases):
            own = boxes[place]
            others = [box for box in boxes[:place] + boxes[place + 1 :] if box]
            whole = Box(0, 0, width, height)
            yield case, picture, case_box(own, others, width, height) if own else whole


def own_box(record: Record, cases: Sequence[Record], scale: float) -> Box | None:
    """What holds the fields that only this case has, scan pixels times ``scale``.

    A place that several cases of the page share (the commune in its head, its number) is nobody's
    own. None when the case has no place at all.
    """
    others = [case for case in cases if case is not record]
    boxes = [
        Box(*value.box)
        for code, value in record.fields.items()
        if value.box and not any(_same_place(value.box, case.get(code).box) for case in others)
    ]
    if not boxes:
        return None
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    return Box(*(edge * scale for edge in whole))


def _same_place(one: tuple[int, ...], other: tuple[int, ...] | None) -> bool:
    if other is None:
        return False
    a, b = Box(*one), Box(*other)
    return a.intersection(b).area > 0.5 * min(a.area, b.area)
