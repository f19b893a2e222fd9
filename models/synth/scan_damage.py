"""Paper, age and the scanner: from a page's plate to the scan, and where every point went."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.page import Plate, Points
from models.synth.press import noise

Image = NDArray[np.uint8]
Field = NDArray[np.float32]


@dataclass(frozen=True)
class Severity:
    """How badly a book has fared. Shares are probabilities a page unless said otherwise."""

    yellow: float  # 0..1
    stains: float  # mean number
    foxing: float  # mean number of spots
    fold: float
    torn: float
    bleed: float  # strength of the verso's ink
    fade: float  # strongest loss of ink, 0..1
    shade: float  # depth of uneven light
    turn: float  # degrees
    perspective: float  # share of the width
    curl: float  # millimetres
    noise: float  # grey levels
    blur: float  # pixels
    quality: tuple[int, int]  # JPEG
    illegible: float  # a field


SEVERITIES = {
    "clean": Severity(0.25, 0.15, 0.5, 0.05, 0.0, 0.02, 0.12, 0.04, 0.5, 0.001, 0.3, 1.5, 0.35, (88, 94), 0.002),
    "moderate": Severity(0.6, 1.2, 10, 0.3, 0.25, 0.07, 0.35, 0.12, 2.0, 0.006, 1.5, 3.5, 0.55, (76, 88), 0.012),
    "severe": Severity(1.0, 3.0, 40, 0.6, 0.7, 0.14, 0.62, 0.26, 4.0, 0.012, 3.5, 6.0, 0.85, (60, 78), 0.045),
}


@dataclass(frozen=True)
class Stock:
    """The paper of one book and how its scanner sees it."""

    colour: tuple[float, float, float]
    grain: float
    laid: float
    border: tuple[int, int, int]
    binding: str  # left or right of odd pages
    grey: bool

    @classmethod
    def random(cls, severity: Severity, rng: np.random.Generator) -> Stock:
        """A paper: white to brown by age, and a dark or pale scanner lid."""
        age = severity.yellow * float(rng.uniform(0.5, 1.0))
        white = np.asarray([246, 244, 238], float) - rng.uniform(0, 8, 3)
        brown = np.asarray([206, 184, 142], float) + rng.normal(0, 7, 3)
        colour = white * (1 - 0.75 * age) + brown * 0.75 * age
        dark = rng.random() < 0.6
        lid = int(rng.integers(8, 45)) if dark else int(rng.integers(195, 240))
        return cls(
            colour=(float(colour[0]), float(colour[1]), float(colour[2])),
            grain=float(rng.uniform(1.0, 3.0)) * (0.6 + severity.yellow),
            laid=float(rng.uniform(0, 1)),
            border=(lid, lid, min(255, lid + int(rng.integers(0, 6)))),
            binding=str(rng.choice(["left", "right"])),
            grey=bool(rng.random() < 0.15),
        )


def aged_paper(
    shape: tuple[int, int], stock: Stock, severity: Severity, scale: float, rng: np.random.Generator
) -> Image:
    """Blank paper (H, W, 3): fibre, blotches, foxing, stains, yellow edges, folds."""
    height, width = shape
    small = (height // 2, width // 2)
    tone = noise(small, rng, 1.0) * stock.grain * 0.9
    tone += noise(small, rng, 3.0) * stock.grain * 0.7 + noise(small, rng, 40) * stock.grain
    tone += noise(small, rng, 220) * (2 + 5 * severity.yellow)
    brown = _stains(small, severity, scale / 2, rng) + _edges(small, severity, scale / 2, rng)
    tone += _folds(small, severity, rng)
    paper = np.empty((*small, 3), np.float32)
    for channel, (base, thirst) in enumerate(zip(stock.colour, (0.55, 0.85, 1.25), strict=True)):
        paper[..., channel] = base + tone - brown * thirst
    return cv2.resize(np.clip(paper, 0, 255).astype(np.uint8), (width, height))


def _stains(
    shape: tuple[int, int], severity: Severity, scale: float, rng: np.random.Generator
) -> Field:
    """Water stains with darker rims, and foxing spots, as darkness."""
    height, width = shape
    field: Field = np.zeros(shape, np.float32)
    for _ in range(rng.poisson(severity.stains)):
        size = float(rng.uniform(8, 60)) * scale
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        x0, x1 = int(max(0, x - 2 * size)), int(min(width, x + 2 * size))
        y0, y1 = int(max(0, y - 2 * size)), int(min(height, y + 2 * size))
        if x1 - x0 < 8 or y1 - y0 < 8:
            continue
        yy, xx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        bumps = noise((y1 - y0, x1 - x0), rng, max(4.0, size / 2.5)) * 0.16
        radius = np.hypot((xx - x) * rng.uniform(0.6, 1.3), yy - y) / size + bumps
        inside = 1 / (1 + np.exp((radius - 1) * 22))
        rim = np.exp(-(((radius - 0.97) / 0.05) ** 2))
        depth = float(rng.uniform(5, 22)) * (0.5 + 0.7 * severity.yellow)
        field[y0:y1, x0:x1] += depth * (0.55 * inside + 0.75 * rim)
    for _ in range(rng.poisson(severity.foxing)):
        centre = (int(rng.uniform(0, width) * 8), int(rng.uniform(0, height) * 8))
        radius_px = int(rng.gamma(1.6, 0.35) * scale * 8) + 4
        depth = float(rng.uniform(8, 38))
        spot = np.zeros(shape, np.uint8) if radius_px > 4096 else None
        if spot is None:
            cv2.circle(field, centre, radius_px, depth, -1, cv2.LINE_8, 3)
    return cv2.GaussianBlur(field, (0, 0), 1.1)


def _edges(
    shape: tuple[int, int], severity: Severity, scale: float, rng: np.random.Generator
) -> Field:
    """Paper browns and soils from its edges inwards."""
    height, width = shape
    x = np.minimum(np.arange(width), np.arange(width)[::-1]).astype(np.float32)
    y = np.minimum(np.arange(height), np.arange(height)[::-1]).astype(np.float32)
    reach = float(rng.uniform(6, 22)) * scale
    depth = severity.yellow * float(rng.uniform(8, 34))
    wavy = 1 + 0.5 * noise(shape, rng, 90)
    fall = np.exp(-x / reach)[None, :] + np.exp(-y / reach)[:, None]
    result: Field = (depth * np.clip(fall * wavy, 0, 1.6)).astype(np.float32)
    return result


def _folds(shape: tuple[int, int], severity: Severity, rng: np.random.Generator) -> Field:
    """A crease across the page: one side catches the light, the other falls dark."""
    height, width = shape
    field: Field = np.zeros(shape, np.float32)
    if rng.random() > severity.fold:
        return field
    flat = rng.random() < 0.6
    at, slope = float(rng.uniform(0.3, 0.7)), float(rng.normal(0, 0.015))
    yy, xx = np.ogrid[0:height, 0:width]
    distance = yy - at * height - slope * xx if flat else xx - at * width - slope * yy
    distance = distance.astype(np.float32)
    depth = float(rng.uniform(8, 26))
    field += depth * 0.5 * np.exp(-((distance / 1.6) ** 2)) * np.sign(rng.normal())
    field -= depth * np.exp(-(((distance - 2.5) / 2.4) ** 2))
    field -= depth * 0.3 * np.exp(-np.abs(distance) / 22) * (distance > 0)
    return field


def faded(plate: Plate, severity: Severity, rng: np.random.Generator) -> Plate:
    """Ink lost in patches: the plate drawn towards 255."""
    height, width = plate.shape[:2]
    loss = noise((height // 8, width // 8), rng, 45) * 0.5 + float(rng.uniform(-0.2, 0.5))
    loss = np.clip(loss, 0.05, 1.0) * severity.fade
    keep = cv2.resize((1 - loss).astype(np.float32), (width, height))
    ink = cv2.bitwise_not(plate)
    return cv2.bitwise_not(cv2.multiply(ink, cv2.merge([keep] * 3), dtype=cv2.CV_8U))


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

    def forward(self, points: Points) -> Points:
        """Where page points (N, 2) lie on the scan."""
        lifted = points.astype(np.float64).copy()
        lifted[:, 1] += self._lift(lifted[:, 0])
        scanned = cv2.perspectiveTransform(lifted[None], self.homography)[0]
        return scanned.astype(np.float32)

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
        return np.asarray(
            cv2.warpPerspective(
                curled, self.homography, self.size, flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT, borderValue=border,
            ), np.uint8,
        )  # fmt: skip


def laid_on_glass(
    shape: tuple[int, int], severity: Severity, scale: float, left: bool, rng: np.random.Generator
) -> Geometry:
    """Draw how the page lies: margins of the scan, turn, perspective, curl at the binding."""
    height, width = shape
    margins = rng.uniform(0.5, 9, 4) * scale
    turn = np.deg2rad(float(np.clip(rng.normal(0, severity.turn / 2), -severity.turn, severity.turn)))
    out_w, out_h = int(width + margins[0] + margins[2]), int(height + margins[1] + margins[3])
    source = np.asarray([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    centre = np.asarray([width / 2, height / 2])
    rotation = np.asarray([(np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))])
    target = (source - centre) @ rotation.T + centre + margins[:2]
    target += rng.normal(0, severity.perspective * width / 2, (4, 2))
    matrix = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    curl = float(rng.uniform(-1, 1)) * severity.curl * scale
    reach = float(rng.uniform(12, 30)) * scale
    return Geometry(curl, reach, 0.0 if left else float(width), matrix, (out_w, out_h))


def torn(page: Image, severity: Severity, border: tuple[int, int, int], scale: float, rng: np.random.Generator) -> None:
    """Tear a corner or bite an edge, in place; the bare fibre shows along the tear."""
    if rng.random() > severity.torn:
        return
    height, width = page.shape[:2]
    for _ in range(1 + rng.poisson(0.6 * severity.yellow)):
        corner = np.asarray([(0, 0), (width, 0), (width, height), (0, height)][int(rng.integers(4))], float)
        if rng.random() < 0.5:
            corner[int(rng.integers(2))] = float(rng.uniform(0.1, 0.9)) * (width if rng.random() < 0.5 else height)
            corner = np.where(rng.random(2) < 0, corner, corner)
        size = float(rng.gamma(2.0, 3.0)) * scale
        angles = np.linspace(0, 2 * np.pi, 60)
        radius = size * (1 + 0.25 * np.cumsum(rng.normal(0, 0.12, 60)))
        radius = radius * (1 - np.linspace(0, 1, 60)) + radius[::-1] * np.linspace(0, 1, 60)
        ring = corner + np.stack([np.cos(angles), np.sin(angles)], 1) * np.abs(radius)[:, None]
        fringe = corner + (ring - corner) * (1 + rng.uniform(0.02, 0.1, (60, 1)))
        pale = tuple(int(v) for v in np.clip(page.reshape(-1, 3)[::9973].max(axis=0) + 4, 0, 255))
        cv2.fillPoly(page, [fringe.astype(np.int32)], pale, cv2.LINE_AA)
        cv2.fillPoly(page, [ring.astype(np.int32)], border, cv2.LINE_AA)


def scanned(
    page: Image, geometry: Geometry, stock: Stock, severity: Severity, rng: np.random.Generator
) -> Image:
    """Put the page on the glass and expose it: light, binding shadow, blur, noise."""
    image = geometry.warp(_shaded(page, geometry, severity, rng), stock.border)
    if severity.blur > 0.3:
        image = cv2.GaussianBlur(image, (0, 0), severity.blur * float(rng.uniform(0.7, 1.2)))
    height, width = image.shape[:2]
    grain = rng.standard_normal((512, 512), dtype=np.float32) * severity.noise
    tiled = np.tile(grain, (height // 512 + 1, width // 512 + 1))[:height, :width]
    noisy = cv2.add(image, cv2.merge([tiled] * 3), dtype=cv2.CV_8U)
    if stock.grey:
        noisy = cv2.cvtColor(cv2.cvtColor(noisy, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.asarray(noisy, np.uint8)


def _shaded(page: Image, geometry: Geometry, severity: Severity, rng: np.random.Generator) -> Image:
    height, width = page.shape[:2]
    xs = np.linspace(-1, 1, width // 8, dtype=np.float32)[None, :]
    ys = np.linspace(-1, 1, height // 8, dtype=np.float32)[:, None]
    direction = rng.normal(0, 1, 4)
    light = 1 - severity.shade * 0.5 * (
        1 + np.clip(0.6 * direction[0] * xs + 0.6 * direction[1] * ys + 0.3 * direction[2] * xs * ys, -1, 1)
    )
    distance = np.abs(xs - (-1 if geometry.binding == 0 else 1)) * width / 2
    depth = 0.1 + 0.35 * min(1.0, abs(geometry.curl) / 20 + severity.shade)
    light = light * (1 - depth * np.exp(-distance / (0.35 * geometry.reach)))
    light = cv2.resize(light.astype(np.float32), (width, height))
    return np.asarray(cv2.multiply(page, cv2.merge([light] * 3), dtype=cv2.CV_8U), np.uint8)
