"""A smooth vertical displacement of a page, with its exact inverse: a curl made flat."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from preprocessing.transform import Mapping, Points

_ITERATIONS = 30  # each makes the error smaller by the field's steepness (at most 0.5)


@dataclass(frozen=True, eq=False)
class Warp(Mapping):
    """Every flat point (x, y) lies at (x, y + lift(x, y)) on the bent page.

    Attributes:
        lift: (rows, columns) float64, pixels; nodes spread evenly over the page, bilinear
            between them, going on outside as at the edge.
        size: (width, height) of the page in pixels.
    """

    lift: NDArray[np.float64]
    size: tuple[int, int]

    def __post_init__(self) -> None:
        steep = np.abs(np.diff(self.lift, axis=0)).max(initial=0.0)
        if steep > 0.5 * self.size[1] / (len(self.lift) - 1):
            raise ValueError("a lift that folds the page has no inverse")

    def at(self, points: ArrayLike) -> NDArray[np.float64]:
        """The lift at flat points (N, 2)."""
        flat = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        rows, columns = self.lift.shape
        x = np.clip(flat[:, 0] / self.size[0], 0, 1) * (columns - 1)
        y = np.clip(flat[:, 1] / self.size[1], 0, 1) * (rows - 1)
        left = np.minimum(x.astype(int), columns - 2)
        top = np.minimum(y.astype(int), rows - 2)
        right_share, low_share = x - left, y - top
        upper = _between(self.lift[top, left], self.lift[top, left + 1], right_share)
        lower = _between(self.lift[top + 1, left], self.lift[top + 1, left + 1], right_share)
        return _between(upper, lower, low_share)

    def back(self, points: ArrayLike) -> Points:
        """Flat points → points on the bent page."""
        bent = np.array(points, dtype=np.float64).reshape(-1, 2)
        bent[:, 1] += self.at(points)
        return bent

    def forward(self, points: ArrayLike) -> Points:
        """Points on the bent page → flat points, by a contraction."""
        bent = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        flat = bent.copy()
        for _ in range(_ITERATIONS):
            moved = bent[:, 1] - self.at(flat)
            done = np.abs(moved - flat[:, 1]).max(initial=0.0) < 1e-9
            flat[:, 1] = moved
            if done:
                break
        return flat


def smooth_lift(nodes: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.float64]:
    """Few nodes (evenly spread, the outer ones at the edges) refined by cubic interpolation."""
    y, x = (
        np.linspace(0, have - 1, want, dtype=np.float32)
        for have, want in zip(nodes.shape, (rows, columns), strict=True)
    )
    at_x, at_y = (np.ascontiguousarray(part) for part in np.meshgrid(x, y))
    edge = cv2.BORDER_REPLICATE
    fine = cv2.remap(nodes.astype(np.float32), at_x, at_y, cv2.INTER_CUBIC, borderMode=edge)
    return np.asarray(fine, dtype=np.float64)


def _between(
    first: NDArray[np.float64], second: NDArray[np.float64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    return first + (second - first) * share
