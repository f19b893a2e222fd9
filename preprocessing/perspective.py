"""Perspective of a photographed page: its outline found against what it lies on, and made square.

The sheet is the largest bright area that stands apart from darker surroundings. Each of its four
sides must be one straight line over most of its length; the homography that makes the four
corners a rectangle is the map. A sheet whose sides are parallel already (a scan in its frame), a
torn one, and one that runs out of the picture are left as they are.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Image, percentile, shrunk, uint8
from preprocessing.transform import Points, Transform

_WORK = 800  # pixels of the long side at which the sheet is looked for


class PerspectiveOptions(Options):
    """When an outline is believed to be a sheet seen aslant.

    Attributes:
        least: degrees by which opposite sides must differ from parallel.
        most: and beyond which it is no page.
        area: share of the picture that the sheet must cover.
        straight: share of each side's outline that must lie on its line.
        contrast: grey levels between the sheet and what it lies on.
    """

    least: float = Field(default=1.0, ge=0)
    most: float = Field(default=35.0, le=60)
    area: float = Field(default=0.2, gt=0, lt=1)
    straight: float = Field(default=0.8, gt=0, le=1)
    contrast: int = Field(default=35, gt=0)


DEFAULT = PerspectiveOptions()


def find_perspective(
    grey: Image, options: PerspectiveOptions = DEFAULT
) -> tuple[Transform, tuple[int, int]] | None:
    """The homography photo → sheet seen from above, and the sheet's (width, height) in pixels.

    None where there is no sheet with four clear sides, or where they are parallel already.
    """
    if min(grey.shape) < 100:
        return None
    corners = find_sheet(grey, options)
    if corners is None:
        return None
    aslant = _aslant(corners)
    if not options.least <= aslant <= options.most:
        return None
    top, right, low, left = (
        float(np.linalg.norm(corners[(side + 1) % 4] - corners[side])) for side in range(4)
    )
    size = round(max(top, low)), round(max(left, right))
    flat = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), flat)
    return Transform(np.asarray(matrix, dtype=np.float64)), size


def find_sheet(grey: Image, options: PerspectiveOptions = DEFAULT) -> Points | None:
    """The sheet's corners (4, 2) in pixels, clockwise from the upper left; None when not sure."""
    small = cv2.medianBlur(shrunk(grey, _WORK), 5)
    level, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = uint8(small > level)
    if not 0 < cv2.countNonZero(bright) < bright.size:
        return None
    paper, desk = percentile(small, 50, bright), percentile(small, 50, uint8(1 - bright))
    outline = _outline(bright)
    if paper - desk < options.contrast or outline is None:
        return None
    if cv2.contourArea(outline) < options.area * bright.size:
        return None
    corners = _four_corners(outline)
    if corners is None:
        return None
    fitted = _on_sides(outline[:, 0].astype(np.float64), corners, options.straight)
    height, width = small.shape
    inside = fitted is not None and (fitted > 1).all() and (fitted < [width - 2, height - 2]).all()
    if fitted is None or not inside:
        return None
    scale = np.array([grey.shape[1] / width, grey.shape[0] / height])
    return np.asarray((fitted + 0.5) * scale, dtype=np.float64)


def _outline(bright: Image) -> NDArray[np.int32] | None:
    """The outline of the largest bright area, its holes and notches of writing closed."""
    span = max(3, round(0.015 * max(bright.shape)))
    kernel = np.ones((span, span), np.uint8)
    whole = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, kernel)
    whole = cv2.morphologyEx(whole, cv2.MORPH_OPEN, kernel)
    outlines, _ = cv2.findContours(whole, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return max(outlines, key=cv2.contourArea, default=None)


def _four_corners(outline: NDArray[np.int32]) -> Points | None:
    """The outline as four corners, clockwise from the upper left, or None."""
    hull = cv2.convexHull(outline)
    around = cv2.arcLength(hull, True)
    for share in (0.01, 0.02, 0.03, 0.05):
        corners = cv2.approxPolyDP(hull, share * around, True)
        if len(corners) == 4:
            break
    else:
        return None
    points = corners[:, 0].astype(np.float64)
    turn = np.arctan2(*(points - points.mean(axis=0)).T[::-1])
    points = points[np.argsort(turn)]  # y grows downwards: clockwise as seen
    first = int(np.argmin(points.sum(axis=1)))
    return np.asarray(np.roll(points, -first, axis=0))


def _on_sides(outline: Points, corners: Points, straight: float) -> Points | None:
    """Corners where the lines fitted to the four sides meet; None when a side is not straight."""
    near = 0.012 * float(np.linalg.norm(np.ptp(outline, axis=0)))
    lines = []
    for side in range(4):
        start, end = corners[side], corners[(side + 1) % 4]
        along = (end - start) / np.linalg.norm(end - start)
        length = float(np.linalg.norm(end - start))
        offset = outline - start
        place, away = offset @ along, offset @ np.array([-along[1], along[0]])
        beside = (place > 0.04 * length) & (place < 0.96 * length) & (np.abs(away) < 3 * near)
        if beside.sum() < 0.5 * length:
            return None
        vx, vy, x, y = cv2.fitLine(
            outline[beside].astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01
        ).ravel()
        off = np.abs((outline[beside] - [x, y]) @ np.array([-vy, vx]))
        covered = np.unique((place[beside][off < 0.25 * near] / length * 50).astype(int))
        if len(covered) < straight * 46:
            return None
        lines.append((np.array([x, y], float), np.array([vx, vy], float)))
    return np.array([_meeting(lines[side - 1], lines[side]) for side in range(4)])


def _meeting(first: tuple[Points, Points], second: tuple[Points, Points]) -> Points:
    (a, u), (b, v) = first, second
    share = np.linalg.solve(np.column_stack([u, -v]), b - a)[0]
    return np.asarray(a + share * u)


def _aslant(corners: Points) -> float:
    """Degrees by which opposite sides differ from parallel, at most."""
    runs = np.roll(corners, -1, axis=0) - corners
    angles = np.degrees(np.arctan2(runs[:, 1], runs[:, 0]))
    apart = (angles[:2] - angles[2:] + 180 + 90) % 180 - 90
    return float(np.abs(apart).max()) if math.isfinite(float(apart.sum())) else 0.0
