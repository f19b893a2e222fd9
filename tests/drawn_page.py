"""A page drawn for tests: print, solid and dotted rules, columns; every place known exactly."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from models.synth.faces import faces

WIDTH, HEIGHT = 1654, 2339  # A4 at 200 dpi
Grey = NDArray[np.uint8]


@dataclass
class DrawnPage:
    """A white page to draw on; ``texts`` keeps each text with its ink's box."""

    picture: Image.Image = field(default_factory=lambda: Image.new("L", (WIDTH, HEIGHT), 245))
    texts: list[tuple[str, tuple[int, int, int, int]]] = field(default_factory=list)

    def write(self, x: int, y: int, text: str, size: int = 34) -> None:
        """Set a text with its upper left corner at (x, y)."""
        face = ImageFont.truetype(str(faces("print", "train")[0].path), size)
        draw = ImageDraw.Draw(self.picture)
        draw.text((x, y), text, font=face, fill=40)
        left, top, right, bottom = draw.textbbox((x, y), text, font=face)
        self.texts.append((text, (int(left), int(top), int(right), int(bottom))))

    def rule(self, x0: int, y0: int, x1: int, y1: int, width: int = 3) -> None:
        ImageDraw.Draw(self.picture).line((x0, y0, x1, y1), fill=60, width=width)

    def dots(self, x0: int, x1: int, y: int, pitch: int = 9) -> None:
        draw = ImageDraw.Draw(self.picture)
        for x in range(x0, x1, pitch):
            draw.ellipse((x - 1, y - 1, x + 2, y + 2), fill=60)

    def scanned(self, angle: float = 0.0, noise: float = 4.0) -> Grey:
        """The page turned by ``angle`` degrees, with the noise of a scanner, seed fixed."""
        grey = np.asarray(self.picture)
        if angle:
            turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), angle, 1.0)
            grey = cv2.warpAffine(grey, turn, (WIDTH, HEIGHT), borderValue=245)
        grain = np.random.default_rng(0).normal(0, noise, (HEIGHT, WIDTH))
        return np.clip(grey + grain, 0, 255).astype(np.uint8)


def form_page() -> DrawnPage:
    """Labels over dotted leaders above, a ruled table of three columns below."""
    page = DrawnPage()
    labels = ["Họ và tên", "Ngày sinh", "Nơi sinh", "Dân tộc", "Quốc tịch", "Nghề nghiệp"]
    for row, label in enumerate(labels):
        page.write(150, 200 + 100 * row, label)
        page.dots(420, 1500, 238 + 100 * row)
    for y in (900, 1000, 2100):
        page.rule(150, y, 1500, y)
    for x in (150, 500, 1100, 1500):
        page.rule(x, 900, x, 2100)
    for row in range(10):
        y = 1040 + 100 * row
        page.write(170, y, f"{row + 101} ngày 12")
        page.write(512, y, "Nguyễn Thị Phương Thảo")
        page.write(1112, y, "Mỹ Thành Cai Lậy")
    return page
