"""The printed slot a line is written in: leaders, rules, boxes, the end of a label, a stamp.

Everything here is alpha (H, W) float32 in 0…1 of printed (or stamped) ink, to lie under writing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from models.synth.faces import Face, faces
from models.synth.hand import Hand
from models.synth.pen import Layer, Pen

LABELS = (
    "Họ và tên:", "Họ, tên", "Tên, họ ấu-nhi", "tại", "Sanh tại", "Nơi sinh:", "ngày", "tháng",
    "Con trai hay con gái", "Cư trú tại", "Nghề-nghiệp", "Nghề nghiệp:", "Dân tộc:", "Quốc tịch:",
    "Tuổi", "Giới tính:", "Số:", "Nơi cư trú:", "Vợ chánh hay thứ", "Người khai", "Ghi chú:",
    "Quê quán:", "Làm tại", "Bằng chữ:", "Số bộ", "Quyển số:", "Nom et prénoms", "(bằng chữ)",
)  # fmt: skip
ENDINGS = ("Giới tính:", "Dân tộc:", "tháng", "năm", "tuổi", "Quốc tịch:", ";", ".", "(3)", "Số:")


def slot(
    rng: Generator, height: int, width: int, baseline: float, split: str, ends: tuple[int, int]
) -> Layer:
    """Draw a random slot.

    Args:
        rng: the source of chance.
        height, width: of the crop, in pixels.
        baseline: the row the clerk writes on.
        split: whose print faces to use (train, test).
        ends: columns where the writing starts and ends; labels keep outside.
    """
    layer = np.zeros((height, width), np.float32)
    roll = rng.random()
    row = baseline + float(rng.normal(0.08, 0.05)) * height
    if roll < 0.38:
        _dotted(layer, rng, row)
    elif roll < 0.62:
        _rule(layer, rng, row)
    if rng.random() < 0.26:
        _box(layer, rng)
    if rng.random() < 0.3:
        _labels(layer, rng, baseline, split, ends)
    if rng.random() < 0.04:
        _stamp(layer, rng)
    return np.clip(layer, 0, 1)


def _dotted(layer: Layer, rng: Generator, row: float) -> None:
    height, width = layer.shape
    pitch = float(rng.uniform(2.5, 9))
    dot = float(rng.uniform(0.5, min(2.2, pitch / 2.2)))
    slope = float(rng.normal(0, 0.006))
    tile = np.zeros((height, width), np.uint8)
    phase = float(rng.uniform(0, pitch))
    for x in np.arange(phase, width, pitch):
        centre = (round(x * 8), round((row + slope * x) * 8))
        cv2.circle(tile, centre, round(dot * 8), 255, -1, cv2.LINE_AA, 3)
    layer += tile.astype(np.float32) * np.float32(rng.uniform(0.35, 0.95) / 255)


def _rule(layer: Layer, rng: Generator, row: float) -> None:
    height, width = layer.shape
    tile = np.zeros((height, width), np.uint8)
    slope = float(rng.normal(0, 0.006))
    ends = (0, round(row * 8)), (width * 8, round((row + slope * width) * 8))
    cv2.line(tile, *ends, 255, int(rng.integers(1, 3)), cv2.LINE_AA, 3)
    if rng.random() < 0.25:  # dashes
        pitch = int(rng.integers(6, 16))
        tile[:, np.arange(width) % pitch < pitch // 3] = 0
    layer += tile.astype(np.float32) * np.float32(rng.uniform(0.2, 0.95) / 255)


def _box(layer: Layer, rng: Generator) -> None:
    """Edges of a table cell: any of the four sides, near the border of the crop."""
    height, width = layer.shape
    tile = np.zeros((height, width), np.uint8)
    thick = int(rng.integers(1, 4))
    lean = int(rng.integers(-3, 4))
    for side in range(4):
        if rng.random() < 0.5:
            continue
        inset = int(rng.integers(0, 6))
        if side < 2:
            y = inset if side == 0 else height - 1 - inset
            cv2.line(tile, (0, y), (width, y + lean), 255, thick, cv2.LINE_AA)
        else:
            x = 2 * inset if side == 2 else width - 1 - 2 * inset
            cv2.line(tile, (x, 0), (x + lean, height), 255, thick, cv2.LINE_AA)
    layer += tile.astype(np.float32) * np.float32(rng.uniform(0.4, 1.0) / 255)


def _labels(
    layer: Layer, rng: Generator, baseline: float, split: str, ends: tuple[int, int]
) -> None:
    """The end of the printed label before the writing, the start of the one after it."""
    every = faces("print", split)
    face: Face = every[int(rng.integers(len(every)))]
    press = Hand(face, Pen.random(rng, "press"))
    size = float(rng.uniform(0.13, 0.24)) * layer.shape[0]
    if ends[0] > 14 and rng.random() < 0.8:
        ink = press.write(LABELS[int(rng.integers(len(LABELS)))], size, rng)
        paste(layer, ink.alpha, baseline - ink.baseline, ends[0] - 3 - ink.alpha.shape[1])
    if layer.shape[1] - ends[1] > 14 and rng.random() < 0.5:
        ink = press.write(ENDINGS[int(rng.integers(len(ENDINGS)))], size, rng)
        paste(layer, ink.alpha, baseline - ink.baseline, ends[1] + 4)


def _stamp(layer: Layer, rng: Generator) -> None:
    """Arcs of a round office stamp."""
    height, width = layer.shape
    tile = np.zeros((height, width), np.uint8)
    centre = (int(rng.integers(width)), int(rng.integers(-height, 2 * height)))
    radius = int(rng.uniform(0.8, 2.2) * height)
    for ratio, thick in ((1.0, int(rng.integers(2, 5))), (0.93, 1), (0.6, 2)):
        cv2.circle(tile, centre, int(radius * ratio), 255, thick, cv2.LINE_AA)
    layer += tile.astype(np.float32) * np.float32(rng.uniform(0.15, 0.45) / 255)


def paste(layer: Layer, alpha: Layer, top: float, left: float) -> None:
    """Lay ``alpha`` onto ``layer`` (maximum), clipped to it."""
    y, x = round(top), round(left)
    y0, x0 = max(0, y), max(0, x)
    y1, x1 = min(layer.shape[0], y + alpha.shape[0]), min(layer.shape[1], x + alpha.shape[1])
    if y1 > y0 and x1 > x0:
        part = alpha[y0 - y : y1 - y, x0 - x : x1 - x]
        layer[y0:y1, x0:x1] = np.maximum(layer[y0:y1, x0:x1], part)
