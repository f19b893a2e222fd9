"""Text lines of a page: the detector's map, cut at column rules, joined, and completed.

1. `models.line_detector` gives the probability of a line's core at every pixel.
2. Vertical ruled lines cut the cores, so that a line ends where its column ends.
3. Fragments that continue each other within a column become one line.
4. Cores are widened to whole lines (the "unclip" of DB, as a band around the centre line).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from common.options import Options
from models.line_detector import LineDetector, default_detector
from models.reading import Image
from models.rules import Rules, Segment, find_rules, ink_mask, rule_mask

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TextLine:
    """One line of print or handwriting, in pixels of the page.

    Attributes:
        box: the axis-parallel box around ``polygon``.
        polygon: (N, 2) outline, clockwise from the upper left corner.
        confidence: mean probability of text over the line's core, as the detector gave it.
        baseline: (M, 2) points, M >= 2, left to right, where the letters stand.
    """

    box: Box
    polygon: Points
    confidence: float
    baseline: Points


class LineOptions(Options):
    """How lines are found.

    Attributes:
        side: longer side, in pixels, at which the detector sees the page.
        threshold: least probability of a core's pixel.
        confidence: least mean probability of a core.
        unclip: how far a core is widened: area x unclip / perimeter, as in DB.
        gap: widest gap within a line, in heights of its core.
    """

    side: int = 1536
    threshold: float = 0.3
    confidence: float = 0.5
    unclip: float = 1.6
    gap: float = 2.0


@dataclass(frozen=True, eq=False)
class Core:
    """The core of a line on the detector's map: its centre line, half height and score."""

    x: Points
    y: Points
    half: float
    score: float

    @property
    def left(self) -> float:
        return float(self.x[0])

    @property
    def right(self) -> float:
        return float(self.x[-1])


def find_lines(
    grey: Image,
    options: LineOptions | None = None,
    *,
    rules: Rules | None = None,
    detector: LineDetector | None = None,
) -> list[TextLine]:
    """Find the text lines of a page (H, W), in reading order: top to bottom, then left to right.

    ``rules`` saves finding them again. Works on raw scans too; upright within about 3 degrees.
    """
    options = options or LineOptions()
    detector = detector or default_detector()
    rules = rules if rules is not None else find_rules(grey)
    probability = detector.probability(grey, options.side)
    scale = np.array([grey.shape[1] / probability.shape[1], grey.shape[0] / probability.shape[0]])
    columns = column_rules(rules, grey.shape)
    walls = _walls(columns, probability.shape, scale)
    cores = _cores(np.where(walls > 0, 0, probability), options)
    cores = _joined(cores, walls, options.gap)
    ink = ink_mask(grey) & ~rule_mask(grey.shape, rules)
    trimmed = [_trimmed(_scaled(core, scale), ink) for core in cores]
    lines = [
        _line(core, grey.shape, options.unclip) for core in trimmed if not _overhang(core, columns)
    ]
    return sorted(lines, key=lambda line: (line.baseline[:, 1].mean(), line.box.x0))


def column_rules(rules: Rules, shape: tuple[int, ...]) -> tuple[Segment, ...]:
    """The vertical rules that separate columns of text.

    A rule that hangs from a long horizontal rule through which other vertical rules run has no
    heading of its own: it guides the writing inside a column (a margin, francs and centimes),
    and text runs across it.
    """
    near = 0.01 * max(shape)
    long = [rule for rule in rules.horizontal if rule.length > 0.5 * shape[1]]

    def hangs(rule: Segment) -> bool:
        for beam in long:
            height = beam.at(rule.x0)
            through = [
                other
                for other in rules.vertical
                if other.y0 < beam.at(other.x0) - 2 * near
                and other.y1 > height + 2 * near
                and beam.x0 < other.x0 < beam.x1
            ]
            if abs(rule.y0 - height) <= near and len(through) >= 2:
                return True
        return False

    return tuple(rule for rule in rules.vertical if not hangs(rule))


def _walls(
    vertical: tuple[Segment, ...], shape: tuple[int, ...], scale: Points
) -> NDArray[np.uint8]:
    """A mask of the vertical rules on the detector's map."""
    walls = np.zeros(shape, dtype=np.uint8)
    for rule in vertical:
        start = round(rule.x0 / scale[0]), round(rule.y0 / scale[1])
        end = round(rule.x1 / scale[0]), round(rule.y1 / scale[1])
        cv2.line(walls, start, end, 255, max(2, round(rule.thickness / scale[0])))
    return walls


def _cores(probability: NDArray[np.float32], options: LineOptions) -> list[Core]:
    mask = (probability > options.threshold).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    cores = []
    for index in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[index])
        if min(width, height) < 3 or area < 12:
            continue
        window = slice(y, y + height), slice(x, x + width)
        part = labels[window] == index
        score = float(probability[window][part].mean())
        if score >= options.confidence:
            cores.append(_core(part, x, y, score))
    return cores


def _core(part: NDArray[np.bool_], x: int, y: int, score: float) -> Core:
    """The centre line through a component: its mean height in bins about two heights wide."""
    columns = part.sum(axis=0)
    height = float(np.median(columns[columns > 0]))
    middle = (part * np.arange(part.shape[0])[:, None]).sum(axis=0) / np.maximum(columns, 1)
    edges = np.linspace(0, part.shape[1], max(2, round(part.shape[1] / (4 * height))) + 1)
    bins = np.clip(np.searchsorted(edges, np.arange(part.shape[1]), side="right") - 1, 0, None)
    weight = np.bincount(bins, weights=columns)
    centre = np.bincount(bins, weights=columns * middle) / np.maximum(weight, 1e-6)
    knots = (edges[:-1] + edges[1:]) / 2
    slope = float(np.polyfit(knots, centre, 1)[0])
    if abs(slope) > 0.3:  # a stroke, a stamp: no line runs so steeply
        slope = 0.0
    drift = slope * (knots[1] - knots[0]) / 2
    xs = np.concatenate([[0.0], knots, [part.shape[1]]])
    ys = np.concatenate([[centre[0] - drift], centre, [centre[-1] + drift]])
    return Core(x + xs, y + ys + 0.5, height / 2, score)


def _joined(cores: list[Core], walls: NDArray[np.uint8], gap: float) -> list[Core]:
    """Join cores that continue each other on a line, unless a rule stands between them."""
    lines: list[Core] = []
    for core in sorted(cores, key=lambda core: core.left):
        best = min(
            (other for other in lines if _continues(other, core, walls, gap)),
            key=lambda other: core.left - other.right,
            default=None,
        )
        if best is None:
            lines.append(core)
        else:
            lines[lines.index(best)] = _merged(best, core)
    return lines


def _continues(left: Core, right: Core, walls: NDArray[np.uint8], gap: float) -> bool:
    height = left.half + right.half
    between = right.left - left.right
    if not -height < between < gap * height:
        return False
    if abs(left.y[-1] - right.y[0]) > 0.6 * height:
        return False
    if max(left.half, right.half) > 2.5 * min(left.half, right.half):
        return False
    row = min(max(round((left.y[-1] + right.y[0]) / 2), 0), walls.shape[0] - 1)
    start, end = sorted((round(left.right) - 1, round(right.left) + 1))
    return not walls[row, max(0, start) : end].any()


def _merged(left: Core, right: Core) -> Core:
    after = right.x > left.right
    wide = np.array([left.right - left.left, right.right - right.left])
    share = wide / wide.sum()
    return Core(
        np.concatenate([left.x, right.x[after]]),
        np.concatenate([left.y, right.y[after]]),
        float(share @ [left.half, right.half]),
        float(share @ [left.score, right.score]),
    )


def _scaled(core: Core, scale: Points) -> Core:
    """The core in pixels of the page."""
    return Core(core.x * scale[0], core.y * scale[1], core.half * float(scale[1]), core.score)


def _trimmed(core: Core, ink: NDArray[np.uint8]) -> Core:
    """The core from its first to its last column with ink; as it was where no ink is seen."""
    x = np.arange(max(0, int(core.left)), min(ink.shape[1], round(core.right) + 1))
    offsets = np.linspace(-1.3, 1.3, 2 * max(4, round(core.half)))[:, None] * core.half
    rows = np.rint(np.interp(x, core.x, core.y) + offsets).astype(int)
    inked = np.count_nonzero(ink[np.clip(rows, 0, ink.shape[0] - 1), x], axis=0) >= 2
    columns = x[_wide_runs(inked, 3)]
    if len(columns) < 2:
        return core
    inner = core.x[(core.x > columns[0]) & (core.x < columns[-1])]
    knots = np.concatenate([columns[:1], inner, columns[-1:]]).astype(np.float64)
    return Core(knots, np.interp(knots, core.x, core.y), core.half, core.score)


def _wide_runs(flags: NDArray[np.bool_], least: int) -> NDArray[np.bool_]:
    """The flags of runs at least ``least`` long; the others, specks, cleared."""
    row = flags.astype(np.uint8)[None]
    return np.asarray(
        cv2.morphologyEx(row, cv2.MORPH_OPEN, np.ones((1, least), dtype=np.uint8))[0] > 0
    )


def _overhang(core: Core, columns: tuple[Segment, ...]) -> bool:
    """Whether a core is the narrow end of a line that runs over a column rule."""
    if core.right - core.left > 1.5 * core.half:
        return False
    y = float(core.y.mean())
    for rule in columns:
        if rule.y0 <= y <= rule.y1:
            x = rule.x0 + (rule.x1 - rule.x0) * (y - rule.y0) / (rule.y1 - rule.y0)
            reach = rule.thickness / 2 + 4
            if core.left - reach <= x <= core.right + reach:
                return True
    return False


def _line(core: Core, shape: tuple[int, ...], unclip: float) -> TextLine:
    """Widen a core to its line."""
    width, height = core.right - core.left, 2 * core.half
    more = width * height * unclip / (2 * (width + height))
    x, y = core.x.copy(), core.y
    baseline = np.stack([x, y + core.half], axis=1)
    reach = core.half + more
    x[0] -= reach
    x[-1] += reach
    outline = np.concatenate(
        [np.stack([x, y - reach], axis=1), np.stack([x, y + reach], axis=1)[::-1]]
    )
    polygon = np.clip(outline, 0, [shape[1], shape[0]])
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    return TextLine(Box(*low.tolist(), *high.tolist()), polygon, core.score, baseline)
