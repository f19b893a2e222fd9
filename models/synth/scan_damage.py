"""What becomes of the ink, the leaf and its scan, and where on the scan every point went."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.conditions import Severity
from models.synth.page import Plate, Points, dimmed
from models.synth.press import noise
from models.synth.sheet_paper import Stock

Image = NDArray[np.uint8]


def faded(plate: Plate, severity: Severity, rng: np.random.Generator) -> Plate:
    """Ink lost in patches: the plate drawn towards 255."""
    height, width = plate.shape[:2]
    loss = noise((height // 8, width // 8), rng, 45) * 0.5 + float(rng.uniform(-0.2, 0.5))
    loss = np.clip(loss, 0.05, 1.0) * severity.fade
    keep = cv2.resize((1 - loss).astype(np.float32), (width, height))
    ink = cv2.bitwise_not(plate)
    return np.asarray(cv2.bitwise_not(dimmed(np.asarray(ink, np.uint8), keep)), np.uint8)


def shown_through(plate: Plate, verso: Plate | None, strength: float) -> Plate:
    """The plate with the mirrored ink of the leaf's other side showing faintly through."""
    if verso is None or strength <= 0:
        return plate
    height, width = plate.shape[:2]
    ghost = cv2.resize(cv2.flip(verso, 1), (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    ghost = cv2.GaussianBlur(ghost, (0, 0), 1.6)
    ghost = cv2.resize(ghost, (width, height))
    ghost = cv2.addWeighted(ghost, strength, ghost, 0, 255 * (1 - strength))
    return np.asarray(cv2.multiply(plate, ghost, scale=1 / 255), np.uint8)


@dataclass(frozen=True)
class Geometry:
    """Page pixels → scan pixels: the leaf curls to its binding, then a homography."""

    curl: float
    reach: float
    binding: float  # x of the binding in page pixels
    homography: NDArray[np.float64]
    size: tuple[int, int]  # of the scan: width, height
    facing: int  # pixels of the facing page seen beyond the binding

    def forward(self, points: Points) -> Points:
        """Where page points (N, 2) lie on the scan."""
        lifted = points.astype(np.float64).copy()
        lifted[:, 1] += self._lift(lifted[:, 0])
        scanned = cv2.perspectiveTransform(lifted[None], self.homography)[0]
        return np.asarray(scanned, np.float32)

    def _lift(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        lift: NDArray[np.float64] = self.curl * np.exp(-np.abs(x - self.binding) / self.reach)
        return lift

    def warp(self, page: Image, border: tuple[int, int, int]) -> Image:
        """The page as it lies on the scanner's glass."""
        curled = page
        if abs(self.curl) > 0.25:
            height, width = page.shape[:2]
            xs = np.arange(width, dtype=np.float64)
            map_x = np.broadcast_to(xs.astype(np.float32), (height, width))
            rows = np.arange(height, dtype=np.float32)[:, None]
            map_y = rows - self._lift(xs).astype(np.float32)[None, :]
            curled = cv2.remap(
                page, np.ascontiguousarray(map_x), map_y, cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT, borderValue=border,
            )  # fmt: skip
        sides = (self.facing, 0) if self.binding == 0 else (0, self.facing)
        opened = cv2.copyMakeBorder(curled, 0, 0, *sides, cv2.BORDER_REFLECT)
        shift = np.asarray([(1, 0, -sides[0]), (0, 1, 0), (0, 0, 1)], np.float64)
        return np.asarray(
            cv2.warpPerspective(
                opened, self.homography @ shift, self.size, flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT, borderValue=border,
            ), np.uint8,
        )  # fmt: skip


def laid_on_glass(
    shape: tuple[int, int], severity: Severity, scale: float, left: bool, rng: np.random.Generator
) -> Geometry:
    """Draw how the page lies: margins of the scan, turn, perspective, curl at the binding."""
    height, width = shape
    margins = rng.uniform(0.5, 9, 4) * scale
    most = severity.turn
    turn = np.deg2rad(float(np.clip(rng.normal(0, most / 2), -most, most)))
    out_w, out_h = int(width + margins[0] + margins[2]), int(height + margins[1] + margins[3])
    source = np.asarray([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    centre = np.asarray([width / 2, height / 2])
    rotation = np.asarray([(np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))])
    target = (source - centre) @ rotation.T + centre + margins[:2]
    target += rng.normal(0, severity.perspective * width / 2, (4, 2))
    matrix = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    curl = float(rng.uniform(-1, 1)) * severity.curl * scale
    reach = float(rng.uniform(12, 30)) * scale
    facing = int(rng.uniform(1, 9) * scale) if rng.random() < severity.facing else 0
    return Geometry(curl, reach, 0.0 if left else float(width), matrix, (out_w, out_h), facing)


def torn(
    page: Image,
    severity: Severity,
    border: tuple[int, int, int],
    scale: float,
    rng: np.random.Generator,
) -> NDArray[np.uint8] | None:
    """Tear a corner or bite an edge, in place; the bare fibre shows along the tear.

    Returns what is gone as a mask (H, W), 255 where there is no paper; None for a whole page.
    """
    if rng.random() > severity.torn:
        return None
    gone = np.zeros(page.shape[:2], np.uint8)
    height, width = page.shape[:2]
    pale = tuple(int(v) for v in np.clip(page[::97, ::97].max(axis=(0, 1)).astype(int) + 4, 0, 255))
    for _ in range(1 + rng.poisson(0.6 * severity.yellow)):
        at = rng.integers(0, 2, 2) * np.asarray((width, height), float)  # a corner
        if rng.random() < 0.5:  # or a place on an edge
            axis = int(rng.integers(2))
            at[axis] = float(rng.uniform(0.05, 0.95)) * (width, height)[axis]
        size = float(rng.gamma(2.0, severity.tear / 2)) * scale
        angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        ragged = np.abs(1 + 0.12 * _ring_noise(60, rng)) * size
        around = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        ring = at + around * ragged[:, None]
        fringe = at + around * (ragged * rng.uniform(1.02, 1.12, 60))[:, None]
        cv2.fillPoly(page, [fringe.astype(np.int32)], pale, cv2.LINE_AA)
        cv2.fillPoly(page, [ring.astype(np.int32)], border, cv2.LINE_AA)
        cv2.fillPoly(gone, [ring.astype(np.int32)], 255)
    return gone


def _ring_noise(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Rough noise that closes on itself, for the outline of a tear."""
    walk = np.cumsum(rng.normal(0, 1, count))
    walk -= np.linspace(0, walk[-1], count)
    return np.asarray(walk - walk.mean())


def scanned(
    page: Image, geometry: Geometry, stock: Stock, severity: Severity, rng: np.random.Generator
) -> Image:
    """Put the page on the glass and expose it: light, binding shadow, blur, noise."""
    image = geometry.warp(_shaded(page, geometry, severity, rng), stock.border)
    if severity.blur > 0.3:
        image = cv2.GaussianBlur(image, (0, 0), severity.blur * float(rng.uniform(0.7, 1.2)))
    height, width = image.shape[:2]
    grain = 128 + rng.standard_normal((512, 512), dtype=np.float32) * severity.noise
    tile = np.clip(grain, 0, 255).astype(np.uint8)
    tiled = np.tile(tile, (height // 512 + 1, width // 512 + 1))[:height, :width]
    noisy = cv2.addWeighted(image, 1, cv2.merge([tiled] * 3), 1, -128)
    if stock.grey:
        noisy = cv2.cvtColor(cv2.cvtColor(noisy, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.asarray(noisy, np.uint8)


def _shaded(page: Image, geometry: Geometry, severity: Severity, rng: np.random.Generator) -> Image:
    """Uneven light, and the shadow towards the binding."""
    height, width = page.shape[:2]
    xs = np.linspace(-1, 1, width // 8, dtype=np.float32)[None, :]
    ys = np.linspace(-1, 1, height // 8, dtype=np.float32)[:, None]
    direction = rng.normal(0, 1, 3)
    slope = 0.6 * (direction[0] * xs + direction[1] * ys) + 0.3 * direction[2] * xs * ys
    light = 1 - severity.shade * 0.5 * (1 + np.clip(slope, -1, 1))
    distance = np.abs(xs - (-1 if geometry.binding == 0 else 1)) * width / 2
    depth = 0.1 + 0.35 * min(1.0, abs(geometry.curl) / 20 + severity.shade)
    light = light * (1 - depth * np.exp(-distance / (0.35 * geometry.reach)))
    light = cv2.resize(light.astype(np.float32), (width, height))
    return dimmed(page, light)
