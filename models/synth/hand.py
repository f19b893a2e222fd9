"""One clerk's hand: habits drawn once, then kept through a book.

A line is shaped in a face, its outlines are bent by smooth random fields (so that no letter
repeats and joins stay joined), its marks are moved or written as strokes of their own, and the
whole is filled with ink under a varying pressure. The same code writes typewriter and print,
with other habits.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from models.synth.deform import Bends, Form, Warp, letter_form
from models.synth.faces import Face, faces
from models.synth.marks import MarkHabits, bare, mark_strokes
from models.synth.outlines import Placed, Points
from models.synth.pen import PENS, Pen, fill

USUAL_STROKE = 0.1  # pen width most hands come near to, in x-heights
SUBSTITUTES = {"″": '"', "〃": '"', "№": "N°", "’": "'", "—": "–", "…": "..."}


@dataclass(frozen=True)
class Ink:
    """Written ink: ``alpha`` (H, W) float32 in 0…1, and where it sits.

    ``baseline`` is the row of the baseline, ``left`` the column of the pen's start (both may be
    fractions), ``colour`` the RGB of full ink.
    """

    alpha: NDArray[np.float32]
    baseline: float
    left: float
    colour: tuple[int, int, int]


@dataclass(frozen=True)
class Hand(Bends):
    """A clerk's frozen habits. Lengths are in x-heights, angles in radians.

    ``borrowed`` letters are written as in the face ``other``; ``style`` is how far each letter's
    form departs, always in the same way, from the face.
    """

    face: Face
    pen: Pen
    letter_gap: float = 0.0
    word_gap: float = 1.0
    jitter: float = 0.0
    own_marks: bool = False
    other: Face | None = None
    borrowed: frozenset[str] = frozenset()
    style: float = 0.0
    style_seed: int = 0
    marks: MarkHabits = field(default_factory=MarkHabits)

    @classmethod
    def random(cls, rng: Generator, face: Face) -> Hand:
        """Draw the habits of a new clerk (or machine, or press) writing in ``face``."""
        if face.look == "print":
            return cls(face, Pen.random(rng, "press"))
        if face.look == "typewriter":
            pen = Pen.random(rng, "ribbon")
            jitter, stretch = float(rng.uniform(0.1, 0.5)), float(rng.uniform(0.85, 1.1))
            return cls(face, pen, jitter=jitter, stretch=stretch)
        joined = face.outlines.connected
        other = _other_face(rng, face)
        letters = string.ascii_uppercase + ("" if joined else string.ascii_lowercase)
        share = float(rng.uniform(0.1, 0.6))
        pen = Pen.random(rng, str(rng.choice(list(PENS))))
        usual = (USUAL_STROKE / face.outlines.stroke) ** 0.6
        return cls(
            face,
            replace(pen, weight=pen.weight * usual),
            slant=float(rng.normal(0.05, 0.16)),
            stretch=float(np.exp(rng.normal(0.1, 0.18))),
            ascender=float(np.exp(rng.normal(0.0, 0.14))),
            descender=float(np.exp(rng.normal(0.0, 0.16))),
            letter_gap=0.0 if joined else float(rng.normal(0.05, 0.09)),
            word_gap=float(np.clip(np.exp(rng.normal(0.2, 0.35)), 0.75, 2.5)),
            jitter=float(rng.uniform(0.15, 0.5) if joined else rng.uniform(0.3, 1.1)),
            wobble=float(rng.uniform(0.3, 1.3)),
            tremble=float(max(0.0, rng.normal(0.0, 0.5))),
            baseline_drift=float(abs(rng.normal(0, 0.12))),
            own_marks=bool(rng.random() < 0.65 or face.flawed),
            other=other,
            borrowed=frozenset(c for c in letters if other and rng.random() < share),
            style=float(rng.uniform(0.05, 0.25) if joined else rng.uniform(0.2, 1.3)),
            style_seed=int(rng.integers(2**31)),
            marks=MarkHabits.random(rng),
        )

    def measure(self, text: str) -> float:
        """The width of ``text`` in x-heights, before letters vary."""
        placed = self._shape(text)
        return sum(p.advance + self._extra(p) for p in placed) * self.stretch

    def write(self, text: str, x_height: float, rng: Generator) -> Ink:
        """Write one line.

        Args:
            text: NFC text; characters the face lacks are written as their nearest, or left out.
            x_height: height of a small ``x``, in pixels.
            rng: what differs between two writings of the same text.
        """
        text = self._writable(text)
        letters, strokes = self._contours(text, rng)
        letters, strokes = Warp(self, rng).bend(letters, strokes)
        alpha, baseline, left = fill(
            letters, strokes, x_height, self.face.outlines.stroke, self.pen, rng
        )
        return Ink(alpha, baseline, left, self.pen.colour)

    def _writable(self, text: str) -> str:
        outlines = self.face.outlines
        text = "".join(c if outlines.supports(c) else SUBSTITUTES.get(c, c) for c in text)
        return "".join(c for c in text if outlines.supports(c))

    def _shape(self, text: str) -> list[Placed]:
        shaped = "".join(map(bare, text)) if self.own_marks else text
        placed = self.face.outlines.shape(shaped)
        if self.other is None:
            return placed
        shift, mixed = 0.0, []
        for each in placed:
            letter = each
            if bare(each.char) in self.borrowed:
                letter = self.other.outlines.letter(each.char)
            mixed.append(replace(letter, index=each.index, x=each.x + shift, y=each.y))
            shift += letter.advance - each.advance
        return mixed

    def _extra(self, placed: Placed) -> float:
        if placed.char == " ":
            return placed.advance * (self.word_gap - 1)
        return self.letter_gap

    def _contours(self, text: str, rng: Generator) -> tuple[list[list[Points]], list[Points]]:
        """Closed contours, a group a glyph or its marks, and the strokes of own marks."""
        letters: list[list[Points]] = []
        strokes: list[Points] = []
        shift = 0.0
        for placed in self._shape(text):
            char = text[placed.index]
            matrix, moved = self._letter(placed, shift, rng)
            shift += self._extra(placed)
            if placed.char == " ":
                shift += placed.advance * float(rng.normal(0, 0.18)) * min(1.0, self.wobble)
                continue
            form = self._form(bare(placed.char))
            body = [form(c) for c in placed.glyph.body]
            letters.append([c @ matrix + moved for c in body])
            own = self.own_marks and bare(char) != char
            if own:
                marks = self._own_strokes(char, np.concatenate(body), rng)
                strokes += [s @ matrix + moved for s in marks]
            dot_gone = own and placed.char in "ij" and char not in "ịỊ"
            if placed.glyph.marks and not dot_gone:
                letters.append(self._moved_marks(placed.glyph.marks, matrix, moved, rng))
        return letters, strokes

    def _form(self, char: str) -> Form:
        return letter_form(self.style_seed, char, self.style)

    def _letter(self, placed: Placed, shift: float, rng: Generator) -> tuple[Points, Points]:
        """A letter's own small affine map: row vectors times the matrix, plus the offset."""
        a, b, c, d, dy = rng.normal(0, 1, 5) * self.jitter
        matrix = np.asarray([[1 + 0.045 * a, 0.02 * b], [0.035 * c, 1 + 0.05 * d]], np.float32)
        centre = np.asarray([placed.advance / 2, 0], np.float32)
        pen = np.asarray([placed.x + shift, placed.y + 0.03 * dy], np.float32)
        return matrix, centre - centre @ matrix + pen

    def _own_strokes(self, char: str, body: Points, rng: Generator) -> list[Points]:
        if rng.random() < 0.006 * self.marks.hurry:
            return []
        top = float(body[:, 1].max())
        upper = body[body[:, 1] > top - 0.4, 0]
        centre = (float(upper.min()) + float(upper.max())) / 2
        low = min(0.0, float(body[:, 1].min()) if bare(char) not in "yY" else -0.1)
        return mark_strokes(char, (centre, top), float(upper.max()), low, self.marks, rng)

    def _moved_marks(
        self, marks: tuple[Points, ...], matrix: Points, moved: Points, rng: Generator
    ) -> list[Points]:
        """A font's marks, displaced, shrunk and turned together, each a little on its own."""
        if self.face.look == "print":
            return [c @ matrix + moved for c in marks]
        loose = 0.25 if self.face.look == "typewriter" else 1.0
        habits = self.marks
        points = np.concatenate(marks)
        centre = (points.min(axis=0) + points.max(axis=0)) / 2
        drift = 0.5 * habits.drift + float(rng.normal(0, 0.04 + 0.08 * habits.hurry))
        lift = float(rng.normal(0, 0.05))
        offset = np.asarray([drift, lift], np.float32) * np.float32(loose)
        size = 1 + loose * float(rng.normal(0.5 * (habits.size - 1), 0.1))
        placed = []
        for contour in marks:
            own = rng.normal(0, 0.03 * loose, 2).astype(np.float32)
            shrunk = (contour - centre) * np.float32(size) + centre
            placed.append((shrunk + offset + own) @ matrix + moved)
        return placed


def _other_face(rng: Generator, face: Face) -> Face | None:
    """A second face some letters are borrowed from, of about the same pen width; often none."""
    if rng.random() < 0.4:
        return None
    every = faces(face.look, face.split)
    other = every[int(rng.integers(len(every)))]
    ratio = other.outlines.stroke / face.outlines.stroke
    taller = other.outlines.cap / face.outlines.cap
    return other if 0.7 < ratio < 1.45 and 0.75 < taller < 1.35 else None
