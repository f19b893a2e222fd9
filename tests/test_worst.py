"""The picture of what a reader cannot read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from models.reading import Image, Reading
from models.training.data import Line
from models.training.worst import draw_worst, worst_lines


class Knows:
    """Reads a line's first letters: as many as its mean shade says."""

    source = "test"

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        return [Reading("Nguyễn Văn Tư"[: int(line[0, 0])], 1.0) for line in lines]


def line(letters: int, group: str) -> Line:
    return Line(np.full((30, 200), letters, np.uint8), "Nguyễn Văn Tư", group)


def test_the_worst_line_of_each_hand_of_the_sets_that_may_be_shown(tmp_path: Path) -> None:
    lines = [line(13, "a"), line(2, "a"), line(5, "a"), line(9, "b"), line(12, "c")]
    sets = {"vn_address_lines": [line(0, "z")], "wills_fr": lines, "rendered severe": lines[:1]}
    found = worst_lines(Knows(), sets, each=2)
    assert [(name, one.group, text) for name, one, text in found] == [
        ("wills_fr", "a", "Ng"),
        ("wills_fr", "b", "Nguyễn Vă"),
        ("rendered severe", "a", "Nguyễn Văn Tư"),
    ]
    draw_worst(found, tmp_path / "worst.png")
    drawn = cv2.imread(str(tmp_path / "worst.png"), cv2.IMREAD_UNCHANGED)
    assert drawn.ndim == 2 and drawn.shape[1] > 900
    assert (tmp_path / "worst.png").stat().st_size < 300_000
    rows = np.flatnonzero((drawn < 128).any(axis=1))
    assert rows.min() < 20 and rows.max() > drawn.shape[0] * 0.8  # the last line is there as well
