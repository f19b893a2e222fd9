"""Registering two prints of one form: keypoints, a homography, then a smooth local warp.

SIFT keypoints (Lowe 2004) whose turn and scale agree give an affine map, then a homography, by
RANSAC. Blocks of print are then searched near where it predicts them, by normalised correlation,
and the residual is fitted by a quintic: paper shrinks, and pages curl into the spine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from models.reading import Image

Points = NDArray[np.float64]
LONG_SIDE = 900  # pixels of the longer side at which pages are registered
DEGREE = 5  # of the residual warp
_CERTAIN = 4  # power of the correlation that a block's shift weighs: print found again outweighs
# the same word written a little further on in each page
_EXACT = cv2.CV_64F
_CELL = 40  # pixels of the cells that each give as many keypoints
_CONTRAST = 0.02  # of the weakest keypoints; pale print has no more
TERMS = (DEGREE + 1) * (DEGREE + 2) // 2
_PASSES = ((14, 1, 48), (8, 3, 96), (6, DEGREE, 192), (4, DEGREE, 192))  # see `bent`


@dataclass(frozen=True)
class Sketch:
    """A page at ``scale`` without its horizontal rules, which say nothing of where along them a
    page lies."""

    small: Image
    scale: float


@dataclass(frozen=True)
class Features(Sketch):
    """Keypoints of a page: places in full-size pixels, angles in degrees, sizes, descriptors."""

    points: Points
    angles: NDArray[np.float64]
    sizes: NDArray[np.float64]
    descriptors: NDArray[np.float32]


@dataclass(frozen=True)
class Warp:
    """Maps form pixels to page pixels: a polynomial residual in form space, then a homography.

    Attributes:
        homography: (3, 3), form px → page px.
        residual: (`TERMS`, 2) coefficients over form px scaled to [-1, 1], see `monomials`.
        size: width and height of the form.
    """

    homography: Points
    residual: Points
    size: tuple[int, int]

    def forward(self, points: Points) -> Points:
        """Form points (N, 2) → page points (N, 2)."""
        bent = points + monomials(points, self.size) @ self.residual
        return np.asarray(
            cv2.perspectiveTransform(bent.reshape(-1, 1, 2), self.homography).reshape(-1, 2)
        )

    def box(self, box: Box) -> Box:
        """The upright box on the page that holds a form box: its edges' middles carried over."""
        (cx, cy) = box.centre
        edges = self.forward(
            np.array([[box.x0, cy], [box.x1, cy], [cx, box.y0], [cx, box.y1]], dtype=np.float64)
        )
        return Box(edges[0, 0], edges[2, 1], edges[1, 0], edges[3, 1])

    def pull(self, page: Image) -> Image:
        """The page seen in the form's geometry: (H, W) of the form's size."""
        width, height = self.size
        step = 16
        xs, ys = np.arange(0, width + step, step), np.arange(0, height + step, step)
        coarse = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2).astype(np.float64)
        carried = self.forward(coarse).reshape(len(ys), len(xs), 2).astype(np.float32)
        dense = at_every_pixel(carried, step, self.size)
        return np.asarray(
            cv2.remap(page, dense, None, cv2.INTER_LINEAR, borderValue=255), dtype=np.uint8
        )


@dataclass(frozen=True)
class Fit:
    """How well a page lies on a form.

    Attributes:
        warp: form → page.
        score: mean correlation of the print blocks found, 0 for a block not found; 0..1.
        inliers: keypoints that agree with the homography.
        turned: degrees by which the page's content is turned against the form, counter-clockwise.
    """

    warp: Warp
    score: float
    inliers: int
    turned: float


def features(grey: Image, keypoints: int = 1500) -> Features:
    """Up to so many keypoints of a page (H, W), strongest first, from all over it.

    A heavy title and dark writing hold the strongest ones of the page: every cell gives its own,
    so that pale print far from them holds the page too.
    """
    small, scale = _smaller(grey)
    sift = cv2.SIFT.create(contrastThreshold=_CONTRAST)
    found, descriptors = sift.compute(small, _spread(sift.detect(small), small, keypoints))
    if descriptors is None:
        found, descriptors = (), np.zeros((0, 128), dtype=np.float32)
    return Features(
        points=np.array([point.pt for point in found], dtype=np.float64).reshape(-1, 2) / scale,
        angles=np.array([point.angle for point in found], dtype=np.float64),
        sizes=np.array([point.size for point in found], dtype=np.float64) / scale,
        descriptors=np.asarray(descriptors, dtype=np.float32),
        small=_without_rules(small),
        scale=scale,
    )


def sketch(grey: Image) -> Sketch:
    """A page (H, W) made small, for `extract.form.glance`."""
    small, scale = _smaller(grey)
    return Sketch(_without_rules(small), scale)


def _smaller(grey: Image) -> tuple[Image, float]:
    scale = min(1.0, LONG_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), scale


def _spread(found: Sequence[cv2.KeyPoint], small: Image, most: int) -> list[cv2.KeyPoint]:
    """The strongest keypoints of every cell of the page."""
    quota = max(1, round(most * _CELL**2 / small.size))
    cells: Counter[tuple[float, float]] = Counter()
    kept = []
    for point in sorted(found, key=lambda point: -point.response):
        cell = point.pt[0] // _CELL, point.pt[1] // _CELL
        cells[cell] += 1
        if cells[cell] <= quota:
            kept.append(point)
    return kept[:most]


def register(form: Features, page: Features, size: tuple[int, int]) -> Fit | None:
    """Lay a page on a form; None when no plausible homography is found.

    Args:
        form: features of the reference page or the consensus.
        page: features of the page.
        size: width and height of the form in full-size pixels.
    """
    pairs, turned = _pairs(form, page)
    if len(pairs) < 12:
        return None
    at_form, at_page = form.points[pairs[:, 0]], page.points[pairs[:, 1]]
    homography, inliers = _homography(at_form, at_page, 8.0 / form.scale, size)
    if homography is None:
        return None
    warp = Warp(homography, np.zeros((TERMS, 2)), size)
    if abs(turned) > 90:
        return Fit(warp, 0.0, inliers, turned)
    return Fit(*bent(warp, form, page), inliers, turned)


def bent(
    warp: Warp, form: Sketch, page: Sketch, passes: Sequence[tuple[int, int, int]] = _PASSES
) -> tuple[Warp, float]:
    """A warp bent in passes to where the form's print stands, and the last pass's score.

    Args:
        passes: pixels searched, degree of the residual and blocks of print, coarse to fine.
    """
    score = 0.0
    for reach, degree, blocks in passes:
        warp, score = _refined(warp, form, page, reach, degree, blocks)
    return warp, score


def at_every_pixel(nodes: NDArray[np.float32], step: int, size: tuple[int, int]) -> Points:
    """A grid (rows, columns, 2), whose nodes lie at multiples of the step, sampled bilinearly at
    every pixel: (H, W, 2) of a size given as width and height."""
    enlarged = np.array([[step, 0, 0], [0, step, 0]], dtype=np.float64)
    return np.asarray(cv2.warpAffine(nodes, enlarged, size, flags=cv2.INTER_LINEAR))


def monomials(points: Points, size: tuple[int, int], degree: int = DEGREE) -> Points:
    """x^i y^j, i + j ≤ degree, of points scaled to [-1, 1]: (N, terms), low ones first."""
    x = 2 * points[:, 0] / size[0] - 1
    y = 2 * points[:, 1] / size[1] - 1
    terms = [x**i * y ** (total - i) for total in range(degree + 1) for i in range(total + 1)]
    return np.stack(terms, axis=1)


def _without_rules(small: Image) -> Image:
    """Paper over horizontal runs of ink longer than any letter."""
    ink = 255 - small
    runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, 25), dtype=np.uint8))
    return np.asarray(255 - cv2.subtract(ink, cv2.dilate(runs, np.ones((3, 1)))), dtype=np.uint8)


def _pairs(form: Features, page: Features) -> tuple[NDArray[np.int64], float]:
    """Index pairs (form, page) whose turn and scale agree, and that turn in degrees."""
    none = np.zeros((0, 2), dtype=np.int64), 0.0
    if len(form.points) < 12 or len(page.points) < 12:
        return none
    matches = cv2.BFMatcher(cv2.NORM_L2).knnMatch(form.descriptors, page.descriptors, k=2)
    kept = [m[0] for m in matches if len(m) == 2 and m[0].distance < 0.92 * m[1].distance]
    if len(kept) < 12:
        return none
    pairs = np.array([(match.queryIdx, match.trainIdx) for match in kept], dtype=np.int64)
    turns = (form.angles[pairs[:, 0]] - page.angles[pairs[:, 1]] + 180) % 360 - 180
    counts, edges = np.histogram(turns, bins=72, range=(-180, 180))
    smooth = counts + np.roll(counts, 1) + np.roll(counts, -1)
    peak = float(edges[int(smooth.argmax())] + 2.5)
    ratio = page.sizes[pairs[:, 1]] / form.sizes[pairs[:, 0]]
    near = np.abs((turns - peak + 180) % 360 - 180) < 10
    near &= (ratio > 0.7) & (ratio < 1.4)
    turn = float(np.median(turns[near])) if near.any() else peak
    return pairs[near], turn


def _homography(
    at_form: Points, at_page: Points, near: float, size: tuple[int, int]
) -> tuple[Points | None, int]:
    """A plausible map form → page, or None, and how many pairs agree within ``near`` pixels."""
    affine, mask = cv2.estimateAffine2D(
        at_form, at_page, method=cv2.RANSAC, ransacReprojThreshold=1.5 * near, maxIters=4000
    )
    if affine is None or mask.sum() < 12:
        return None, 0
    square = np.vstack([np.asarray(affine, dtype=np.float64), [0, 0, 1]])
    if not _plausible(square, size):
        return None, 0
    inside = mask.ravel() > 0
    found, close = cv2.findHomography(at_form[inside], at_page[inside], cv2.RANSAC, near)
    if found is not None and close.sum() > 0.7 * inside.sum() and _plausible(found, size):
        return np.asarray(found, dtype=np.float64), int(close.sum())
    return square, int(inside.sum())


def _plausible(homography: Points, size: tuple[int, int]) -> bool:
    """Whether a page of the book could lie so: little perspective, no mirror, scale 0.8–1.25."""
    width, height = size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    carried = cv2.perspectiveTransform(corners.reshape(-1, 1, 2), homography).reshape(-1, 2)
    sides = np.linalg.norm(np.roll(carried, -1, axis=0) - carried, axis=1)
    ratios = sides / np.array([width, height, width, height])
    if not (np.isfinite(ratios).all() and ratios.min() > 0.5 and ratios.max() < 2):
        return False
    if ratios.max() / ratios.min() > 1.15:
        return False
    first, second = carried[1] - carried[0], carried[3] - carried[0]
    square = abs(np.dot(first, second)) / (np.linalg.norm(first) * np.linalg.norm(second))
    return bool(square < 0.08 and first[0] * second[1] - first[1] * second[0] > 0)


def _refined(
    warp: Warp, form: Sketch, page: Sketch, reach: int, degree: int, blocks: int
) -> tuple[Warp, float]:
    """Search blocks of the form's print in the page, and bend the warp to where they are."""
    small_size = (form.small.shape[1], form.small.shape[0])
    to_small = np.diag([form.scale, form.scale, 1.0])
    lifted = Warp(
        np.diag([page.scale, page.scale, 1.0]) @ warp.homography @ np.linalg.inv(to_small),
        warp.residual * form.scale,
        small_size,
    )
    centres, shifts, weights = block_shifts(form.small, lifted.pull(page.small), reach, blocks)
    score = float(weights.mean()) if len(weights) else 0.0
    if len(weights) < 12:
        return warp, score
    terms = monomials(centres, small_size, degree)
    found = weights > 0.25
    solution = np.zeros((terms.shape[1], 2))
    for _ in range(4):
        if found.sum() < terms.shape[1] * 2:
            return warp, score
        sure = weights**_CERTAIN * found
        scaled = terms * sure[:, None]
        ridge = 0.02 * sure.sum() * np.eye(terms.shape[1])
        ridge[0, 0] = 0
        solution[:] = np.linalg.solve(scaled.T @ terms + ridge, scaled.T @ shifts)
        misses = np.linalg.norm(shifts - terms @ solution, axis=1)
        found = (weights > 0.25) & (misses < max(1.5, 2.5 * float(np.median(misses[found]))))
    residual = warp.residual.copy()
    residual[: len(solution)] += solution / form.scale
    return Warp(warp.homography, residual, warp.size), score


def block_shifts(
    form: Image, page: Image, reach: int, most: int, block: tuple[int, int] = (72, 36)
) -> tuple[Points, Points, NDArray[np.float64]]:
    """Where blocks of the form's print stand on a page already laid on it.

    Args:
        form: (H, W) reference.
        page: (H, W), the page pulled to the form's geometry.
        reach: pixels searched to each side.
        most: how many blocks, those with the most print, are searched.
        block: width and height of a block.

    Returns:
        centres (N, 2), shifts (N, 2) from the form to the page, correlations (N,) 0..1.
    """
    corners = _busiest(form, most, block)
    centres = corners + np.array(block) / 2
    if not len(corners):
        return centres, np.zeros((0, 2)), np.zeros(0)
    padded = cv2.copyMakeBorder(page, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    patches = _cut(form, corners, block)
    areas = _cut(padded, corners, (block[0] + 2 * reach, block[1] + 2 * reach))
    response = correlate(patches, areas)
    flat = response.reshape(len(response), -1).argmax(axis=1)
    rows, columns = np.unravel_index(flat, response.shape[1:])
    shifts = np.array([_peak(*item) for item in zip(response, columns, rows, strict=True)])
    best = response.reshape(len(response), -1).max(axis=1)
    return centres, shifts - reach, np.clip(best, 0, 1).astype(np.float64)


def _busiest(form: Image, most: int, block: tuple[int, int]) -> NDArray[np.int64]:
    """Upper left corners (N, 2) of blocks with many upright strokes, some in every region."""
    width, height = block
    strokes = cv2.blur(cv2.Sobel(form, cv2.CV_32F, 1, 0) ** 2, block)
    xs = np.arange(0, form.shape[1] - width, width * 2 // 3)
    ys = np.arange(0, form.shape[0] - height, height * 2 // 3)
    corners = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    values = strokes[corners[:, 1] + height // 2, corners[:, 0] + width // 2]
    columns, rows = 4, 6
    region = corners[:, 0] * columns // form.shape[1] + columns * (
        corners[:, 1] * rows // form.shape[0]
    )
    order = np.argsort(-values, kind="stable")
    quota = -(-most // (columns * rows))
    kept = [index for r in range(columns * rows) for index in order[region[order] == r][:quota]]
    chosen = np.array(kept, dtype=np.int64)
    return np.asarray(corners[chosen[values[chosen] > 60]], dtype=np.int64)


def _cut(image: Image, corners: NDArray[np.int64], block: tuple[int, int]) -> NDArray[np.float32]:
    """Pieces (N, height, width) of an image at these upper left corners."""
    windows = np.lib.stride_tricks.sliding_window_view(image, (block[1], block[0]))
    return windows[corners[:, 1], corners[:, 0]].astype(np.float32)


def correlate(patches: NDArray[np.float32], areas: NDArray[np.float32]) -> NDArray[np.float32]:
    """Normalised cross-correlation of many patches, each in its own area, by FFT (Lewis 1995).

    Args:
        patches: (N, h, w).
        areas: (N, H, W), no smaller.

    Returns:
        (N, H - h + 1, W - w + 1), -1..1.
    """
    height, width = patches.shape[1:]
    shape = areas.shape[1:]
    zeroed = patches - patches.mean(axis=(1, 2), keepdims=True)
    spectrum = np.fft.rfft2(areas) * np.conj(np.fft.rfft2(zeroed, shape))
    rows, columns = shape[0] - height + 1, shape[1] - width + 1
    shared = np.fft.irfft2(spectrum, shape)[:, :rows, :columns]

    def within(totals: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        total = np.stack(totals)
        strip = total[:, height:, :] - total[:, :-height, :]
        return np.asarray(strip[:, :, width:] - strip[:, :, :-width])

    sums, squares = zip(
        *(cv2.integral2(area, None, None, _EXACT, _EXACT) for area in areas), strict=True
    )
    spread = within(squares) - within(sums) ** 2 / (height * width)
    norm = np.sqrt(
        np.maximum(spread, 1) * np.maximum((zeroed**2).sum(axis=(1, 2)), 1)[:, None, None]
    )
    return np.asarray(shared / norm, dtype=np.float32)


def _peak(response: NDArray[np.float32], x: np.int64, y: np.int64) -> Points:
    """The peak to a fraction of a pixel: a parabola through its neighbours."""

    def offset(before: float, at: float, after: float) -> float:
        bow = before - 2 * at + after
        return 0.5 * (before - after) / bow if bow < 0 else 0.0

    dx = dy = 0.0
    if 0 < x < response.shape[1] - 1:
        dx = offset(*(float(value) for value in response[y, x - 1 : x + 2]))
    if 0 < y < response.shape[0] - 1:
        dy = offset(*(float(value) for value in response[y - 1 : y + 2, x]))
    return np.array([x + dx, y + dy])
