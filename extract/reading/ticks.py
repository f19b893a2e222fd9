"""Boxes to tick: which of them a clerk ticked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from extract.form.book_form import FieldSlot
from extract.ink.lift import PAPER, Cut, window_of
from extract.reading.options import FieldOptions
from extract.reading.readings import SlotReading
from models.reading import Image

_FRAME = 0.32  # share of a tick's box at each side that its printed square may fill
_EDGE = 0.15  # share of a row of a box that the sides of its printed square darken, at least
_LEAST = 0.45  # share of a box that its square fills in both directions, at least


def tick_cut(page: Image, box: Box, options: FieldOptions) -> Cut:
    """How much of a tick's box is dark, its printed edges left out."""
    inner = page[window_of(box.grown(-_FRAME * box.width, -_FRAME * box.height), page)]
    dark = inner < PAPER - options.ink.dark
    return Cut(inner, float(dark.mean()) if inner.size else 0.0, box)


def square_in(blank: Image, box: Box, options: FieldOptions) -> Box:
    """The square printed in a tick's box of the blank form, which may lie off the box's middle:
    the rows and columns that it darkens. The box itself where none is seen."""
    dark = blank[window_of(box, blank)] < PAPER - options.ink.print_dark
    spans = [_span(dark.mean(axis=axis)) for axis in (0, 1)]
    (left, right), (top, bottom) = spans
    x0, y0 = max(0, round(box.x0)), max(0, round(box.y0))
    square = Box(x0 + left, y0 + top, x0 + right, y0 + bottom)
    seen = square.width >= _LEAST * box.width and square.height >= _LEAST * box.height
    return square if seen else box


def bare_tick(
    blank: Image, squares: Iterable[Box], ink: Iterable[float], how: FieldOptions
) -> float:
    """What the print of a tick's box fills of it: the emptiest box of the page and the form."""
    printed = [tick_cut(blank, square, how).ink for square in squares]
    return min([*printed, *ink], default=0.0)


def tick_slot(
    code: str,
    slot: FieldSlot,
    inks: Sequence[tuple[float, str]],
    bare: float,
    to_scan: Callable[[Box], Box],
    options: FieldOptions,
) -> SlotReading:
    """The coded value whose box is ticked: the one with by far the most ink beyond its print.

    Args:
        inks: the share of each box that is dark, and the value it stands for.
    """
    inked = sorted(inks, reverse=True)
    ink, value = inked[0] if inked else (0.0, "")
    second = max(bare, inked[1][0] if len(inked) > 1 else 0.0)
    ticked = ink - second >= options.tick_ink
    share = (ink - second) / ink if ticked else 0.0
    return SlotReading(
        code=code,
        kind="tick",
        box=to_scan(slot.parts[value] if ticked else slot.box).rounded(),
        ink=ink,
        written=1.0 if ticked else 0.0,
        candidates=((value, 0.5 + 0.5 * share),) if ticked else (),
        weakest=0.5 + 0.5 * share,
        source="tick",
    )


def _span(share: NDArray[np.float64]) -> tuple[int, int]:
    """The longest run of rows that a square darkens: a rule below it, or a letter beside it,
    stands apart."""
    inked = np.concatenate([[False], share >= _EDGE, [False]])
    edges = np.flatnonzero(inked[1:] != inked[:-1]).reshape(-1, 2)
    runs = [(int(first), int(end)) for first, end in edges]
    return max(runs, key=lambda run: run[1] - run[0], default=(0, 0))
