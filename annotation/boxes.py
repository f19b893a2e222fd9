"""Reads what a person drew a box around: the model behind Label Studio's ML backend protocol."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import cv2
import numpy as np

from annotation.tasks import VERSION
from extract.folder import BookFolder
from models.handwriting import HandwritingReader
from models.reading import Image, Reader

_AROUND = 0.15  # share of a box's height added on every side: people draw tight
_HEIGHT = 64  # pixels to which a box is scaled, at least, before it is read


class BoxReader:
    """Reads boxes on the pages of one book.

    Args:
        reader: the package's handwriting reader when None; it is loaded at the first box.
    """

    def __init__(self, folder: BookFolder, reader: Reader | None = None) -> None:
        self.folder = folder
        self._given = reader

    @cached_property
    def _reader(self) -> Reader:
        return self._given or HandwritingReader()

    def predict(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """One prediction a task: the text of every box drawn, in the regions of the boxes."""
        context = (request.get("params") or {}).get("context") or {}
        drawn = [part for part in context.get("result") or () if "width" in part.get("value", {})]
        found = []
        for task in request.get("tasks") or ():
            read = self._read(str(task["data"].get("hotich", "")), drawn)
            score = min((part["score"] for part in read), default=0.0)
            found.append({"result": read, "score": score, "model_version": VERSION})
        return found

    def _read(self, page: str, drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not page.isdigit() or not drawn:
            return []
        picture = cv2.imread(str(self.folder.page_image(int(page))), cv2.IMREAD_GRAYSCALE)
        if picture is None:
            return []
        boxes = [part for part in drawn if part["from_name"] != "text"]
        cuts = [_cut(np.asarray(picture, np.uint8), part["value"]) for part in boxes]
        return [
            {
                **{name: part[name] for name in ("id", "original_width", "original_height")},
                "from_name": "text",
                "to_name": "image",
                "type": "textarea",
                "value": {**_place(part["value"]), "text": [reading.text]},
                "score": reading.confidence,
            }
            for part, reading in zip(boxes, self._reader.read(cuts), strict=True)
            if reading.text
        ]


def _cut(picture: Image, value: dict[str, Any]) -> Image:
    """What stands in a box, its sides given in hundredths of the picture's."""
    high, wide = picture.shape
    x0, x1 = value["x"] * wide / 100, (value["x"] + value["width"]) * wide / 100
    y0, y1 = value["y"] * high / 100, (value["y"] + value["height"]) * high / 100
    more = _AROUND * (y1 - y0)
    left, top = max(round(x0 - more), 0), max(round(y0 - more), 0)
    cut = picture[top : max(round(y1 + more), top + 1), left : max(round(x1 + more), left + 1)]
    scale = max(1.0, _HEIGHT / cut.shape[0])
    larger = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(larger, np.uint8)


def _place(value: dict[str, Any]) -> dict[str, float]:
    return {name: float(value.get(name, 0)) for name in ("x", "y", "width", "height", "rotation")}
