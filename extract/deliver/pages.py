"""Page pictures of an extracted book, and which part of a page each case fills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import cv2
import numpy as np

from common.errors import PackageError
from common.geometry import Box
from extract.deliver.pdfs import case_box
from extract.record import Record
from extract.reopen import Extracted
from models.reading import Image


def case_pictures(
    book: Extracted, records: Sequence[Record]
) -> Iterator[tuple[Record, Image, Box]]:
    """Each case with its page's picture, (H, W, 3) RGB, and its part of it in pixels.

    Raises:
        PackageError: a page's picture is missing or cannot be read.
    """
    for number, group in groupby(records, key=lambda record: record.page):
        picture = _page(book, number)
        height, width = picture.shape[:2]
        scale = book.picture_scale(number)
        cases = list(group)
        boxes = [own_box(case, cases, scale) for case in cases]
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


def _page(book: Extracted, number: int) -> Image:
    path = book.folder.page_image(number)
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise PackageError("the page's picture cannot be read", where=str(path))
    return np.asarray(picture, np.uint8)
