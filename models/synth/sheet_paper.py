"""The paper of a book and what the years did to it: colour, grain, stains, foxing, folds."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.conditions import Severity
from models.synth.decay import textures
from models.synth.press import noise

Image = NDArray[np.uint8]
Field = NDArray[np.float32]
_SEAM = 96  # pixels over which two pieces of texture are blended


@dataclass(frozen=True)
class Stock:
    """The paper of one book and how its scanner sees it."""

    colour: tuple[float, float, float]
    grain: float  # how strongly the paper's own texture shows
    texture: int  # which real paper it is
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
            grain=float(rng.uniform(0.6, 1.1)) * (0.7 + 0.5 * severity.yellow),
            texture=int(rng.integers(1000)),
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
    grain = real_grain(small, stock.texture, rng) - 1
    tone = grain * (230 * stock.grain) + noise(small, rng, 220) * (2 + 5 * severity.yellow)
    brown = _stains(small, severity, scale / 2, rng) + _edges(small, severity, scale / 2, rng)
    tone += _folds(small, severity, rng)
    paper = np.empty((*small, 3), np.float32)
    for channel, (base, thirst) in enumerate(zip(stock.colour, (0.55, 0.85, 1.25), strict=True)):
        paper[..., channel] = base + tone - brown * thirst
    levels = np.clip(paper, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(levels, (width, height)), np.uint8)


def real_grain(shape: tuple[int, int], texture: int, rng: np.random.Generator) -> Field:
    """Grain of real paper as a factor around 1: pieces of one texture, turned and blended."""
    papers = textures()
    paper = papers[texture % len(papers)]
    side = paper.shape[0]
    step = side - _SEAM
    rows, columns = (int(np.ceil(length / step)) + 1 for length in shape)
    total = np.zeros((rows * step + side, columns * step + side), np.float32)
    weight = np.zeros_like(total)
    ramp = np.clip(np.minimum(np.arange(side) + 1, np.arange(side)[::-1] + 1) / _SEAM, 0, 1)
    window = np.outer(ramp, ramp).astype(np.float32)
    for row in range(rows):
        for column in range(columns):
            piece = np.rot90(paper, int(rng.integers(4)))
            piece = piece[:, ::-1] if rng.random() < 0.5 else piece
            place = np.s_[row * step : row * step + side, column * step : column * step + side]
            total[place] += (piece - 1) * window
            weight[place] += window**2
    inner = np.s_[_SEAM : _SEAM + shape[0], _SEAM : _SEAM + shape[1]]
    return np.asarray(1 + total[inner] / np.sqrt(weight[inner]), np.float32)


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
        cv2.circle(field, centre, radius_px, depth, -1, cv2.LINE_8, 3)
    return np.asarray(cv2.GaussianBlur(field, (0, 0), 1.1), np.float32)


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
