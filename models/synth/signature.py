"""Signatures: a hurried given name and its paraph."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from models.synth.hand import Hand, Ink
from models.synth.marks import smooth
from models.synth.page import Plate, blot_in


def sign(
    plate: Plate,
    name: str,
    hand: Hand,
    size: float,
    at: tuple[float, float],
    rng: np.random.Generator,
) -> None:
    """Sign with the given name of ``name``, about ``at``; ``size`` is the hand's x-height."""
    given = name.replace("-", " ").split()[-1].capitalize()
    ink = hand.write(given, size * float(rng.uniform(0.8, 1.2)), rng)
    width = ink.alpha.shape[1]
    blot_in(plate, ink, at[0] - width / 2, at[1])
    paraph(plate, at, width, hand.pen.colour, rng)


def paraph(
    plate: Plate,
    at: tuple[float, float],
    width: float,
    colour: Sequence[int],
    rng: np.random.Generator,
) -> None:
    """A flourish: one smooth stroke through random turns."""
    turns = int(rng.integers(3, 8))
    xs = np.linspace(-0.6, 0.75, turns) * width + rng.normal(0, 0.2 * width, turns)
    ys = rng.normal(0, 0.16 * width, turns)
    path = smooth(np.stack([xs, ys], axis=1).astype(np.float32), rounds=4)
    half = int(1.4 * width) + 8
    layer = np.zeros((2 * half, 2 * half), np.uint8)
    points = ((path + half) * 8).astype(np.int32)
    cv2.polylines(layer, [points], False, 230, int(rng.integers(2, 4)), cv2.LINE_AA, 3)
    red, green, blue = colour
    stroke = layer.astype(np.float32) / np.float32(255)
    blot_in(plate, Ink(stroke, half, half, (red, green, blue)), *at)
