"""A clerk's pen on one page: values in their blanks, ticks, corrections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.synth.clerk import BLANK, READ, Written
from models.synth.entry import COMPOSITE
from models.synth.form_layout import Slot, Words
from models.synth.hand import Hand, Ink
from models.synth.page import Mark, Page, Points, blot_in, corners, moved, press_colour
from models.synth.press import Press, draw_words
from models.synth.signature import sign

OFFICERS = ("nguoiKy", "nguoiThucHien")  # whose names stand under their signatures
STRUCK = 0.004  # share of fields first written wrong, struck out and written again
Line = tuple[float, float, float]  # a line of a blank: x0, x1, baseline


@dataclass(frozen=True)
class Writer:
    """A clerk's hand at work in this book. ``x_height`` in millimetres."""

    hand: Hand
    x_height: float
    lift: float  # baseline above the printed line, in x-heights
    overflow: float  # how far beyond a blank this clerk writes, as a share of its width


@dataclass(frozen=True)
class Desk:
    """A page under a clerk's pen. ``affine`` maps the press's sheet to the page."""

    page: Page
    press: Press
    affine: NDArray[np.float32]
    writer: Writer
    rng: np.random.Generator

    def write(self, entry: int, written: Mapping[str, Written]) -> dict[str, Points]:
        """Write an entry's fields (entry 0: the page's own) into their blanks.

        Returns, by code, the points that enclose what was written; the slot's for a blank.
        """
        places: dict[str, list[Points]] = {}
        for slot in self.press.sheet.slots:
            field = written.get(slot.code)
            if slot.entry != entry or field is None or slot.part == "+":
                continue
            parted = self._fill(slot, field)
            if field.status == BLANK:
                codes = [slot.code, *COMPOSITE.get(slot.code, ())]
                parted = {code: [moved(corners(slot.box), self.affine)] for code in codes}
            for code, points in parted.items():
                places.setdefault(code, []).extend(points)
        result = {code: np.concatenate(parts) for code, parts in places.items() if parts}
        for code, cloud in result.items():
            text = (written[code].raw or "") if code in written else ""
            self.page.marks.append(Mark("field", text, code, entry, cloud))
        return result

    def _fill(self, slot: Slot, field: Written) -> dict[str, list[Points]]:
        """Write one blank, with its further lines; the points by code."""
        text = field.texts.get(slot.part, "")
        if not text:
            return {}
        if slot.kind == "tick":
            return {slot.code: [self._tick(slot, text)]}
        if slot.kind == "print":
            return {slot.code: [self._print(slot, text)]}
        size = min(self.writer.x_height * self.press.scale, 0.3 * self.press.pitch)
        hand = self.writer.hand
        if slot.code.startswith("_ky"):
            x, y = self._at(*slot.box.centre) + self.rng.normal(0, 0.05 * slot.box.width, 2)
            sign(self.page.plate, text, hand, size, (float(x), float(y)), self.rng)
            return {}
        blanks = self._lines(slot)
        parted: dict[str, list[Points]] = {}
        done = 0
        for line, height, blank in self._fitted(text, blanks, size):
            points = self._line(line, height, blank, slot, field)
            if len(points):
                self.page.lines.append(Mark("line", line, slot.code, slot.entry, points))
                parted.setdefault(slot.code, []).append(points)
                for code, piece in _pieces(points, line, done, field, hand):
                    parted.setdefault(code, []).append(piece)
            done += len(line) + 1
        return parted

    def _line(self, text: str, size: float, blank: Line, slot: Slot, field: Written) -> Points:
        """Write one line of text; the points that enclose it."""
        x0, x1, baseline = blank
        ink = self.writer.hand.write(text, size, self.rng)
        width = ink.alpha.shape[1] - ink.left
        plain = field.status == READ and not slot.part and slot.code not in OFFICERS
        if plain and self.rng.random() < STRUCK and x0 + 2.1 * width < x1:
            x0 += self._strike_out(text, size, x0, baseline)
        spare = max(0.0, x1 - x0 - width)
        share = 0.5 if slot.code in OFFICERS else float(self.rng.uniform(0.01, 0.22))
        y = baseline - self.writer.lift * size + float(self.rng.normal(0, 0.09 * size))
        x, y = self._at(x0 + share * spare, y)
        return blot_in(self.page.plate, ink, float(x), float(y))

    def _strike_out(self, text: str, size: float, x: float, baseline: float) -> float:
        """Write a slip of the pen and strike it out; the width it took."""
        letters = list(text)
        place = int(self.rng.integers(len(letters)))
        letters[place] = "o" if letters[place] != "o" else "e"
        ink = self.writer.hand.write("".join(letters), size, self.rng)
        left, base = self._at(x, baseline - self.writer.lift * size)
        points = blot_in(self.page.plate, ink, float(left), float(base))
        if not len(points):
            return 0.0
        (x0, _), (x1, _) = points.min(axis=0), points.max(axis=0)
        for height in (0.35, 0.6)[: int(self.rng.integers(1, 3))]:
            y = float(base) - height * size
            ends = [(round(v * 8), round((y + d) * 8)) for v, d in ((x0 - 4, 3), (x1 + 4, -3))]
            cv2.line(
                self.page.plate, ends[0], ends[1], self.writer.hand.pen.colour, 2, cv2.LINE_AA, 3
            )
        return float(x1 - left) + 0.8 * size

    def _lines(self, slot: Slot) -> list[Line]:
        """The lines a value may run over, first to last."""
        x0, x1 = slot.box.x0 + 0.05 * self.press.pitch, slot.box.x1
        if slot.code in OFFICERS:
            return [(x0, x1, slot.box.y1 - 0.25 * self.press.pitch)]
        pitch = self.press.pitch
        lines = [(x0, x1, slot.baseline + pitch * index) for index in range(slot.lines)]
        for other in self.press.sheet.slots:
            if (other.code, other.entry, other.part) == (slot.code, slot.entry, "+"):
                lines.append((other.box.x0, other.box.x1, other.baseline))
        return lines

    def _fitted(
        self, text: str, blanks: Sequence[Line], base: float
    ) -> Iterator[tuple[str, float, Line]]:
        """Break a text over its blank's lines, each with an x-height: smaller before too long,
        and never beyond the sheet, where nobody can write."""
        edge = self.press.sheet.width - 0.3 * self.press.pitch
        measure = self.writer.hand.measure
        words = text.split(" ")
        for index, blank in enumerate(blanks):
            room = (blank[1] - blank[0]) * (1 + self.writer.overflow)
            last = index == len(blanks) - 1
            line = words.pop(0) if words else ""
            while words and (last or measure(f"{line} {words[0]}") * 0.9 * base <= room):
                line = f"{line} {words.pop(0)}"
            if line:
                length = max(measure(line), 1e-3)
                fitting, paper = room / length, (edge - blank[0]) / length
                yield line, min(base, max(0.42 * base, fitting), paper), blank

    def _at(self, x: float, y: float) -> Points:
        """A point of the press's sheet, on this page."""
        return np.asarray(moved(np.asarray([(x, y)], np.float32), self.affine)[0])

    def _tick(self, slot: Slot, mark: str) -> Points:
        """Tick a box: a cross or a check mark."""
        box = slot.box.grown(0.15 * slot.box.width, 0.15 * slot.box.height)
        shaken = corners(box) + self.rng.normal(0, 2, (4, 2)).astype(np.float32)
        a, b, c, d = moved(shaken, self.affine)
        strokes = [(a, c), (b, d)]
        if mark == "v":
            strokes = [((a + d) / 2, (c + d) / 2), ((c + d) / 2, b)]
        for stroke in strokes:
            start, end = (tuple(round(float(v) * 8) for v in point) for point in stroke)
            cv2.line(self.page.plate, start, end, self.writer.hand.pen.colour, 3, cv2.LINE_AA, 3)
        return moved(corners(slot.box), self.affine)

    def _print(self, slot: Slot, text: str) -> Points:
        """Words printed on this page only (a page number)."""
        x, y = self._at(slot.box.x0, slot.baseline)
        face, size = self.press.face, slot.size
        width = face.width(text, size, slot.style)
        words = Words(text, 4, round(1.2 * size), size, slot.style, width=width)
        picture = Image.new("L", (round(width) + 8, round(1.7 * size)), 0)
        draw_words(ImageDraw.Draw(picture), words, face)
        alpha = np.asarray(picture, np.float32) * np.float32(0.9 / 255)
        ink = Ink(alpha, words.baseline, 4.0, press_colour(self.press))
        return blot_in(self.page.plate, ink, float(x), float(y))


def _pieces(
    points: Points, line: str, done: int, field: Written, hand: Hand
) -> Iterator[tuple[str, Points]]:
    """The points of each segment on one line of a blank; ``done``: letters written before it."""
    left, right = float(points[:, 0].min()), float(points[:, 0].max())
    unit = (right - left) / max(hand.measure(line), 1e-3)
    start = 0
    for code, text in field.segments:
        first, last = max(0, start - done), min(len(line), start + len(text) - done)
        start += len(text) + 1
        if not code or last <= first:
            continue
        x0 = left + (unit * hand.measure(line[:first]) if first else 0.0)
        x1 = left + unit * hand.measure(line[:last])
        inside = points[(points[:, 0] >= x0 - 1) & (points[:, 0] <= x1 + 1)]
        if len(inside):
            yield code, inside
