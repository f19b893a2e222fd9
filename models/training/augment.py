"""What a hand, a form, a camera and a century do to a line: augmentation of grey line images.

Images are (H, W) uint8, paper bright, ink dark. Every function draws from the given generator.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from models.reading import Image


def augment(image: Image, rng: Generator, strength: float = 1.0) -> Image:
    """The line as another hand, crop and scan would show it; ``strength`` scales how often."""

    def chance(probability: float) -> bool:
        return bool(rng.random() < probability * strength)

    paper = paper_level(image)
    if chance(0.15):
        image = neighbours(image, rng, paper)
    if chance(0.5):
        image = crop(image, rng, paper)
    if chance(0.85):
        image = warp(image, rng, paper, elastic=chance(0.5))
    if chance(0.35):
        image = pen(image, rng)
    if chance(0.25):
        image = draw_rules(image, rng, paper)
    if chance(0.4):
        image = fade(image, rng, paper)
    if chance(0.25):
        image = stain(image, rng)
    if chance(0.35):
        image = soften(image, rng)
    if chance(0.25):
        image = grain(image, rng)
    if chance(0.2):
        image = compress(image, rng)
    return image


def paper_level(image: Image) -> int:
    """The shade of the paper: what most of the line is."""
    return int(np.percentile(image, 75))


def empty_line(image: Image, rng: Generator) -> Image:
    """The line with its writing lifted off: the same paper, nothing written."""
    kernel = np.ones((17, 17), np.uint8)
    paper = cv2.morphologyEx(image, cv2.MORPH_CLOSE, kernel)
    paper = cv2.medianBlur(paper, 15).astype(np.uint8)
    width = max(24, int(image.shape[1] * rng.uniform(0.1, 1.0)))
    return grain(paper[:, :width], rng)


def warp(image: Image, rng: Generator, paper: int, *, elastic: bool) -> Image:
    """Slant, rotation, stretch and, with ``elastic``, letters pushed about: one resampling."""
    rows, columns = image.shape
    stretch = float(np.exp(rng.normal(0, 0.16)))
    slant, turn = rng.normal(0, 0.22), np.deg2rad(rng.normal(0, 0.7))
    width = max(16, round(columns * stretch + abs(slant) * rows))
    y, x = np.mgrid[0:rows, 0:width].astype(np.float32)
    mid_x, mid_y = width / 2, rows / 2
    turned_y = mid_y + (y - mid_y) + np.sin(turn) * (x - mid_x)
    turned_x = columns / 2 + (x - mid_x) / stretch + slant * (turned_y - mid_y)
    if elastic:
        turned_x += _waves(rng, rows, width, rng.uniform(0.5, 2.2))
        turned_y += _waves(rng, rows, width, rng.uniform(0.5, 2.2))
    turned = cv2.remap(
        image,
        turned_x.astype(np.float32),
        turned_y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper,
    )
    return np.asarray(turned, np.uint8)


def crop(image: Image, rng: Generator, paper: int) -> Image:
    """Cut too tight or too loose: edges up to 8 % of the shorter side in or 35 % out."""
    rows, columns = image.shape
    moves = rng.uniform(-0.08, 0.35, 4) * min(rows, columns) * (rng.random(4) < 0.6)
    top, bottom, left, right = (int(move) for move in moves)
    inside = image[max(0, -top) : rows - max(0, -bottom), max(0, -left) : columns - max(0, -right)]
    if inside.size == 0:  # a speck of an image: nothing can be cut off it
        inside = image
    above, below, before, after = (max(0, edge) for edge in (top, bottom, left, right))
    return np.pad(inside, ((above, below), (before, after)), constant_values=paper)


def neighbours(image: Image, rng: Generator, paper: int) -> Image:
    """Feet or heads of other lines at the upper or lower edge, taken from this line's own ink."""
    rows, columns = image.shape
    depth = int(rows * rng.uniform(0.05, 0.16))
    middle = int(rows * rng.uniform(0.3, 0.6))
    strip = np.roll(image[middle : middle + depth], int(rng.integers(columns)), axis=1)
    result = image.copy()
    edge = slice(0, depth) if rng.random() < 0.5 else slice(rows - depth, rows)
    result[edge] = np.minimum(result[edge], strip[: result[edge].shape[0]])
    return result


def pen(image: Image, rng: Generator) -> Image:
    """A thicker or thinner pen, mixed with the original so that the change has any size."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    thick = rng.random() < 0.5
    changed = cv2.erode(image, kernel) if thick else cv2.dilate(image, kernel)
    share = float(rng.uniform(0.2, 1.0 if thick else 0.6))
    return np.asarray(cv2.addWeighted(changed, share, image, 1 - share, 0), np.uint8)


def draw_rules(image: Image, rng: Generator, paper: int) -> Image:
    """Box lines, a ruled or dotted writing line, through or beside the text."""
    result = image.copy()
    rows, columns = image.shape
    shade = int(paper * rng.uniform(0.1, 0.75))
    thick = int(rng.integers(1, 3))
    if rng.random() < 0.75:
        y = int(rows * (rng.uniform(0.6, 0.95) if rng.random() < 0.8 else rng.uniform(0, 0.15)))
        slope = rng.normal(0, 0.004) * columns
        if rng.random() < 0.5:
            cv2.line(result, (0, y), (columns, int(y + slope)), shade, thick)
        else:
            step = int(rng.integers(4, 10))
            for x in range(int(rng.integers(step)), columns, step):
                at = (x, int(y + slope * x / columns))
                cv2.line(result, at, (at[0] + thick - 1, at[1]), shade, thick)
    if rng.random() < 0.4:
        x = int(rng.choice([rng.uniform(0, 0.03), rng.uniform(0.97, 1.0)]) * columns)
        cv2.line(result, (x, 0), (x, rows), shade, thick)
    return result


def fade(image: Image, rng: Generator, paper: int) -> Image:
    """Ink brought nearer to the paper, evenly or along the line; sometimes made darker."""
    columns = image.shape[1]
    low, high = (0.25, 1.0) if rng.random() < 0.7 else (1.0, 1.6)
    ends = rng.uniform(low, high, 3)
    gain = np.interp(np.arange(columns), [0, columns / 2, columns], ends).astype(np.float32)
    shade = float(np.clip(paper + rng.normal(0, 15), 120, 252))
    return _clip(shade - (paper - image.astype(np.float32)) * gain)


def stain(image: Image, rng: Generator) -> Image:
    """Uneven light, or a spot of damp with a soft edge."""
    rows, columns = image.shape
    field = _waves(rng, rows, columns, 1.0, cell=int(rng.integers(24, 120)))
    shadow = np.float32(rng.uniform(0.05, 0.3)) * np.abs(field)
    return _clip(image.astype(np.float32) * (1 - shadow))


def soften(image: Image, rng: Generator) -> Image:
    """Out of focus, or scanned with fewer pixels."""
    if rng.random() < 0.5:
        blurred = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.4, 1.3)))
        return np.asarray(blurred, np.uint8)
    rows, columns = image.shape
    factor = rng.uniform(0.4, 0.8)
    small = cv2.resize(
        image,
        (max(8, int(columns * factor)), max(8, int(rows * factor))),
        None,
        0,
        0,
        cv2.INTER_AREA,
    )
    return np.asarray(cv2.resize(small, (columns, rows)), np.uint8)


def grain(image: Image, rng: Generator) -> Image:
    """Noise of the sensor and of rough paper."""
    noise = np.empty(image.shape, np.int16)
    cv2.setRNGSeed(int(rng.integers(2**31 - 1)))
    cv2.randn(noise, 0, float(rng.uniform(1, 10)))
    if rng.random() < 0.4:
        noise = cv2.GaussianBlur(noise, (0, 0), 1.0) * 2
    return np.asarray((image.astype(np.int16) + noise).clip(0, 255), np.uint8)


def compress(image: Image, rng: Generator) -> Image:
    """The marks of a careless JPEG."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(12, 60))]
    encoded = cv2.imencode(".jpg", image, quality)[1]
    decoded = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    return image if decoded is None else np.asarray(decoded, np.uint8)


def _waves(
    rng: Generator, rows: int, columns: int, size: float, cell: int = 14
) -> NDArray[np.float32]:
    """A smooth random field (rows, columns) of about ``size``, with bumps ``cell`` px wide."""
    shape = (max(2, rows // cell + 2), max(2, columns // cell + 2))
    coarse = rng.normal(0, size, shape).astype(np.float32)
    smooth = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC)
    return np.asarray(smooth, np.float32)


def _clip(values: NDArray[np.float32]) -> Image:
    return values.clip(0, 255).astype(np.uint8)
