"""What surrounds a label on the blank form: rules, leaders, ruled cells, the edges of the print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from models.reading import Image
from models.rules import Rules, Segment

_ROOM = 8  # heights of print that a row of a table has besides its label, at most
_BROKEN = 0.008  # of the form's longer side: paper between two rules in line, at least
_LEADER = 0.6  # share of the paper beside a label that its own leader fills; less is dirt
_SHORT = 0.1  # of the form's longer side: what looks like a shorter rule may be small print
_BESIDE = (0.002, 0.0025, 0.003)  # of it: from a rule's middle to the paper beside it
_LETTERS = 0.05  # share of a row of letters that has ink there on both sides; a rule's has none
_ROW = 0.15  # the same of a long one, which much is written on
_THICK_ROW = 0.1  # the same of a long one thicker than the form's rules
_GHOST = 60  # darkness under which a rule is on the other side of the leaf, 0..255
_PALE, _THICK = (0.5, 0.75), 1.5  # of the usual darkness, and thickness, of a form's rules: what
# many wrote at one height is paler, or pale and thick


@dataclass(frozen=True)
class Ground:
    """The blank form's lines and measures.

    Attributes:
        rules: ruled and dotted lines of the blank form.
        height: usual height of a printed label, pixels.
        size: width and height of the form.
        left, right: where the print begins and ends.
        foot: where its lowest label or line stands.
    """

    rules: Rules
    height: float
    size: tuple[int, int]
    left: float
    right: float
    foot: float

    @classmethod
    def of(cls, rules: Rules, labels: Sequence[Box], size: tuple[int, int]) -> Ground:
        """Measure the form from its rules and its labels, of which there must be one."""
        lines = [*rules.horizontal, *rules.dotted]
        inside = [s for s in lines if 0.02 * size[0] < s.x0 and s.x1 < 0.985 * size[0]]
        return cls(
            rules=rules,
            height=float(np.median([box.height for box in labels])),
            size=size,
            left=min([*(box.x0 for box in labels), *(s.x0 for s in inside)]),
            right=max([*(box.x1 for box in labels), *(s.x1 for s in inside)]),
            foot=max([*(box.y1 for box in labels), *(s.y1 for s in inside)]),
        )

    def uprights(self, y0: float, y1: float) -> list[float]:
        """Abscissas of upright rules that cross most of the band, left to right, none twice."""
        xs: list[float] = []
        crossing = [s for s in self.rules.vertical if _covers(s.y0, s.y1, y0, y1)]
        for segment in sorted(crossing, key=lambda s: s.x0):
            share = ((y0 + y1) / 2 - segment.y0) / max(1.0, segment.y1 - segment.y0)
            x = segment.x0 + share * (segment.x1 - segment.x0)
            if not xs or x - xs[-1] > 0.5 * self.height:
                xs.append(x)
        return xs

    def foot_of(self, xs: Sequence[float], y: float) -> float:
        """Where upright rules at these abscissas end below a height; that height if none do."""
        feet = [
            segment.y1
            for segment in self.rules.vertical
            if any(abs((segment.x0 + segment.x1) / 2 - x) < self.height for x in xs)
        ]
        return max([y, *feet])

    def levels(self, x0: float, x1: float) -> list[float]:
        """Ordinates of solid level rules that cross most of the band, from the top, none twice."""
        ys: list[float] = []
        crossing = [s for s in self.rules.horizontal if _covers(s.x0, s.x1, x0, x1)]
        for y in sorted(height_at(s, (x0 + x1) / 2) for s in crossing):
            if not ys or y - ys[-1] > 0.5 * self.height:
                ys.append(y)
        return ys

    def writing_lines(self, area: Box, dotted_only: bool = False) -> list[Segment]:
        """Leaders and rules inside an area to write on, from the top; pieces of one line joined."""
        lines: list[Segment] = []
        solid = () if dotted_only else self.rules.horizontal
        for segment in (*self.rules.dotted, *solid):
            x0, x1 = max(segment.x0, area.x0), min(segment.x1, area.x1)
            y = height_at(segment, (x0 + x1) / 2)
            if x1 - x0 > 2 * self.height and area.y0 < y < area.y1:
                lines.append(Segment(x0, y, x1, y, segment.thickness))
        joined: list[Segment] = []
        for line in sorted(lines, key=lambda s: s.y0):
            if joined and abs(line.y0 - joined[-1].y0) < 0.6 * self.height:
                last = joined[-1]
                joined[-1] = Segment(
                    min(last.x0, line.x0), last.y0, max(last.x1, line.x1), last.y0, last.thickness
                )
            else:
                joined.append(line)
        return joined

    def pitch(self, labels: Sequence[Box]) -> float:
        """Usual distance between rows of labels."""
        middles = sorted(box.centre[1] for box in labels)
        steps = [b - a for a, b in pairwise(middles)]
        rows = [step for step in steps if step > 0.8 * self.height]
        return float(np.median(rows)) if rows else 2.5 * self.height

    def cells_right_of(self, label: Box, count: int) -> list[Box]:
        """Up to ``count`` ruled cells to the right of a label in a table; none outside tables.

        The label stands in a cell of its own when that cell is narrow and closed above or below
        where the next one is, nothing in it is ruled to write on, and what lies beyond the upright
        rule after it is a wider place.
        """
        middle = (label.y0 + label.y1) / 2
        probe = 0.25 * label.height
        uprights = self.uprights(middle - probe, middle + probe)
        edges = [x for x in uprights if x > label.x1 - 4]
        before = max([self.left, *(x for x in uprights if x < label.x0 + 4)])
        cells: list[Box] = []
        for x0, x1 in pairwise(edges):
            levels = self.levels(x0 + 0.1 * (x1 - x0), x1 - 0.1 * (x1 - x0))
            above = [y for y in levels if y < middle]
            below = [y for y in levels if y > middle]
            if not above or not below or len(cells) == count:
                break
            cells.append(Box(x0, above[-1], x1, below[0]))
        if not cells or cells[0].height - label.height > _ROOM * self.height:
            return []
        space = cells[0].x0 - label.x1
        narrow = cells[0].x0 - before < 0.42 * (self.right - self.left)
        wide = cells[0].width > max(4 * self.height, 0.7 * space)
        ruled = self._written_on(label, cells[0].x0)
        return cells if narrow and wide and not ruled and self._closed(cells[0]) else []

    def _closed(self, cell: Box) -> bool:
        """Whether a rule above or below a cell comes from the place left of it."""
        return any(
            min(abs(height_at(s, cell.x0) - y) for y in (cell.y0, cell.y1)) < self.height
            for s in self.rules.horizontal
            if s.x0 < cell.x0 - 2 * self.height and s.x1 > cell.x0 + 2 * self.height
        )

    def _written_on(self, label: Box, end: float) -> bool:
        """Whether a leader of its own runs between a label and the upright rule after it."""
        pieces = (
            min(s.x1, end) - max(s.x0, label.x1)
            for s in (*self.rules.dotted, *self.rules.horizontal)
            if s.x0 > label.x1 - self.height
            and s.x1 < end + self.height
            and label.y0 < height_at(s, label.x1) < label.y1 + 0.8 * self.height
        )
        run = sum(max(0.0, piece) for piece in pieces)
        return run > max(2 * self.height, _LEADER * (end - label.x1))


def _covers(start: float, end: float, low: float, high: float) -> bool:
    return min(end, high) - max(start, low) >= 0.6 * (high - low)


def height_at(segment: Segment, x: float) -> float:
    """The ordinate of a level segment at an abscissa, prolonged where need be."""
    if segment.x1 - segment.x0 < 1:
        return segment.y0
    return segment.y0 + (x - segment.x0) / (segment.x1 - segment.x0) * (segment.y1 - segment.y0)


def without_ghosts(rules: Rules, strict: Image) -> Rules:
    """The rules that nearly all pages print; not those that show through from the other side, nor
    rows of writing that is alike on many pages.

    Args:
        strict: (H, W) what nearly all pages have in common.
    """
    dark = np.asarray(cv2.erode(strict, np.ones((5, 5), dtype=np.uint8)), dtype=np.uint8)

    def kept(segments: Iterable[Segment]) -> tuple[Segment, ...]:
        found = [(segment, _darkness(segment, dark)) for segment in segments]
        real = [(s, darkness) for s, darkness in found if darkness > _GHOST]
        if not real:
            return ()
        usual = float(np.median([darkness for _, darkness in real]))
        thick = _THICK * float(np.median([s.thickness for s, _ in real]))
        return tuple(s for s, d in real if d > _PALE[s.thickness > thick] * usual)

    return Rules(kept(rules.horizontal), kept(rules.vertical), rules.dotted)


def without_letters(rules: Rules, grey: Image) -> Rules:
    """The rules of a form (H, W) without rows of small letters, whose blurred middles run on.

    A rule may be written on or under; letters reach over its edges on both sides.
    """
    side = max(grey.shape)
    thick = _THICK * float(np.median([s.thickness for s in rules.horizontal] or [0.0]))

    def most(segment: Segment) -> float:
        if segment.length <= _SHORT * side:
            return _LETTERS
        return _THICK_ROW if segment.thickness > thick else _ROW

    def ruled(segment: Segment) -> bool:
        xs = np.arange(max(0, round(segment.x0)), min(grey.shape[1], round(segment.x1)))
        ys = np.interp(xs, (segment.x0, segment.x1), (segment.y0, segment.y1))

        def darkness(*offsets: float) -> NDArray[np.float64]:
            rows = np.rint(ys + np.array(offsets)[:, None] * side).astype(int)
            dark = 255.0 - grey[np.clip(rows, 0, grey.shape[0] - 1), xs].min(axis=0)
            return np.asarray(dark)

        ink = 0.4 * float(np.percentile(darkness(-1 / side, 0, 1 / side), 90))
        beside = (darkness(*_BESIDE), darkness(*(-offset for offset in _BESIDE)))
        return min(float((dark > ink).mean()) for dark in beside) < most(segment)

    return Rules(tuple(filter(ruled, rules.horizontal)), rules.vertical, rules.dotted)


def unbroken(upright: Iterable[Segment], grey: Image) -> list[Segment]:
    """Upright rules cut where the paper (H, W) shows through: two tables, one under the other
    with their columns in line, are ruled apart.
    """
    gap = max(3, round(_BROKEN * max(grey.shape)))
    dark = 255 - cv2.erode(grey, np.ones((1, 5), dtype=np.uint8))
    pieces = []
    for rule in upright:
        ys = np.arange(max(0, round(rule.y0)), min(len(dark), round(rule.y1)))
        xs = np.linspace(rule.x0, rule.x1, len(ys)).round().astype(int).clip(0, dark.shape[1] - 1)
        inked = np.flatnonzero(dark[ys, xs] > _GHOST)
        for run in np.split(inked, np.flatnonzero(np.diff(inked) > gap) + 1) if len(inked) else ():
            top, foot = int(run[0]), int(run[-1])
            pieces.append(Segment(xs[top], ys[top], xs[foot], ys[foot] + 1, rule.thickness))
    return pieces


def _darkness(segment: Segment, grey: Image) -> float:
    """The median darkness along a rule, 0..255."""
    count = max(2, round(segment.length / 6))
    xs = np.linspace(segment.x0, segment.x1, count).round().astype(int)
    ys = np.linspace(segment.y0, segment.y1, count).round().astype(int)
    rows, columns = np.clip(ys, 0, grey.shape[0] - 1), np.clip(xs, 0, grey.shape[1] - 1)
    return 255 - float(np.median(grey[rows, columns]))


def bounding(boxes: Iterable[Box]) -> Box:
    """The box around boxes, of which there must be one."""
    xs0, ys0, xs1, ys1 = zip(*boxes, strict=True)
    return Box(min(xs0), min(ys0), max(xs1), max(ys1))
