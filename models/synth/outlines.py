"""Shaped glyph outlines, in units of the x-height, with the marks apart from their letters.

HarfBuzz shapes (joins, contextual forms and kerning kept) and draws; curves are flattened once
a glyph and kept. y points up, 0 is the baseline, 1 the top of ``x``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import uharfbuzz as hb
from numpy.typing import NDArray

Points = NDArray[np.float32]
CURVE_STEPS = 5
FEATURES = {"kern": True, "calt": True, "liga": False, "clig": False}
PLAIN = {"kern": True, "calt": False, "liga": False, "clig": False}


@dataclass(frozen=True)
class Glyph:
    """One glyph's closed contours; ``marks`` lie above or below the body."""

    body: tuple[Points, ...]
    marks: tuple[Points, ...]

    @property
    def top(self) -> float:
        return max((float(c[:, 1].max()) for c in self.body), default=1.0)


@dataclass(frozen=True)
class Placed:
    """A glyph with its pen position and advance (x-heights) and the character it writes."""

    glyph: Glyph
    char: str
    index: int
    x: float
    y: float
    advance: float


class FontOutlines:
    """The outlines of one font file.

    Attributes:
        cap: height of a capital, in x-heights.
        stroke: mean pen width, in x-heights.
        connected: whether neighbouring letters touch.
    """

    def __init__(self, path: Path) -> None:
        self._font = hb.Font(hb.Face(hb.Blob.from_file_path(str(path))))
        self._raw: dict[int, tuple[Points, ...]] = {}
        self._split: dict[tuple[int, bool], Glyph] = {}
        self._letters: dict[str, Placed] = {}
        self._unit = 1.0
        x_glyph = self._contours(self._glyph_id("x"))
        self._unit = 1.0 / max(float(c[:, 1].max()) for c in x_glyph)
        self._raw.clear()
        self.cap = max(float(c[:, 1].max()) for c in self._contours(self._glyph_id("H")))
        self.stroke = self._stroke_width()
        self.connected = self._is_connected()

    def supports(self, char: str) -> bool:
        """Whether the font has a glyph for this character."""
        return self._font.get_nominal_glyph(ord(char)) is not None

    def shape(self, text: str) -> list[Placed]:
        """The glyphs of ``text`` in order, one a letter, each with its pen position."""
        if not text:
            return []
        buffer = self._shaped(text, FEATURES)
        if len({info.cluster for info in buffer.glyph_infos}) < len(text):
            buffer = self._shaped(text, PLAIN)
        placed: list[Placed] = []
        pen = 0.0
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            advance = position.x_advance * self._unit
            x, y = pen + position.x_offset * self._unit, position.y_offset * self._unit
            if placed and info.cluster == placed[-1].index and advance == 0:
                shift = np.asarray([x - placed[-1].x, y], np.float32)
                extra = tuple(c + shift for c in self._contours(info.codepoint))
                placed[-1] = _joined(placed[-1], extra)
                continue
            char = text[info.cluster]
            glyph = self._glyph(info.codepoint, char)
            placed.append(Placed(glyph, char, info.cluster, x, y, advance))
            pen += advance
        return placed

    def _shaped(self, text: str, features: dict[str, bool]) -> hb.Buffer:
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(self._font, buffer, features)
        return buffer

    def letter(self, char: str) -> Placed:
        """One letter by itself, at the pen's origin."""
        if char not in self._letters:
            self._letters[char] = self.shape(char)[0]
        return self._letters[char]

    def _glyph_id(self, char: str) -> int:
        return int(self._font.get_nominal_glyph(ord(char)) or 0)

    def _glyph(self, glyph_id: int, char: str) -> Glyph:
        marked = has_loose_mark(char)
        if (glyph_id, marked) not in self._split:
            contours = self._contours(glyph_id)
            self._split[glyph_id, marked] = split_marks(contours) if marked else Glyph(contours, ())
        return self._split[glyph_id, marked]

    def _contours(self, glyph_id: int) -> tuple[Points, ...]:
        if glyph_id not in self._raw:
            pen = _Flattener()
            self._font.draw_glyph_with_pen(glyph_id, pen)
            self._raw[glyph_id] = tuple(
                np.asarray(contour, np.float32) * np.float32(self._unit)
                for contour in pen.contours
                if len(contour) > 2
            )
        return self._raw[glyph_id]

    def _stroke_width(self) -> float:
        """Mean pen width: twice the area over the perimeter of plain letters."""
        area = perimeter = 0.0
        for char in "nulit":
            for c in self._contours(self._glyph_id(char)):
                following = np.roll(c, -1, axis=0)
                area += float(np.sum(c[:, 0] * following[:, 1] - c[:, 1] * following[:, 0])) / 2
                perimeter += float(np.hypot(*(following - c).T).sum())
        return 2 * abs(area) / max(perimeter, 1e-6)

    def _is_connected(self) -> bool:
        """Whether neighbouring letters of a word touch, as in a joined hand."""
        first, second = self.shape("nn")[:2]
        right = max(float(c[:, 0].max()) for c in first.glyph.body) + first.x
        left = min(float(c[:, 0].min()) for c in second.glyph.body) + second.x
        return right >= left


def has_loose_mark(char: str) -> bool:
    """Whether a letter is written with a mark that does not touch it (also the dot of i, j)."""
    return char in "ij" or any(mark != "\u031b" for mark in unicodedata.normalize("NFD", char)[1:])


def split_marks(contours: tuple[Points, ...]) -> Glyph:
    """Part the contours that lie wholly above or below the letter's largest contour."""
    if len(contours) < 2:
        return Glyph(contours, ())
    sizes = [float(np.prod(np.ptp(c, axis=0))) for c in contours]
    largest = contours[int(np.argmax(sizes))]
    low, high = float(largest[:, 1].min()), float(largest[:, 1].max())
    slack = 0.12 * (high - low)
    body: list[Points] = []
    marks: list[Points] = []
    for contour in contours:
        bottom, top = float(contour[:, 1].min()), float(contour[:, 1].max())
        below = bottom < low - 0.05 and top < low + slack
        beside_tail = top < -0.03 and top - bottom < 0.45
        loose = bottom > high - slack or below or beside_tail
        (marks if loose and contour is not largest else body).append(contour)
    return Glyph(tuple(body), tuple(marks))


def _joined(placed: Placed, extra: tuple[Points, ...]) -> Placed:
    """A letter with what another glyph adds to it: a combining mark, or a joining stroke."""
    contours = placed.glyph.body + placed.glyph.marks + extra
    loose = has_loose_mark(placed.char)
    return replace(placed, glyph=split_marks(contours) if loose else Glyph(contours, ()))


class _Flattener:
    """A fontTools-style pen that flattens curves into points."""

    def __init__(self) -> None:
        self.contours: list[list[tuple[float, float]]] = []

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 (pen protocol)
        self.contours.append([point])

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.contours[-1].append(point)

    def qCurveTo(self, control: tuple[float, float], end: tuple[float, float]) -> None:  # noqa: N802
        (x0, y0), (x1, y1), (x2, y2) = self.contours[-1][-1], control, end
        for step in range(1, CURVE_STEPS + 1):
            t = step / CURVE_STEPS
            a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
            self.contours[-1].append((a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2))

    def curveTo(  # noqa: N802
        self, first: tuple[float, float], second: tuple[float, float], end: tuple[float, float]
    ) -> None:
        start = self.contours[-1][-1]
        for step in range(1, CURVE_STEPS + 3):
            t = step / (CURVE_STEPS + 2)
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            corners = (start, first, second, end)
            x = sum(w * p[0] for w, p in zip(weights, corners, strict=True))
            y = sum(w * p[1] for w, p in zip(weights, corners, strict=True))
            self.contours[-1].append((x, y))

    def closePath(self) -> None:  # noqa: N802
        return

    def endPath(self) -> None:  # noqa: N802
        return
