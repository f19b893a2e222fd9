"""The round red stamp of an office, struck over a signature."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.synth.hand import Ink
from models.synth.page import Mark, Page, blot_in
from models.synth.press import PressFace, noise


@dataclass(frozen=True)
class Stamp:
    """A cut stamp: its drawing (alpha 0..1) and its ink."""

    drawing: NDArray[np.float32]
    text: str
    colour: tuple[int, int, int]

    @classmethod
    def cut(
        cls, text: str, centre: str, face: PressFace, scale: float, rng: np.random.Generator
    ) -> Stamp:
        """Cut a stamp of about 34 mm with ``text`` around and ``centre`` across."""
        radius = float(rng.uniform(15, 18)) * scale
        side = int(2 * radius + 8)
        picture = Image.new("L", (side, side), 0)
        draw = ImageDraw.Draw(picture)
        middle = side / 2
        for part, width in ((1.0, 0.055), (0.9, 0.02), (0.55, 0.02)):
            r = radius * part
            box = (middle - r, middle - r, middle + r, middle + r)
            draw.ellipse(box, outline=255, width=max(2, int(width * radius)))
        _around(picture, text, face, radius, middle)
        size = 0.2 * radius
        font = face.font("bold", max(8, int(size)))
        draw.text((middle, middle), centre, fill=255, font=font, anchor="mm", align="center")
        red = (int(rng.integers(170, 215)), int(rng.integers(30, 70)), int(rng.integers(40, 80)))
        return cls(np.asarray(picture, np.float32) / np.float32(255), text, red)

    def strike(self, page: Page, x: float, y: float, entry: int, rng: np.random.Generator) -> None:
        """Strike the stamp about (x, y) of the page: turned, unevenly inked."""
        side = self.drawing.shape[0]
        turn = cv2.getRotationMatrix2D((side / 2, side / 2), float(rng.normal(0, 14)), 1.0)
        alpha = cv2.warpAffine(self.drawing, turn, (side, side))
        alpha = cv2.GaussianBlur(alpha, (0, 0), float(rng.uniform(0.5, 1.1)))
        shape = (side, side)
        inking = 0.68 + 0.22 * noise(shape, rng, side / 4) + 0.16 * noise(shape, rng, 2.5)
        alpha *= np.clip(inking, 0.05, 1) * float(rng.uniform(0.55, 1.0))
        ink = Ink(alpha.astype(np.float32), side / 2, side / 2, self.colour)
        points = blot_in(page.plate, ink, x, y)
        if len(points):
            page.marks.append(Mark("stamp", self.text, "", entry, points))


def _around(picture: Image.Image, text: str, face: PressFace, radius: float, middle: float) -> None:
    """Set ``text`` along the ring, letter by letter, clockwise from the left."""
    font = face.font("bold", max(8, int(0.22 * radius)))
    span = min(1.9 * np.pi, 0.21 * len(text))
    for index, char in enumerate(text):
        angle = -np.pi / 2 - span / 2 + span * (index + 0.5) / len(text)
        tile = Image.new("L", (int(0.5 * radius),) * 2, 0)
        ImageDraw.Draw(tile).text((tile.width / 2, tile.height / 2), char, 255, font, "mm")
        tile = tile.rotate(-np.rad2deg(angle) - 90, Image.Resampling.BILINEAR)
        x = middle + 0.73 * radius * np.cos(angle) - tile.width / 2
        y = middle + 0.73 * radius * np.sin(angle) - tile.height / 2
        picture.paste(255, (round(x), round(y)), tile)
