"""Exact plane transforms between the pixels of a scan and those of its cleaned page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from common.geometry import Box
from preprocessing.arrays import Image, uint8

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Transform:
    """A plane homography, scan pixels → clean pixels.

    Coordinates are those of `common.geometry.Box`: the first pixel covers 0…1, so that
    its centre is at 0.5. ``matrix`` is 3×3, float64, invertible.
    """

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
        return to_origin.then(cls(rotation)).then(cls.shift(canvas[0] / 2, canvas[1] / 2))

    def then(self, other: Transform) -> Self:
        """This transform followed by ``other``."""
        return type(self)(other.matrix @ self.matrix)

    @property
    def inverse(self) -> Self:
        return type(self)(np.asarray(np.linalg.inv(self.matrix), dtype=np.float64))

    def forward(self, points: ArrayLike) -> Points:
        """Scan points, (N, 2) as x, y → clean points, (N, 2)."""
        flat = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        mapped = np.column_stack([flat, np.ones(len(flat))]) @ self.matrix.T
        return np.asarray(mapped[:, :2] / mapped[:, 2:], dtype=np.float64)

    def back(self, points: ArrayLike) -> Points:
        """Clean points → scan points, both (N, 2)."""
        return self.inverse.forward(points)

    def box_forward(self, box: Box) -> Box:
        """The smallest upright box on the clean page that holds ``box`` of the scan."""
        return _bounds(self.forward(_corners(box)))

    def box_back(self, box: Box) -> Box:
        """The smallest upright box on the scan that holds ``box`` of the clean page."""
        return _bounds(self.back(_corners(box)))

    def warp(self, image: Image, size: tuple[int, int], fill: tuple[int, ...]) -> Image:
        """``image`` drawn through this transform onto a canvas of (width, height) ``size``.

        Bicubic; ``fill`` colours what lies outside.
        """
        centred = self.shift(0.5, 0.5).then(self).then(self.shift(-0.5, -0.5)).matrix
        flags, edge = cv2.INTER_CUBIC, cv2.BORDER_CONSTANT
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


def _corners(box: Box) -> Points:
    return np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]])


def _bounds(points: Points) -> Box:
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))
