"""Ruled lines and dotted leaders of a page: finding them, and lifting them out of the image.

Solid rules are long, thin, straight runs of ink: a directional opening of the ink mask leaves
only runs, and collinear runs are chained over the gaps that fading and crossing strokes tear.
Dotted leaders are rows of small, regularly spaced blobs. Everything is plain morphology
(Gonzalez & Woods, ch. 9), a fraction of a second a page, and needs no training.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from common.options import Options
from models.reading import Image

Mask = NDArray[np.uint8]


class Segment(NamedTuple):
    """A straight rule in pixels, from (x0, y0) to (x1, y1), left to right or top to bottom."""

    x0: float
    y0: float
    x1: float
    y1: float
    thickness: float

    @property
    def length(self) -> float:
        return math.hypot(self.x1 - self.x0, self.y1 - self.y0)

    def at(self, x: float) -> float:
        """The height of a horizontal rule, prolonged if need be, at column ``x``."""
        return self.y0 + (self.y1 - self.y0) * (x - self.x0) / max(1e-6, self.x1 - self.x0)


@dataclass(frozen=True)
class Rules:
    """The rules of one page: solid horizontal and vertical ones, and dotted leaders."""

    horizontal: tuple[Segment, ...] = ()
    vertical: tuple[Segment, ...] = ()
    dotted: tuple[Segment, ...] = ()


class RuleOptions(Options):
    """How rules are found. Lengths are shares of the page's longer side.

    Attributes:
        run: shortest unbroken run of ink that can be part of a solid rule.
        length: shortest solid rule.
        gap: widest gap that is bridged between collinear runs.
        dot: largest width and height of a leader's dot.
        dots: fewest dots of a leader.
        contrast: how much darker than its surroundings ink is, in grey levels.
    """

    run: float = 0.015
    length: float = 0.04
    gap: float = 0.02
    dot: float = 0.0036
    dots: int = 6
    contrast: int = 10


def find_rules(grey: Image, options: RuleOptions | None = None) -> Rules:
    """Find solid rules and leaders on a page (H, W), ink dark, within about 2° of upright."""
    options = options or RuleOptions()
    ink = ink_mask(grey, options.contrast)
    turned = np.ascontiguousarray(ink.T)
    return Rules(
        horizontal=tuple(_solid(ink, options)),
        vertical=tuple(_turned(segment) for segment in _solid(turned, options)),
        dotted=tuple(_dotted(ink, options)),
    )


def leader_dots(grey: Image, options: RuleOptions | None = None) -> NDArray[np.float64]:
    """Centres (N, 2) as x, y of all blobs of a page (H, W) that are as small as a leader's dots."""
    options = options or RuleOptions()
    return _dots(ink_mask(grey, options.contrast), options)[1]


def lift_rules(grey: Image, rules: Rules, options: RuleOptions | None = None) -> Image:
    """The page without its rules: they are painted over with the paper beside them.

    Ink that crosses or touches a rule stays whole: only columns (rows, for a vertical rule) whose
    run of ink is no longer than the rule is thick are painted over.
    """
    options = options or RuleOptions()
    ink = ink_mask(grey, options.contrast)
    page = _lift_solid(grey, ink, rules.horizontal, options)
    turned = tuple(_turned(segment) for segment in rules.vertical)
    page = _lift_solid(page.T, np.ascontiguousarray(ink.T), turned, options).T
    return np.ascontiguousarray(_lift_dotted(page, ink, rules.dotted, options))


def ink_mask(grey: Image, contrast: int = 10) -> Mask:
    """255 where a pixel is ``contrast`` darker than the mean of its surroundings, else 0."""
    block = max(15, round(max(grey.shape) * 0.015)) | 1
    return np.asarray(
        cv2.adaptiveThreshold(
            grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, contrast
        ),
        dtype=np.uint8,
    )


def rule_mask(shape: tuple[int, ...], rules: Rules, extra: int = 4) -> Mask:
    """255 on the solid rules of a page of this shape, ``extra`` px wider than they are thick."""
    return _band(shape, rules.horizontal + rules.vertical, extra)


def _turned(segment: Segment) -> Segment:
    return Segment(segment.y0, segment.x0, segment.y1, segment.x1, segment.thickness)


def _pixels(share: float, shape: tuple[int, ...], least: int) -> int:
    return max(least, round(max(shape[:2]) * share))


def _row(width: int) -> Mask:
    return np.ones((1, width), dtype=np.uint8)


def _column(height: int) -> Mask:
    return np.ones((height, 1), dtype=np.uint8)


def _runs(ink: Mask, options: RuleOptions) -> Mask:
    """The parts of the mask that are long horizontal runs, small tears mended."""
    run = _pixels(options.run, ink.shape, 12)
    mended = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, _row(max(3, run // 8)))
    return np.asarray(cv2.morphologyEx(mended, cv2.MORPH_OPEN, _row(run)), dtype=np.uint8)


def _solid(ink: Mask, options: RuleOptions) -> list[Segment]:
    """Horizontal solid rules of a mask."""
    runs = _runs(ink, options)
    # A slanted rule is a staircase of runs: joined by a pixel of height, a component again.
    joined = cv2.dilate(runs, _column(3))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    length = _pixels(options.length, ink.shape, 30)
    pieces = []
    thickest = _pixels(0.005, ink.shape, 8)
    for index in range(1, count):
        x, y, width, height, _ = stats[index]
        if height > max(thickest, width * 0.15):  # a blot, a stamp, a dark border
            continue
        part = (labels[y : y + height, x : x + width] == index) & (
            runs[y : y + height, x : x + width] > 0
        )
        pieces.append(_fitted(part, int(x), int(y)))
    chains = chain(pieces, gap=_pixels(options.gap, ink.shape, 20))
    side = max(ink.shape)
    chains = [_without_letters(links, ink, 0.1 * side) for links in chains]
    rules = [(_joined(links), links) for links in chains if links]
    return [
        rule
        for rule, links in rules
        if rule.length >= length and _stands_out(rule, links, ink, alone=0.1 * side)
    ]


def _without_letters(links: list[Segment], ink: Mask, short: float) -> list[Segment]:
    """The chain without short pieces at its ends that are the feet of letters beside the rule."""

    def letters(piece: Segment) -> bool:
        return piece.length < short and _inked(piece, ink)[1] < 0.3 * piece.length

    while links and letters(links[0]):
        links = links[1:]
    while links and letters(links[-1]):
        links = links[:-1]
    return links


def _stands_out(rule: Segment, links: list[Segment], ink: Mask, alone: float) -> bool:
    """Whether a chain is a rule and not a row of writing.

    Along a rule there is ink nearly everywhere, and beside it paper: at half of its columns, at
    ``alone`` pixels of it in all, or, where writing stands on it, everywhere on the other side.
    Where two rules run side by side, ink along a long way will do.
    """
    inked, clear, half = np.sum([_inked(link, ink) for link in links], axis=0)
    if inked < 0.6 * rule.length:
        return False
    return bool(
        clear >= min(0.5 * rule.length, alone)
        or inked >= max(0.9 * rule.length, 2 * alone)
        or min(inked, half) >= 0.95 * rule.length
    )


def _inked(piece: Segment, ink: Mask) -> tuple[int, int, int]:
    """At how many columns there is ink on the piece, at how many of these none beside it, and at
    how many none on its emptier side."""
    x = np.arange(max(0, round(piece.x0)), min(ink.shape[1], round(piece.x1)))
    y = np.interp(x, [piece.x0, piece.x1], [piece.y0, piece.y1])

    def rows(*offsets: float) -> NDArray[np.bool_]:
        at = np.clip(np.rint(y + np.array(offsets)[:, None]).astype(int), 0, ink.shape[0] - 1)
        return np.asarray((ink[at, x] > 0).any(axis=0))

    near = piece.thickness / 2 + 3
    on = rows(-1, 0, 1)
    above, below = rows(-near - 6, -near - 3, -near), rows(near, near + 3, near + 6)
    half = max(int((on & ~above).sum()), int((on & ~below).sum()))
    return int(on.sum()), int((on & ~above & ~below).sum()), half


def _fitted(part: NDArray[np.bool_], x: int, y: int) -> Segment:
    """The straight line through a component's pixels, and its mean thickness."""
    columns = part.sum(axis=0)
    filled = np.flatnonzero(columns)
    middle = (part * np.arange(part.shape[0])[:, None]).sum(axis=0)[filled] / columns[filled]
    at = filled - filled.mean()
    slope = float(at @ middle) / max(float(at @ at), 1e-9)  # least squares
    offset = float(middle.mean()) - slope * float(filled.mean())
    first, last = float(filled[0]), float(filled[-1])
    return Segment(
        x + first,
        y + offset + slope * first,
        x + last + 1,
        y + offset + slope * last,
        float(np.median(columns[filled])),
    )


def chain(pieces: list[Segment], gap: float) -> list[list[Segment]]:
    """Group horizontal pieces that continue each other, left to right, over at most ``gap`` px."""
    chains: list[list[Segment]] = []
    near: list[list[Segment]] = []  # those that end close enough to go on
    for piece in sorted(pieces):
        near = [links for links in near if piece.x0 - links[-1].x1 <= gap]
        best = min(
            (links for links in near if _continues(links[-1], piece, gap)),
            key=lambda links: piece.x0 - links[-1].x1,
            default=None,
        )
        if best is None:
            chains.append([piece])
            near.append(chains[-1])
        elif piece.x1 > best[-1].x1:
            best.append(piece)
    return chains


def _joined(links: list[Segment]) -> Segment:
    first, last = links[0], links[-1]
    thickness = float(np.median([link.thickness for link in links]))
    return Segment(first.x0, first.y0, last.x1, last.y1, thickness)


def _continues(left: Segment, right: Segment, gap: float) -> bool:
    between = right.x0 - left.x1
    drift = 2 + 0.02 * abs(between) + (left.thickness + right.thickness) / 4
    return -gap / 2 <= between <= gap and abs(right.y0 - left.y1) <= drift


def _dots(ink: Mask, options: RuleOptions) -> tuple[Mask, NDArray[np.float64]]:
    """The mask of dot-sized blobs alone, and their centres (N, 2)."""
    size = _pixels(options.dot, ink.shape, 3)
    _, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    small = (
        (stats[:, cv2.CC_STAT_WIDTH] <= 2 * size)
        & (stats[:, cv2.CC_STAT_HEIGHT] <= size)
        & (stats[:, cv2.CC_STAT_AREA] >= 2)
    )
    small[0] = False
    return np.where(small[labels], 255, 0).astype(np.uint8), centres[small]


def _dotted(ink: Mask, options: RuleOptions) -> list[Segment]:
    """Rows of small blobs at a regular pitch."""
    size = _pixels(options.dot, ink.shape, 3)
    mask, centres = _dots(ink, options)
    if len(centres) == 0:
        return []
    rows = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _row(3 * size | 1))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(rows, connectivity=8)
    owner = labels[centres[:, 1].astype(int), centres[:, 0].astype(int)]
    pieces = []
    for index in range(1, count):
        _, _, width, height, _ = stats[index]
        if width < 4 * size or height > 1.5 * size + width * 0.03:
            continue
        dots = centres[owner == index]
        if _regular(dots, options.dots):
            pieces.append(_leader(dots, float(size)))
    chains = chain(pieces, gap=_pixels(options.gap, ink.shape, 20))
    return [_joined(links) for links in chains]


def _regular(dots: NDArray[np.float64], fewest: int) -> bool:
    """Whether the dots of a row come at one pitch: most steps are within 30 % of the median."""
    if len(dots) < fewest:
        return False
    steps = np.diff(np.sort(dots[:, 0]))
    return float(np.mean(np.abs(steps - np.median(steps)) <= 0.3 * np.median(steps))) >= 0.6


def _leader(dots: NDArray[np.float64], size: float) -> Segment:
    slope, offset = np.polyfit(dots[:, 0], dots[:, 1], 1)
    first, last = float(dots[:, 0].min()), float(dots[:, 0].max())
    return Segment(first, offset + slope * first, last, offset + slope * last, size)


def _band(shape: tuple[int, ...], segments: tuple[Segment, ...], extra: int) -> Mask:
    """The pixels on the segments, ``extra`` pixels wider than they are thick."""
    band = np.zeros(shape[:2], dtype=np.uint8)
    for line in segments:
        ends = (round(line.x0), round(line.y0)), (round(line.x1), round(line.y1))
        cv2.line(band, *ends, 255, max(1, round(line.thickness)) + extra)
    return band


def _lift_solid(
    grey: Image, ink: Mask, segments: tuple[Segment, ...], options: RuleOptions
) -> Image:
    """Paint over horizontal rules."""
    if not segments:
        return grey
    thickness = round(float(np.median([line.thickness for line in segments])))
    rule = cv2.dilate(_runs(ink, options), _column(3)) & _band(ink.shape, segments, 8)
    strokes = _crossing(cv2.bitwise_and(ink, cv2.bitwise_not(rule)), thickness + 4)
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, _column(2 * thickness + 9))
    return np.asarray(np.where((rule > 0) & (strokes == 0), paper, grey), dtype=np.uint8)


def _crossing(outside: Mask, reach: int) -> Mask:
    """Where ink outside a rule stands within ``reach`` pixels both above and below: strokes that
    go on across it. What only stands on the rule ends there."""
    wide = cv2.dilate(outside, np.ones((1, 5), dtype=np.uint8))
    kernel = np.concatenate([_column(reach), np.zeros((reach + 1, 1), np.uint8)])
    above, below = cv2.dilate(wide, kernel), cv2.dilate(wide, np.ascontiguousarray(kernel[::-1]))
    return np.asarray(cv2.dilate(cv2.bitwise_and(above, below), _row(3)), dtype=np.uint8)


def _lift_dotted(
    grey: Image, ink: Mask, segments: tuple[Segment, ...], options: RuleOptions
) -> Image:
    """Paint over the dots on leaders; ink that is more than a dot stays."""
    if not segments:
        return grey
    dots, _ = _dots(ink, options)
    size = _pixels(options.dot, ink.shape, 3)
    on_leader = cv2.dilate(dots & _band(ink.shape, segments, 2), np.ones((3, 3), dtype=np.uint8))
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((2 * size + 3,) * 2, dtype=np.uint8))
    return np.asarray(np.where(on_leader > 0, paper, grey), dtype=np.uint8)
