"""Pages turned by known angles, and how far an estimate of their skew is off.

Real pages carry a small skew of their own, so an error is the estimate of the turned page
minus that of the page as it is, minus the turn. Half the turns keep the canvas (corners are
cut off), half enlarge it; what comes in is black, grey, white or the page's own edge.
`hotich evaluate skew` prints the figures.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np

from preprocessing.arrays import Image
from preprocessing.skew import skew_angle
from preprocessing.transform import Transform, turned_size

REACH = 15.0  # degrees to either side


class Turn(NamedTuple):
    """One measurement: the page, the known turn, the estimate's error, and its seconds."""

    page: str
    angle: float
    error: float
    seconds: float


class Figures(NamedTuple):
    """What a set of turns says; errors in degrees."""

    n: int
    mean: float
    within: float
    worst: float
    seconds: float

    def __str__(self) -> str:
        return (
            f"n={self.n} mean error {self.mean:.3f}°, within 0.1° {self.within:.1%}, "
            f"worst {self.worst:.3f}°, {self.seconds:.3f} s a page"
        )


def turned(image: Image, angle: float, fill: int | None, *, enlarge: bool) -> Image:
    """``image`` turned counter-clockwise; ``fill`` None repeats the page's edge."""
    size = image.shape[1], image.shape[0]
    canvas = turned_size(angle, size) if enlarge else size
    transform = Transform.turn(angle, size, canvas)
    if fill is not None:
        return transform.warp(image, canvas, (fill,) * 3)
    centred = Transform.shift(0.5, 0.5).then(transform).then(Transform.shift(-0.5, -0.5))
    replicated = cv2.BORDER_REPLICATE
    return np.asarray(
        cv2.warpAffine(image, centred.matrix[:2], canvas, None, cv2.INTER_CUBIC, replicated),
        dtype=np.uint8,
    )


def turned_anyhow(image: Image, rng: np.random.Generator) -> tuple[Image, float]:
    """``image`` turned by an angle drawn from ±`REACH`, which is given with it."""
    angle = float(rng.uniform(-REACH, REACH))
    fill = (0, 128, 255, None)[int(rng.integers(4))]
    return turned(image, angle, fill, enlarge=bool(rng.integers(2))), angle


def measure(image: Image, name: str, turns: int, rng: np.random.Generator) -> Iterator[Turn]:
    """Turn one page ``turns`` times and compare with its estimate as it is."""
    own = skew_angle(image)
    for _ in range(turns):
        page, angle = turned_anyhow(image, rng)
        estimate, seconds = timed(page)
        yield Turn(name, angle, estimate - own - angle, seconds)


def timed(page: Image) -> tuple[float, float]:
    """Our estimate in degrees and the processor's seconds it took."""
    start = time.process_time()
    return skew_angle(page), time.process_time() - start


def figures(turns: list[Turn]) -> Figures:
    errors = np.abs([turn.error for turn in turns])
    return Figures(
        len(turns),
        float(errors.mean()),
        float((errors <= 0.1).mean()),
        float(errors.max()),
        float(np.mean([turn.seconds for turn in turns])),
    )
