"""Ageing and scanning: paper, light, fading, stains, folds, bleed-through, blur, noise, JPEG.

Layers are grey float32 (H, W): paper in 0…255, everything that lies on it as alpha in 0…1.
Paper textures are cut from real register pages (`paper/CREDITS.md`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from common.errors import UsageError
from models.reading import Image
from models.synth.pen import Layer, noise, smooth_field

PAPER = Path(__file__).parent / "paper"
TEXTURE_LEVEL = 200
FAINTEST = 48.0  # grey levels between paper and ink that still can be read after the scan


@dataclass(frozen=True)
class Severity:
    """How far a page has decayed. Pairs are ranges; single figures are chances."""

    paper: tuple[float, float]
    texture: tuple[float, float]
    shading: tuple[float, float]
    ink: tuple[float, float]
    uneven_ink: tuple[float, float]
    bleed: float
    bleed_strength: tuple[float, float]
    stains: float
    folds: float
    blur: tuple[float, float]
    noise: tuple[float, float]
    shrink: tuple[float, float]
    jpeg: tuple[int, int]


SEVERITIES = {
    "clean": Severity(
        (215, 252), (0.2, 1.0), (0, 8), (0.85, 1.0), (0, 0.15), 0.05, (0.04, 0.12), 0.0, 0.0,
        (0.0, 0.6), (0.5, 3), (0.85, 1.0), (70, 95),
    ),
    "moderate": Severity(
        (170, 250), (0.5, 2.0), (3, 25), (0.6, 1.0), (0.05, 0.35), 0.3, (0.08, 0.25), 0.2, 0.06,
        (0.2, 0.9), (1, 5), (0.65, 1.0), (45, 90),
    ),
    "severe": Severity(
        (145, 240), (0.8, 3.0), (8, 40), (0.42, 0.85), (0.1, 0.5), 0.5, (0.12, 0.36), 0.5, 0.2,
        (0.4, 1.1), (2.5, 7), (0.5, 0.95), (25, 75),
    ),
}  # fmt: skip


def severity_named(name: str) -> Severity:
    """The ranges of ``clean``, ``moderate`` or ``severe``."""
    if name not in SEVERITIES:
        raise UsageError(f"no severity {name}", hint="one of " + ", ".join(SEVERITIES))
    return SEVERITIES[name]


@cache
def textures() -> tuple[Layer, ...]:
    """The real paper textures, as factors around 1."""
    files = sorted(PAPER.glob("*.jpg"))
    grey = (cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) for file in files)
    return tuple(np.asarray(image, np.float32) / np.float32(TEXTURE_LEVEL) for image in grey)


def paper(rng: Generator, height: int, width: int, severity: Severity) -> Layer:
    """Bare paper (H, W): a real texture, yellowing as a grey level, and uneven light."""
    every = textures()
    texture = every[int(rng.integers(len(every)))]
    scale = float(rng.uniform(0.6, 1.8))
    rows, columns = int(height / scale) + 2, int(width / scale) + 2
    texture = np.tile(texture, (-(-rows // 512), -(-columns // 512) + 1))
    if rng.random() < 0.5:
        texture = texture[:, ::-1]
    if rng.random() < 0.5:
        texture = texture[::-1]
    y = int(rng.integers(texture.shape[0] - rows + 1))
    x = int(rng.integers(texture.shape[1] - columns + 1))
    cut = cv2.resize(np.ascontiguousarray(texture[y : y + rows, x : x + columns]), (width, height))
    strength = np.float32(rng.uniform(*severity.texture))
    shade = smooth_field(rng, height, width, float(rng.uniform(80, 600)))
    light = np.float32(rng.uniform(*severity.shading)) * shade
    light += np.float32(rng.uniform(*severity.paper))
    return np.asarray((1 + (cut - 1) * strength) * light, np.float32)


def faded(alpha: Layer, rng: Generator, severity: Severity) -> Layer:
    """Ink that has lost strength, unevenly."""
    strength = np.float32(rng.uniform(*severity.ink))
    uneven = np.float32(rng.uniform(*severity.uneven_ink))
    height, width = alpha.shape
    field = smooth_field(rng, height, width, float(rng.uniform(30, 200)))
    return np.asarray(alpha * strength * (1 - uneven * (field + 1) / 2), np.float32)


def legible(alpha: Layer, contrast: float) -> Layer:
    """Ink no fainter than a reader needs: what cannot be read must not be taught as a text.

    Args:
        alpha: the ink, after fading.
        contrast: grey levels between the paper and full ink.
    """
    written = alpha[alpha > 0.04]
    if not written.size:
        return alpha
    seen = float(np.percentile(written, 80)) * contrast
    return np.asarray(np.clip(alpha * max(1.0, FAINTEST / max(seen, 1.0)), 0, 1), np.float32)


def bleed_through(alpha: Layer, rng: Generator, severity: Severity) -> Layer:
    """The writing of the page's other side: mirrored, blurred, weak."""
    other = np.roll(alpha[:, ::-1], int(rng.integers(1, max(2, alpha.shape[1]))), axis=1)
    other = np.roll(other, int(rng.integers(-12, 13)), axis=0)
    soft = cv2.GaussianBlur(np.ascontiguousarray(other), (0, 0), float(rng.uniform(0.8, 2.5)))
    return np.asarray(soft * np.float32(rng.uniform(*severity.bleed_strength)), np.float32)


def stains(rng: Generator, height: int, width: int) -> Layer:
    """Water marks and foxing, as a factor (H, W) on the paper."""
    factor = np.ones((height, width), np.float32)
    if rng.random() < 0.6:
        field = smooth_field(rng, height, width, float(rng.uniform(40, 160)))
        field += 0.3 * smooth_field(rng, height, width, 12)
        edge = float(rng.uniform(0.1, 0.6))
        inside = np.clip((field - edge) * 6, 0, 1)
        rim = np.clip(1 - np.abs(field - edge) * 10, 0, 1)
        factor -= np.float32(rng.uniform(0.03, 0.2)) * inside
        factor -= np.float32(rng.uniform(0, 0.18)) * rim
    for _ in range(int(rng.poisson(3))):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        spot = np.zeros((height, width), np.uint8)
        cv2.circle(spot, centre, int(rng.integers(1, 7)), 255, -1)
        soft = cv2.GaussianBlur(spot, (0, 0), float(rng.uniform(0.7, 3)))
        factor -= soft.astype(np.float32) * np.float32(rng.uniform(0.1, 0.45) / 255)
    return np.clip(factor, 0.2, 1.2)


def fold(rng: Generator, height: int, width: int) -> Layer:
    """A crease: a dark line beside a bright one, as a factor (H, W)."""
    factor = np.ones((height, width), np.float32)
    x, y, lean = int(rng.integers(width)), int(rng.integers(height)), int(rng.integers(-8, 9))
    upright = rng.random() < 0.6
    start, end = ((x, 0), (x + lean, height)) if upright else ((0, y), (width, y + lean))
    cv2.line(factor, start, end, float(rng.uniform(0.55, 0.85)), int(rng.integers(1, 3)))
    beside = (start[0] + 2, start[1] + 2), (end[0] + 2, end[1] + 2)
    cv2.line(factor, *beside, float(rng.uniform(1.05, 1.2)), 1)
    return np.asarray(cv2.GaussianBlur(factor, (0, 0), 0.8), np.float32)


def scanned(image: Layer, rng: Generator, severity: Severity, coarsest: float = 0.0) -> Image:
    """What the scanner makes of it: tilt, resolution, blur, noise, tone, JPEG.

    ``coarsest`` is the smallest share of the resolution that leaves the writing legible.
    """
    height, width = image.shape
    if rng.random() < 0.35:
        image = _tilted(image, rng)
    shrink = min(1.0, max(float(rng.uniform(*severity.shrink)), coarsest))
    if shrink < 0.92:
        small = (max(8, round(width * shrink)), max(8, round(height * shrink)))
        image = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)
    sigma = float(rng.uniform(*severity.blur))
    if sigma > 0.25:
        across = sigma * float(rng.uniform(0.6, 1.6))
        image = cv2.GaussianBlur(image, (0, 0), sigma, sigmaY=max(0.2, across))
    image = image + noise(rng, height, width) * np.float32(rng.uniform(*severity.noise))
    if rng.random() < 0.3:
        gain, middle = np.float32(rng.uniform(0.7, 1.5)), np.float32(rng.uniform(110, 160))
        image = (image - 128) * gain + middle
    pixels = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.25:
        return pixels
    quality = int(rng.integers(severity.jpeg[0], severity.jpeg[1] + 1))
    coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def _tilted(image: Layer, rng: Generator) -> NDArray[np.float32]:
    height, width = image.shape
    most = min(1.5, 250 / max(width, 1))
    angle = float(rng.uniform(-most, most))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    matrix[0, 1] += float(rng.normal(0, 0.05))
    turned = cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.float32)
