"""Line finding, measured: ``python -m models.evaluate_lines PAGES_DIR``.

``PAGES_DIR`` holds page images and ``pages.jsonl`` (blocks of lines, each with a polygon in
pixels of the image). How lines are counted, after the baseline measures of cBAD (Diem et al.,
ICDAR 2017) but stricter, without a tolerance band:

- A true line's baseline is the straight line fitted, by least squares, to the points 60 % down
  its polygon at 32 columns evenly spread over its width; level, at their median, for a polygon
  less than three times as wide as high, whose outline says nothing of its slope. (The polygons
  of eScriptorium begin at the left end of the annotated baseline; over the 3,448 lines of
  ``register_pages_fr`` that vertex lies, in the median, 58 % down.) A detection's baseline
  is its own ``baseline``.
- *one to one* (the figure we quote): a true line and a detection pair when the detection's
  polygon covers at least 70 % of the true baseline **and** the true polygon covers at least 70 %
  of the detection's baseline. Pairs are chosen greedily, best product of the two first; each line
  and each detection is used once. Recall = pairs / true lines, precision = pairs / detections.
- *covered* (many to one, for comparison with papers that allow split or merged lines): a true
  line counts when all detections together cover 70 % of its baseline, a detection when all true
  polygons together cover 70 % of its own.

Nothing is left out: printed headings, stamps' text and marginal notes count on both sides.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from models.lines import TextLine, find_lines

Points = NDArray[np.float64]
COVERED = 0.7
SAMPLES = 32


@dataclass(frozen=True)
class LineScore:
    """Counts of one page, or of many added up."""

    true: int = 0
    found: int = 0
    pairs: int = 0
    true_covered: int = 0
    found_covered: int = 0

    def __add__(self, other: LineScore) -> LineScore:
        return LineScore(
            self.true + other.true,
            self.found + other.found,
            self.pairs + other.pairs,
            self.true_covered + other.true_covered,
            self.found_covered + other.found_covered,
        )

    @property
    def recall(self) -> float:
        return self.pairs / max(1, self.true)

    @property
    def precision(self) -> float:
        return self.pairs / max(1, self.found)

    def row(self) -> str:
        """The figures of one line of the table."""
        covered_recall = self.true_covered / max(1, self.true)
        covered_precision = self.found_covered / max(1, self.found)
        return (
            f"{self.true:6d} {self.found:6d}   {self.recall:.3f} {self.precision:.3f}"
            f"     {covered_recall:.3f} {covered_precision:.3f}"
        )


def polygon_baseline(polygon: Points) -> Points:
    """(32, 2) points of the baseline of an annotated line polygon; see the module's text."""
    left, right = polygon[:, 0].min(), polygon[:, 0].max()
    columns = np.linspace(left, right, SAMPLES + 2)[1:-1]
    x0, y0 = polygon.T
    x1, y1 = np.roll(polygon, -1, axis=0).T
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (columns[:, None] - x0) / (x1 - x0)
        heights = np.where((share >= 0) & (share <= 1), y0 + share * (y1 - y0), np.nan)
    y = 0.4 * np.nanmin(heights, axis=1) + 0.6 * np.nanmax(heights, axis=1)
    if right - left < 3 * (polygon[:, 1].max() - polygon[:, 1].min()):
        return np.stack([columns, np.full(SAMPLES, np.median(y))], axis=1)
    slope, offset = np.polyfit(columns, y, 1)
    return np.stack([columns, slope * columns + offset], axis=1)


def resampled(baseline: Points) -> Points:
    """(32, 2) points evenly spread, by x, over a polyline."""
    x = np.linspace(baseline[0, 0], baseline[-1, 0], SAMPLES + 2)[1:-1]
    return np.stack([x, np.interp(x, baseline[:, 0], baseline[:, 1])], axis=1)


def inside(points: Points, polygon: Points) -> NDArray[np.bool_]:
    """Which points lie in the polygon."""
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    near = np.all((points >= low) & (points <= high), axis=1)
    contour = polygon.astype(np.float32)
    for index in np.flatnonzero(near):
        x, y = (float(value) for value in points[index])
        near[index] = cv2.pointPolygonTest(contour, (x, y), False) >= 0
    return np.asarray(near, dtype=bool)


def score_page(true: Sequence[Points], found: Sequence[TextLine]) -> LineScore:
    """Compare the polygons of a page's true lines with the lines found on it."""
    true_base = [polygon_baseline(polygon) for polygon in true]
    found_base = [resampled(np.asarray(line.baseline, dtype=np.float64)) for line in found]
    shape = (len(true), len(found), SAMPLES)
    true_in = np.zeros(shape, dtype=bool)
    found_in = np.zeros(shape, dtype=bool)
    for i, polygon in enumerate(true):
        for j, line in enumerate(found):
            true_in[i, j] = inside(true_base[i], line.polygon.astype(np.float64))
            found_in[i, j] = inside(found_base[j], polygon)
    there, back = true_in.mean(axis=2), found_in.mean(axis=2)
    return LineScore(
        true=len(true),
        found=len(found),
        pairs=len(pair(there, back)),
        true_covered=int((true_in.any(axis=1).mean(axis=1) >= COVERED).sum()) if found else 0,
        found_covered=int((found_in.any(axis=0).mean(axis=1) >= COVERED).sum()) if true else 0,
    )


def pair(there: Points, back: Points) -> list[tuple[int, int]]:
    """Greedy one-to-one pairs of (true, found) indices where both shares reach 70 %."""
    rows, columns = np.nonzero((there >= COVERED) & (back >= COVERED))
    order = np.argsort(-(there * back)[rows, columns], kind="stable")
    pairs: list[tuple[int, int]] = []
    used_rows: set[int] = set()
    used_columns: set[int] = set()
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row not in used_rows and column not in used_columns:
            pairs.append((row, column))
            used_rows.add(row)
            used_columns.add(column)
    return pairs


def evaluate(folder: Path) -> Iterator[tuple[str, LineScore]]:
    """Score every page of ``folder/pages.jsonl``, in its order: (image name, counts)."""
    for row in (folder / "pages.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(row)
        grey = cv2.imread(str(folder / page["image"]), cv2.IMREAD_GRAYSCALE)
        if grey is None:
            raise InputError("not an image", where=str(folder / page["image"]))
        lines = [line for block in page["blocks"] for line in block["lines"]]
        true = [np.asarray(line["polygon"], dtype=np.float64) for line in lines]
        yield page["image"], score_page(true, find_lines(np.asarray(grey, dtype=np.uint8)))


def main() -> None:
    parser = argparse.ArgumentParser(description="Recall and precision of line finding.")
    parser.add_argument("pages", type=Path, help="a folder with images and pages.jsonl")
    start, total = time.perf_counter(), LineScore()
    sys.stdout.write(f"{'image':34s}   true  found   one to one (R P)  covered (R P)\n")
    for image, score in evaluate(parser.parse_args().pages):
        total += score
        sys.stdout.write(f"{image:34s} {score.row()}\n")
    seconds = time.perf_counter() - start
    sys.stdout.write(f"{'all':34s} {total.row()}   n={total.true} lines, {seconds:.0f} s\n")


if __name__ == "__main__":
    main()
