"""Pages that a vendor should scan again: much on them is in doubt, and the scan is to blame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from extract.folder import BookFolder
from extract.record import MACHINE, FieldValue, Record
from models.legibility import rescan_list
from preprocessing.legibility import InkQuality, ink_quality
from preprocessing.light import evenly_lit

_UNWRITTEN = ("absent_on_form", "blank")
_UNSEEN = InkQuality(1.0, 1.0, 1.0)  # nothing is said against a scan that cannot be seen


@dataclass(frozen=True)
class RescanView:
    """One of them: ``wrong`` is the percentage of its fields that are expected wrong."""

    page: int
    wrong: int
    fault: str
    picture: str


def rescans(folder: BookFolder, records: Iterable[Record]) -> tuple[RescanView, ...]:
    """The pages whose scans are to be made again, the worst first.

    What a person has read is right; pages without a picture are left out.
    """
    doubts: dict[int, list[float]] = {}
    for record in records:
        if folder.page_image(record.page).is_file():
            written = (v for v in record.fields.values() if v.status not in _UNWRITTEN)
            doubts.setdefault(record.page, []).extend(map(_doubt, written))
    errors = {page: float(np.mean(of_page)) for page, of_page in doubts.items() if of_page}
    return tuple(
        RescanView(
            found.page,
            round(100 * found.expected_error),
            found.fault,
            folder.page_image(found.page).relative_to(folder.root).as_posix(),
        )
        for found in rescan_list(errors, lambda page: _ink(folder, page))
    )


def _doubt(value: FieldValue) -> float:
    return 1 - value.confidence if value.author == MACHINE else 0.0


def _ink(folder: BookFolder, page: int) -> InkQuality:
    picture = cv2.imread(str(folder.page_image(page)))
    if picture is None:
        return _UNSEEN
    flat = evenly_lit(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8))
    return ink_quality(np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY), np.uint8))
