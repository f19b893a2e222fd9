"""The picture of a field: as the reader saw it, or cut from the page where it kept none."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import cv2

from common.geometry import Box
from extract.record import Record
from extract.reopen import Extracted


def cut_missing(book: Extracted, fields: Sequence[tuple[Record, str]]) -> list[tuple[Record, str]]:
    """Make the crops that are missing; the fields that have one now, in the same order.

    A field is left out when nobody could see it: it has no box, or its page has no picture.
    """
    missing = [at for at in fields if not _crop(book, *at).is_file() and at[0].get(at[1]).box]
    for number, group in groupby(sorted(missing, key=_page), key=_page):
        picture = cv2.imread(str(book.folder.page_image(number)))
        if picture is None:
            continue
        scale = book.picture_scale(number)
        for record, code in group:
            box = Box(*(edge * scale for edge in record.get(code).box or (0, 0, 0, 0)))
            wide = box.grown(12, 0.25 * box.height).clipped(picture.shape[1], picture.shape[0])
            x0, y0, x1, y1 = wide.rounded()
            if x1 > x0 and y1 > y0:
                cv2.imwrite(str(_crop(book, record, code)), picture[y0:y1, x0:x1])
    return [at for at in fields if _crop(book, *at).is_file()]


def _page(field: tuple[Record, str]) -> int:
    return field[0].page


def _crop(book: Extracted, record: Record, code: str) -> Path:
    return book.folder.crop(record.page, record.entry, code)
