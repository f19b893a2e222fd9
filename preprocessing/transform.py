"""Exact maps between the pixels of a scan and those of its cleaned page.

Coordinates are those of `common.geometry.Box`: the first pixel covers 0…1, so that its centre
is at 0.5. A `Mapping` is a `Transform` (a homography), or a chain that holds `preprocessing.warp`
maps as well.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self, overload

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from common.geometry import Box
from preprocessing.arrays import Image, bands, uint8

Points = NDArray[np.float64]

_STEP = 8  # pixels between the points at which a drawn map is computed; linear in between
_ALONG = 9  # points of each edge of a box that is carried over


class Mapping(ABC):
    """Scan pixels → clean pixels, and exactly back."""

    @abstractmethod
    def forward(self, points: ArrayLike) -> Points:
        """Scan points, (N, 2) as x, y → clean points, (N, 2)."""

    @abstractmethod
    def back(self, points: ArrayLike) -> Points:
        """Clean points → scan points, both (N, 2)."""

    def then(self, other: Mapping) -> Mapping:
        """This map followed by ``other``."""
        return Chain((*self.links, *other.links))

    @property
    def links(self) -> tuple[Mapping, ...]:
        """What the map is made of, first to last."""
        return (self,)

    @property
    def moves(self) -> bool:
        """Whether anything is moved at all."""
        return True

    def box_forward(self, box: Box) -> Box:
        """The smallest upright box on the clean page that holds ``box`` of the scan."""
        return _bounds(self.forward(_outline(box)))

    def box_back(self, box: Box) -> Box:
        """The smallest upright box on the scan that holds ``box`` of the clean page."""
        return _bounds(self.back(_outline(box)))

    def warp(
        self,
        image: Image,
        size: tuple[int, int],
        fill: tuple[int, ...],
        flags: int = cv2.INTER_CUBIC,
    ) -> Image:
        """``image`` drawn through this map onto a canvas of (width, height) ``size``.

        ``fill`` colours what lies outside; ``flags``: OpenCV's way between pixels.
        """
        width, height = size
        drawn = np.empty((height, width, *image.shape[2:]), np.uint8)
        xs = np.arange(0, width + _STEP, _STEP, dtype=np.float64)
        ys = np.arange(0, height + _STEP, _STEP, dtype=np.float64)
        nodes = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2) + 0.5
        coarse = (self.back(nodes) - 0.5).reshape(len(ys), len(xs), 2).astype(np.float32)
        on, edge = cv2.BORDER_REPLICATE, cv2.BORDER_CONSTANT
        for _, _, rows in bands(height):
            part = np.array([[_STEP, 0, 0], [0, _STEP, -rows.start]], dtype=np.float64)
            area = width, rows.stop - rows.start
            dense = cv2.warpAffine(coarse, part, area, None, cv2.INTER_LINEAR, on)
            drawn[rows] = cv2.remap(image, dense, None, flags, None, edge, fill)
        return drawn


@dataclass(frozen=True, eq=False)
class Chain(Mapping):
    """Maps one after the other."""

    parts: tuple[Mapping, ...]

    @property
    def links(self) -> tuple[Mapping, ...]:
        return self.parts

    def forward(self, points: ArrayLike) -> Points:
        for part in self.parts:
            points = part.forward(points)
        return np.asarray(points, dtype=np.float64).reshape(-1, 2)

    def back(self, points: ArrayLike) -> Points:
        for part in reversed(self.parts):
            points = part.back(points)
        return np.asarray(points, dtype=np.float64).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class Transform(Mapping):
    """A plane homography. ``matrix`` is 3×3, float64, invertible."""

    matrix: NDArray[np.float64]

    @classmethod
    def identity(cls) -> Self:
        return cls(np.eye(3))

    @classmethod
    def shift(cls, dx: float, dy: float) -> Self:
        """Moves everything by ``dx`` to the right and ``dy`` down."""
        return cls(np.array([[1.0, 0.0, dx], [0.0, 1.0, dy], [0.0, 0.0, 1.0]]))

    @classmethod
    def scale(cls, sx: float, sy: float) -> Self:
        return cls(np.array([[sx, 0.0, 0.0], [0.0, sy, 0.0], [0.0, 0.0, 1.0]]))

    @classmethod
    def turn(cls, angle: float, size: tuple[int, int], canvas: tuple[int, int]) -> Self:
        """Turns by ``angle`` degrees counter-clockwise, centre of ``size`` onto that of ``canvas``.

        Sizes are (width, height) in pixels.
        """
        cos, sin = _cos_sin(angle)
        rotation = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
        to_origin = cls.shift(-size[0] / 2, -size[1] / 2)
        to_canvas = cls.shift(canvas[0] / 2, canvas[1] / 2)
        return cls(to_canvas.matrix @ rotation @ to_origin.matrix)

    @classmethod
    def quarter_turns(cls, count: int, size: tuple[int, int]) -> Self:
        """Turns counter-clockwise by ``count`` right angles, the whole of ``size`` in view."""
        width, height = size
        turned = {
            0: [[1, 0, 0], [0, 1, 0]],
            1: [[0, 1, 0], [-1, 0, width]],
            2: [[-1, 0, width], [0, -1, height]],
            3: [[0, -1, height], [1, 0, 0]],
        }[count % 4]
        return cls(np.array([*turned, [0, 0, 1]], dtype=np.float64))

    @overload
    def then(self, other: Transform) -> Transform: ...
    @overload
    def then(self, other: Mapping) -> Mapping: ...
    def then(self, other: Mapping) -> Mapping:
        """This map followed by ``other``; two homographies make one."""
        if isinstance(other, Transform):
            return Transform(other.matrix @ self.matrix)
        return super().then(other)

    @property
    def moves(self) -> bool:
        return not np.array_equal(self.matrix, np.eye(3))

    @property
    def inverse(self) -> Self:
        return type(self)(np.asarray(np.linalg.inv(self.matrix), dtype=np.float64))

    def forward(self, points: ArrayLike) -> Points:
        flat = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        mapped = np.column_stack([flat, np.ones(len(flat))]) @ self.matrix.T
        return np.asarray(mapped[:, :2] / mapped[:, 2:], dtype=np.float64)

    def back(self, points: ArrayLike) -> Points:
        return self.inverse.forward(points)

    def warp(
        self,
        image: Image,
        size: tuple[int, int],
        fill: tuple[int, ...],
        flags: int = cv2.INTER_CUBIC,
    ) -> Image:
        centred = self.shift(0.5, 0.5).then(self).then(self.shift(-0.5, -0.5)).matrix
        edge = cv2.BORDER_CONSTANT
        if np.allclose(centred[2], (0.0, 0.0, 1.0)):
            affine = centred[:2]
            return uint8(cv2.warpAffine(image, affine, size, None, flags, edge, fill))
        return uint8(cv2.warpPerspective(image, centred, size, None, flags, edge, fill))


def turned_size(angle: float, size: tuple[int, int]) -> tuple[int, int]:
    """(width, height) of the smallest canvas that holds ``size`` turned by ``angle`` degrees."""
    cos, sin = (abs(value) for value in _cos_sin(angle))
    width, height = size
    return math.ceil(width * cos + height * sin), math.ceil(width * sin + height * cos)


def _cos_sin(angle: float) -> tuple[float, float]:
    return math.cos(math.radians(angle)), math.sin(math.radians(angle))


def _outline(box: Box) -> Points:
    """Points along a box's edges, its corners among them."""
    share = np.linspace(0, 1, _ALONG)
    xs, ys = box.x0 + share * box.width, box.y0 + share * box.height
    ends = [np.full(_ALONG, value) for value in (box.x0, box.x1, box.y0, box.y1)]
    edges = [(xs, ends[2]), (xs, ends[3]), (ends[0], ys), (ends[1], ys)]
    return np.concatenate([np.column_stack(edge) for edge in edges])


def _bounds(points: Points) -> Box:
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))
