"""Damage that takes one field's writing away for good: a blot, ink that ran, mould."""

from __future__ import annotations

import cv2
import numpy as np

from models.synth.page import Plate, Points
from models.synth.press import noise


def spoil(plate: Plate, points: Points, pitch: float, rng: np.random.Generator) -> None:
    """Make the writing inside ``points`` unreadable, in place. ``pitch``: pixels between lines."""
    pad = 0.25 * pitch
    x0, y0 = (int(v) for v in np.maximum(points.min(axis=0) - pad, 0))
    x1, y1 = (int(v) for v in points.max(axis=0) + pad)
    region = plate[y0:y1, x0:x1]
    height, width = region.shape[:2]
    if height < 4 or width < 4:
        return
    yy = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    xx = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    ragged = 0.11 * noise((height, width), rng, 0.25 * pitch) + 0.04 * noise(
        (height, width), rng, 6
    )
    radius = (xx**4 + yy**4) ** 0.25
    inside = 1 / (1 + np.exp((radius - 0.9 + ragged) * 30))
    kind = str(rng.choice(["blot", "washed", "mould"]))
    if kind == "washed":
        run = cv2.GaussianBlur(region, (0, 0), 0.13 * pitch).astype(np.float32)
        run *= (255 - np.asarray((6, 14, 30), np.float32)) / 255
        wet = inside[..., None]
        region[:] = (region * (1 - wet) + run * wet).astype(np.uint8)
        return
    colour = (30, 34, 58) if kind == "blot" else (74, 60, 44)
    depth = inside * np.clip(0.95 + 0.05 * noise((height, width), rng, 9), 0.86, 1)
    solid = np.asarray(colour, np.float32)
    region[:] = (region * (1 - depth[..., None]) + solid * depth[..., None]).astype(np.uint8)
