"""The learned ink map: what every pixel of a page is, by a small network under ONNX Runtime.

The network is trained on rendered pages, whose every layer is known, and on real pages with the
truth of their ink (`models.training.ink_map`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
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
Mask = NDArray[np.bool_]
KINDS = ("paper", "handwriting", "print", "rule", "stamp", "bleed")
"""Index in `InkLayers.kind` → what the pixel shows."""
INK = ("handwriting", "print", "rule", "stamp")
"""The kinds that are ink of this side; the rest is paper, or shows through it."""
_STRIDE = 16
_PAPER = 250
_LIKELY, _SURE, _LEAST = 110, 235, 4.0
"""Ink of `InkLayers.binary`: connected likely pixels, enough of them sure, no fewer than least."""
_AMONG_SURE, _AMONG_UNSURE = 0.0, 0.5
"""What is enough, beside ink of which more than 0.7 is sure, and less than 0.3."""
_NEAR = 68
"""Pixels to each side that are beside it."""


class InkMapOptions(Options):
    """How a page is cut into tiles, and how often it is looked at.

    Attributes:
        tile: pixels of its sides that count, about: small enough for the processor's cache.
        margin: pixels around them that are looked at only.
        twice: pages of at most so many pixels are looked at once more, standing on their head,
            and the mean of both counts: a larger one, as A4 at 200 dpi, would take too long.
    """

    tile: int = Field(default=544, ge=64)
    margin: int = Field(default=32, ge=0)
    twice: int = Field(default=3_000_000, ge=0)


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
        """Ink of ``kinds`` 0, all else 255: strokes of which enough is surely ink.

        A pale mark among sure strokes is ink; the same among its like shows through.
        """
        ink = self.of(kinds)
        likely, sure = ink > _LIKELY, ink > _SURE
        found = strokes(likely, sure, _LEAST, _share_needed(likely, sure))
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
        grey = page if page.ndim == 2 else np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY))
        around = ink_around(grey)
        layers = self._mapped(page, around)
        if grey.size > self.options.twice:
            return layers
        turned = self._mapped(*(_turned(layer) for layer in (page, around)))
        mean = cv2.addWeighted(layers.ink, 0.5, _turned(turned.ink), 0.5, 0)
        return InkLayers(np.asarray(mean, np.uint8), layers.kind)

    def _mapped(self, page: Image, around: Image) -> InkLayers:
        """One look at a page and the ink ``around`` each pixel (H, W)."""
        ink, kind = (np.zeros(around.shape, np.uint8) for _ in range(2))
        for rows, columns in _tiles(around.shape, self.options.tile):
            self._map_tile((page, around), rows, columns, ink, kind)
        return InkLayers(ink, kind)

    def _map_tile(
        self, page: tuple[Image, Image], rows: range, columns: range, ink: Image, kind: Image
    ) -> None:
        """Map the pixels of ``rows`` and ``columns`` of a page and the ink around it, in place."""
        height, width = ink.shape
        margin = self.options.margin
        top, left = max(0, rows.start - margin), max(0, columns.start - margin)
        bottom, right = min(height, rows.stop + margin), min(width, columns.stop + margin)
        flat, around = (layer[top:bottom, left:right] for layer in page)
        if flat.ndim == 2:
            flat = np.asarray(cv2.cvtColor(flat, cv2.COLOR_GRAY2RGB))
        tile = evidence(flat, around)
        more = (-(bottom - top) % _STRIDE, -(right - left) % _STRIDE)
        if any(more):
            tile = cv2.copyMakeBorder(tile, 0, more[0], 0, more[1], cv2.BORDER_REPLICATE)
        batch = np.ascontiguousarray(tile.transpose(2, 0, 1)[None])
        inks, kinds = self._session.run(None, {"page": batch})
        inside = np.s_[
            rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
        ]
        outside = np.s_[rows.start : rows.stop, columns.start : columns.stop]
        ink[outside] = _interleaved(inks[0])[inside]
        kind[outside] = _interleaved(kinds[0])[inside]


def evidence(flat: Image, around: Image) -> Image:
    """What the network is shown of an evenly lit page (H, W, 3): (H, W, 4) uint8.

    Its colours, and how dark each pixel is beside the ink ``around`` it (H, W;
    `preprocessing.binarise.ink_around`): 0 is paper, 128 as dark as that ink.
    """
    grey = np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY), np.uint8)
    darkness = cv2.subtract(np.full_like(grey, _PAPER), grey)
    return np.dstack([flat, cv2.divide(darkness, around, scale=128)])


def _turned(layer: Image) -> Image:
    return np.asarray(cv2.rotate(layer, cv2.ROTATE_180), np.uint8)


def _share_needed(likely: Mask, sure: Mask) -> NDArray[np.float32]:
    """Share of a stroke's pixels (H, W) that must be sure, by how sure the ink around is."""
    height, width = likely.shape
    quarter = max(1, width // 4), max(1, height // 4)
    side = 2 * (_NEAR // 8) + 1
    near = []
    for mask in (sure, likely):
        small = cv2.resize(255 * mask.astype(np.uint8), quarter, interpolation=cv2.INTER_AREA)
        once = cv2.blur(small.astype(np.float32), (side, side))
        near.append(cv2.blur(once, (side, side)))
    sureness = near[0] / np.maximum(near[1], 0.01)
    needed = np.interp(sureness, (0.3, 0.7), (_AMONG_UNSURE, _AMONG_SURE)).astype(np.float32)
    return np.asarray(cv2.resize(needed, (width, height)), np.float32)


def _interleaved(corners: Image) -> Image:
    """The pixels of each 2x2 in four channels (4, h, w) → (2h, 2w)."""
    _, rows, columns = corners.shape
    pairs = corners.reshape(2, 2, rows, columns).transpose(2, 0, 3, 1)
    return pairs.reshape(2 * rows, 2 * columns)


def _tiles(shape: tuple[int, ...], side: int) -> Iterator[tuple[range, range]]:
    """Rows and columns of tiles that cover ``shape``, all of about the same size."""
    rows, columns = (_parts(length, side) for length in shape)
    return product(rows, columns)


def _parts(length: int, side: int) -> list[range]:
    count = -(-length // side)
    edges = [length * number // count for number in range(count + 1)]
    return [range(start, stop) for start, stop in pairwise(edges)]


def _settings() -> onnxruntime.SessionOptions:
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.inter_op_num_threads = 1
    settings.enable_cpu_mem_arena = False
    return settings
