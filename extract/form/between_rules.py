"""What is printed between close rules, read with the rules pulled apart.

Where a form is ruled line by line, its print stands so near the rules that a reader takes rule and
letters for one thing, and lifting the rules thins the letters that touch them. Each strip between
two rules is therefore set on white of its own, all strips under each other, and read enlarged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from common.geometry import Box
from extract.form.words import PageReader, Word, long_rules, read_words
from models.reading import Image
from models.rules import Rules, Segment

_BOTH = 0.4  # of the form's width, along which both rules run at least
_CLOSE = (0.0075, 0.028)  # of its longer side: one line of print between two rules, or two
_WHITE = 0.005  # of its longer side, above and below a strip
_ENLARGED = 2.0


class _Strip(NamedTuple):
    """The place between two rules, top to bottom, and where it is in the picture that is read."""

    above: Segment
    below: Segment
    box: Box
    at: float


def read_between_rules(page: Image, rules: Rules, reader: PageReader) -> tuple[Word, ...]:
    """The words between close level rules of a form (H, W) whose rules are lifted, in its pixels;
    none where no rules are close."""
    white = round(_WHITE * max(page.shape))
    strips = list(_strips(rules, page.shape[1], max(page.shape), white))
    if not strips:
        return ()
    pulled = np.full((round(strips[-1].at + strips[-1].box.height) + white, page.shape[1]), 255)
    for strip in strips:
        x0, y0, x1, y1 = strip.box.clipped(page.shape[1], page.shape[0]).rounded()
        top = round(strip.at)
        pulled[top : top + y1 - y0, x0:x1] = _alone(page, strip)
    words = read_words(pulled.astype(np.uint8), reader, pale=False, zoom=_ENLARGED, psm=6)
    return tuple(_back(words, strips))


def _strips(rules: Rules, width: int, longer: int, white: int) -> Iterator[_Strip]:
    at = float(white)
    for above, below in pairwise(
        sorted(long_rules(rules, width), key=lambda rule: rule.at(width / 2))
    ):
        x0, x1 = max(above.x0, below.x0), min(above.x1, below.x1)
        least, most = (share * longer for share in _CLOSE)
        if least < below.at(width / 2) - above.at(width / 2) < most and x1 - x0 > _BOTH * width:
            top, foot = min(above.at(x0), above.at(x1)), max(below.at(x0), below.at(x1))
            box = Box(x0, round(top), x1, round(foot))
            yield _Strip(above, below, box, at)
            at += box.height + 2 * white


def _alone(page: Image, strip: _Strip) -> Image:
    """What stands between the two rules, which may slope, and white where they run."""
    x0, y0, x1, y1 = strip.box.clipped(page.shape[1], page.shape[0]).rounded()
    rows = np.arange(y0, y1)[:, None]
    top, foot = (
        np.linspace(rule.at(x0), rule.at(x1 - 1), x1 - x0) for rule in (strip.above, strip.below)
    )
    between = (rows >= top + strip.above.thickness / 2) & (rows <= foot - strip.below.thickness / 2)
    return np.where(between, page[y0:y1, x0:x1], 255).astype(np.uint8)


def _back(words: tuple[Word, ...], strips: list[_Strip]) -> Iterator[Word]:
    """The words where they stand on the form."""
    for word in words:
        middle = word.box.centre[1]
        strip = next((s for s in strips if s.at <= middle <= s.at + s.box.height), None)
        if strip:
            down = strip.box.y0 - strip.at
            y0, y1 = max(word.box.y0 + down, strip.box.y0), min(word.box.y1 + down, strip.box.y1)
            yield replace(word, box=Box(word.box.x0, y0, word.box.x1, y1))
