"""The learned ink map: what every pixel of a page is, by a small network under ONNX Runtime.

The network is trained on rendered pages, whose every layer is known, and on real pages with the
truth of their ink (`models.training.ink_map`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from pydantic import Field

from common.errors import PageError
from common.options import Options
from models.reading import Image
from models.weights import open_weights
from preprocessing.binarise import ink_around, strokes

INK_MAP = Path(__file__).parent / "weights" / "ink_map"
"""The map this package comes with."""
ONNX = "ink_map.onnx"
KINDS = ("paper", "handwriting", "print", "rule", "stamp", "bleed")
"""Index in `InkLayers.kind` → what the pixel shows."""
INK = ("handwriting", "print", "rule", "stamp")
"""The kinds that are ink of this side; the rest is paper, or shows through it."""
_STRIDE = 16
_PAPER = 250
_LIKELY, _SURE, _SHARE, _LEAST = 110, 229, 0.3, 4.0
"""Ink of `InkLayers.binary`: connected likely pixels, a share of them sure, no fewer than least."""


class InkMapOptions(Options):
    """How a page is cut into tiles.

    Attributes:
        rows: of a tile that count.
        columns: of a tile that count; most pages are narrower and need one tile a band.
        margin: pixels around them that are looked at only.
    """

    rows: int = Field(default=768, ge=64)
    columns: int = Field(default=2048, ge=64)
    margin: int = Field(default=48, ge=0)


DEFAULT = InkMapOptions()


@dataclass(frozen=True, eq=False)
class InkLayers:
    """What the pixels of a page are.

    Attributes:
        ink: (H, W) uint8, 255 × the probability of any ink of this side.
        kind: (H, W) uint8, the index in `KINDS` of the likeliest.
    """

    ink: Image
    kind: Image

    def mask(self, *kinds: str) -> Image:
        """255 where the likeliest is one of ``kinds``, else 0."""
        chosen = np.zeros(256, np.uint8)
        chosen[[KINDS.index(kind) for kind in kinds]] = 255
        return np.asarray(cv2.LUT(self.kind, chosen), np.uint8)

    def of(self, kinds: Sequence[str] = INK) -> Image:
        """`ink` where the likeliest is one of ``kinds``; all of it for all of them."""
        if set(kinds) == set(INK):
            return self.ink
        return np.asarray(cv2.bitwise_and(self.ink, self.mask(*kinds)), np.uint8)

    def binary(self, kinds: Sequence[str] = INK) -> Image:
        """Ink of ``kinds`` 0, all else 255: strokes of which enough is surely ink."""
        ink = self.of(kinds)
        found = strokes(ink > _LIKELY, ink > _SURE, _LEAST, _SHARE)
        return np.asarray(255 - 255 * found, np.uint8)


class InkMap:
    """Maps pages. Raises MissingPartError when the weights are not there."""

    def __init__(self, weights: Path | None = None, options: InkMapOptions = DEFAULT) -> None:
        folder = weights or INK_MAP
        self.manifest = open_weights(folder, (ONNX,))
        self.options = options
        self._session = onnxruntime.InferenceSession(
            str(folder / ONNX), _settings(), providers=["CPUExecutionProvider"]
        )

    def __call__(self, page: Image) -> InkLayers:
        """The layers of an evenly lit page, (H, W) grey or (H, W, 3) RGB uint8.

        Raises PageError when ``page`` is no such picture.
        """
        if page.dtype != np.uint8 or page.ndim not in (2, 3) or not page.size:
            raise PageError(f"an array of {page.dtype} {page.shape} is no page")
        flat = np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2RGB) if page.ndim == 2 else page)
        seen = evidence(flat, ink_around(np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY))))
        ink = np.zeros(page.shape[:2], np.uint8)
        kind = np.zeros(page.shape[:2], np.uint8)
        for rows, columns in _tiles(ink.shape, self.options):
            self._map_tile(seen, rows, columns, ink, kind)
        return InkLayers(ink, kind)

    def _map_tile(
        self, page: NDArray[np.uint8], rows: range, columns: range, ink: Image, kind: Image
    ) -> None:
        """Map the pixels of ``rows`` and ``columns`` with a margin around them, in place."""
        height, width = ink.shape
        margin = self.options.margin
        top, left = max(0, rows.start - margin), max(0, columns.start - margin)
        bottom, right = min(height, rows.stop + margin), min(width, columns.stop + margin)
        tile = page[top:bottom, left:right]
        more = (-(bottom - top) % _STRIDE, -(right - left) % _STRIDE)
        if any(more):
            tile = cv2.copyMakeBorder(tile, 0, more[0], 0, more[1], cv2.BORDER_REPLICATE)
        batch = np.ascontiguousarray(tile.transpose(2, 0, 1)[None])
        inks, kinds = self._session.run(None, {"page": batch})
        inside = np.s_[
            rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
        ]
        outside = np.s_[rows.start : rows.stop, columns.start : columns.stop]
        ink[outside] = inks[0][inside]
        kind[outside] = kinds[0][inside]


def evidence(flat: Image, around: Image) -> Image:
    """What the network is shown of an evenly lit page (H, W, 3): (H, W, 4) uint8.

    Its colours, and how dark each pixel is beside the ink ``around`` it (H, W;
    `preprocessing.binarise.ink_around`): 0 is paper, 128 as dark as that ink.
    """
    grey = np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY), np.uint8)
    darkness = cv2.subtract(np.full_like(grey, _PAPER), grey)
    return np.dstack([flat, cv2.divide(darkness, around, scale=128)])


def _tiles(shape: tuple[int, ...], options: InkMapOptions) -> Iterator[tuple[range, range]]:
    for top in range(0, shape[0], options.rows):
        for left in range(0, shape[1], options.columns):
            bottom, right = top + options.rows, left + options.columns
            yield range(top, min(bottom, shape[0])), range(left, min(right, shape[1]))


def _settings() -> onnxruntime.SessionOptions:
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.inter_op_num_threads = 1
    settings.enable_cpu_mem_arena = False
    return settings
