"""All that the places of one case must respect."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from common.geometry import Box
from extract.form.ground import Ground
from extract.form.words import Word
from models.reading import Image


@dataclass(frozen=True)
class Surroundings:
    """All that the slots of one entry must respect.

    Attributes:
        ground: lines and measures of the form.
        labels: boxes of every label found on the page, of this entry and the others.
        words: every printed word read.
        bottom: where the entry ends.
        heads: extents (x0, x1) of a table's columns by section, from their printed heads.
        ruled: the cells of these heads, where rules close them all.
        blank: (H, W) the blank form.
        ticked_right: whether this press prints the squares to tick after their labels.
        pitch: usual distance between rows of labels, pixels.
    """

    ground: Ground
    labels: tuple[Box, ...]
    words: tuple[Word, ...]
    bottom: float
    heads: dict[str, tuple[tuple[float, float], ...]]
    blank: Image
    ticked_right: bool
    pitch: float
    ruled: dict[str, tuple[Box, ...]] = field(default_factory=dict)

    def darkness(self, box: Box) -> float:
        """How dark the ink in a box is: its fifth percentile's distance from white, 0..255."""
        x0, y0, x1, y1 = box.clipped(*self.ground.size).rounded()
        area = self.blank[y0:y1, x0:x1]
        return 255 - float(np.percentile(area, 5)) if area.size else 0.0
