"""A picture of the form a person can check at a glance: labels, fields, codes, in colour."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from extract.form.book_form import BookForm

_LABEL = (150, 150, 150)
_PART = (255, 160, 0)
_COLOURS = ((200, 30, 30), (30, 110, 200), (20, 140, 60), (150, 60, 170))  # RGB, by entry


def draw_overlay(form: BookForm) -> NDArray[np.uint8]:
    """(H, W, 3) RGB: the blank form with its labels framed and its fields tinted and named."""
    picture = cv2.cvtColor(form.blank, cv2.COLOR_GRAY2RGB)
    picture = np.asarray(255 - (255 - picture.astype(np.uint16)) * 6 // 10, dtype=np.uint8)
    scale = max(form.size) / 2000
    for label in form.labels:
        _frame(picture, label.box, _LABEL, 1)
    for entry in form.entries:
        colour = _COLOURS[(entry.index - 1) % len(_COLOURS)]
        for code, slot in entry.fields.items():
            for box in slot.boxes:
                _tint(picture, box, colour)
                _frame(picture, box, colour, 2)
            for part in slot.parts.values():
                _frame(picture, part.grown(-3, -3), _PART, 2)
            at = (round(slot.boxes[0].x0) + 3, round(slot.boxes[0].y0 + 16 * scale))
            cv2.putText(
                picture, code, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5 * scale, colour, 1, cv2.LINE_AA
            )
    return picture


def _tint(picture: NDArray[np.uint8], box: Box, colour: tuple[int, int, int]) -> None:
    x0, y0, x1, y1 = box.clipped(picture.shape[1], picture.shape[0]).rounded()
    area = picture[y0:y1, x0:x1]
    area[:] = np.minimum(area, area * 0.88 + np.array(colour) * 0.12).astype(np.uint8)


def _frame(picture: NDArray[np.uint8], box: Box, colour: tuple[int, int, int], width: int) -> None:
    x0, y0, x1, y1 = box.rounded()
    cv2.rectangle(picture, (x0, y0), (x1, y1), colour, width)
