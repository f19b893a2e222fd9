"""Pages drawn for the tests of preprocessing: paper, ruled registers, writing, pale ink."""

from __future__ import annotations

import cv2
import numpy as np

from preprocessing.arrays import Image
from preprocessing.transform import Transform, turned_size

WORDS = "Nguyen Van Tu sinh ngay 12 thang 5 nam 1962 tai xa Tan An Hoi quan Cu Chi tinh Binh Duong"


def paper(height: int = 1170, width: int = 827, seed: int = 0, grain: float = 4.0) -> Image:
    """Yellowed paper with uneven light and fibres, no mark on it, RGB."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal(0, 10, (12, 8)).astype(np.float32)
    light = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    fibres = cv2.GaussianBlur(rng.normal(0, grain, (height, width)), (0, 0), 1.2)
    sheet = light + fibres + rng.normal(0, grain / 2, (height, width))
    colour = np.array([222.0, 210.0, 180.0]) + sheet[:, :, None]
    return np.clip(colour, 0, 255).astype(np.uint8)


def write(page: Image, ink: int = 50, lines: int = 12, size: float = 0.8, seed: int = 0) -> Image:
    """``page`` with lines of cursive writing, ``ink`` its level."""
    rng = np.random.default_rng(seed)
    written = page.copy()
    step = page.shape[0] * 3 // 4 // max(lines, 12)
    for line in range(lines):
        place = 90 + int(rng.integers(0, 40)), page.shape[0] // 6 + line * step
        words = WORDS[: int(rng.integers(24, 40))]
        font = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX
        cv2.putText(written, words, place, font, size, (ink, ink, ink), 2, cv2.LINE_AA)
    return written


def rule(page: Image, ink: int = 70) -> Image:
    """``page`` with the rules of a register: a head, rows and columns."""
    height, width = page.shape[:2]
    ruled, colour = page.copy(), (ink, ink, ink)
    for row in range(height // 8, height * 15 // 16, height // 20):
        cv2.line(ruled, (width // 12, row), (width * 11 // 12, row), colour, 1)
    for share in (1 / 12, 1 / 5, 3 / 5, 11 / 12):
        column = round(width * share)
        cv2.line(ruled, (column, height // 8), (column, height * 15 // 16), colour, 2)
    return ruled


def tilt(page: Image, angle: float, fill: int) -> Image:
    """``page`` turned counter-clockwise on a canvas that holds it all."""
    size = page.shape[1], page.shape[0]
    canvas = turned_size(angle, size)
    return Transform.turn(angle, size, canvas).warp(page, canvas, (fill,) * 3)
