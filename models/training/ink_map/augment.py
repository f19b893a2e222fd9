"""What else could have happened to a page: light, colour, fading, the other side, blur, noise."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from models.ink_map import KINDS, evidence
from models.training.ink_map.data import INK, Pixels

Values = NDArray[np.float32]
BLEED = KINDS.index("bleed")
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_MARKED = (1, 2, 3, 4, INK)  # labels of what lies on this side of the page


def augmented(
    image: Pixels, labels: Pixels, other: tuple[Pixels, Pixels], real: bool, rng: Generator
) -> tuple[Pixels, Pixels]:
    """A crop (S, S, 4) spoilt by chance as `models.ink_map.evidence` (S, S, 4), and its labels.

    ``other`` is a crop that may show through from behind. Only ``real`` crops are turned over:
    mirrored writing is what shows through, and on rendered pages that is known.
    """
    if real:
        image, labels = turned(image, labels, rng)
    sound, around = np.ascontiguousarray(image[:, :, :3]), image[:, :, 3]
    light = sound.astype(np.float32)
    if rng.random() < 0.45:
        light, labels = seen_through(light, labels, other, rng)
    if rng.random() < 0.35:
        light = faded(light, labels, rng)
    if rng.random() < 0.25:
        light *= _shade(light.shape[0], rng)
    light = _toned(light, rng)
    if rng.random() < 0.35:
        light = cv2.GaussianBlur(light, (0, 0), float(rng.uniform(0.4, 1.3)))
    if rng.random() < 0.5:
        noise = rng.standard_normal((*light.shape[:2], 1), dtype=np.float32)
        light = light + noise * np.float32(rng.uniform(1, 9))
    pixels = np.clip(light, 0, 255).astype(np.uint8)
    if rng.random() < 0.25:
        coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 80))])
        pixels = np.asarray(cv2.imdecode(coded[1], cv2.IMREAD_COLOR), np.uint8)
    return evidence(pixels, _level(around, sound, pixels, labels, rng)), labels


def _level(around: Pixels, sound: Pixels, spoilt: Pixels, labels: Pixels, rng: Generator) -> Pixels:
    """How dark the ink around is on the spoilt page, about as well as a whole page tells it."""
    marked = np.isin(labels, _MARKED)
    change = float(np.exp(rng.normal(0, 0.15)))
    if np.count_nonzero(marked) > 50:
        before, after = (250 - float(crop[marked].mean()) for crop in (sound, spoilt))
        change *= max(after, 1) / max(before, 1)
    return np.asarray(np.clip(around * np.float32(change), 1, 255), np.uint8)


def turned(image: Pixels, labels: Pixels, rng: Generator) -> tuple[Pixels, Pixels]:
    """Mirrored, stood on its head, and now and then laid on its side."""
    for axis in (0, 1):
        if rng.random() < 0.3:
            image, labels = np.flip(image, axis), np.flip(labels, axis)
    if rng.random() < 0.15:
        image, labels = np.rot90(image), np.rot90(labels)
    return np.ascontiguousarray(image), np.ascontiguousarray(labels)


def seen_through(
    light: Values, labels: Pixels, other: tuple[Pixels, Pixels], rng: Generator
) -> tuple[Values, Pixels]:
    """The marks of another page, mirrored and softened, multiplied in where nothing lies above."""
    behind, marked = (np.ascontiguousarray(np.flip(layer, 1)) for layer in other)
    behind = np.ascontiguousarray(behind[:, :, :3])
    marks = np.isin(marked, _MARKED).astype(np.float32)
    paper = cv2.morphologyEx(behind, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    taken = 1 - behind.astype(np.float32) / np.maximum(paper, 1)
    taken *= cv2.GaussianBlur(marks, (0, 0), 1.5)[:, :, None]
    taken = cv2.GaussianBlur(taken, (0, 0), float(rng.uniform(0.6, 3.0)))
    strength = np.float32(rng.uniform(0.1, 0.85))
    light = light * (1 - strength * np.clip(taken, 0, 1))
    seen = (strength * taken.max(axis=2) > 0.06) & ~np.isin(labels, _MARKED)
    if np.any(labels == INK) or np.any(marked == INK):
        return light, labels  # real labels know only ink and paper
    return light, np.where(seen, BLEED, labels).astype(np.uint8)


def faded(light: Values, labels: Pixels, rng: Generator) -> Values:
    """The marks paler, evenly or in patches, down to a quarter of their darkness."""
    paper = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((21, 21), np.uint8))
    paper = cv2.blur(paper, (21, 21))
    kept = np.float32(rng.uniform(0.25, 0.9))
    patches = cv2.resize(rng.uniform(0.6, 1, (4, 4)).astype(np.float32), labels.shape[::-1])
    return np.asarray(paper + (light - paper) * (kept * patches)[:, :, None], np.float32)


def _shade(side: int, rng: Generator) -> Values:
    """Uneven light and large stains as a factor (S, S, 1)."""
    cells = int(rng.integers(2, 6))
    depth = float(rng.uniform(0.05, 0.3))
    field = 1 - depth * rng.random((cells, cells)).astype(np.float32)
    return np.asarray(cv2.resize(field, (side, side), interpolation=cv2.INTER_CUBIC))[:, :, None]


def _toned(light: Values, rng: Generator) -> Values:
    """Other paper and ink colours, gain and gamma; grey now and then."""
    if rng.random() < 0.25:
        light = np.repeat(light @ _LUMA[:, None], 3, axis=2)
    if rng.random() < 0.5:
        light = light * rng.uniform(0.85, 1.05, 3).astype(np.float32)
    if rng.random() < 0.5:
        gamma = float(np.exp(rng.uniform(-0.45, 0.45)))
        light = np.float32(255) * (np.clip(light, 0, 255) / np.float32(255)) ** np.float32(gamma)
    gain = np.float32(rng.uniform(0.85, 1.08))  # the paper is near 250 on every page shown
    return np.asarray(light * gain, np.float32)
