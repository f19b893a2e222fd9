"""Whether a text can be what was written, by the room that its ink takes.

A line of writing is as long as its letters: a name does not fit on a pen stroke, and a dash does
not fill a line; two letters do not take the ink of a blot. Lengths are in heights of the page's
writing (a name's, with its ascenders), ink in what such a length of writing has.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from extract.parse.marks import ditto_letters

_LETTER = (0.16, 0.85)  # least and most width of a letter: 0.2-0.8 on 4,900 rendered fields
_FIGURE = (0.16, 1.15)  # slanted figures and capitals, wide apart
_THIN = (0.04, 0.5)
_SLASH = (0.04, 0.7)  # slanted
_ONE = (0.04, 0.85)  # a stroke, or a figure with its flag and foot
_THIN_SIGNS = frozenset("-–—/\\\"″”“〃'’.,:;|!1ilIjtr() ")
_FLAT = frozenset("-–—\"″”“〃'’.… ")
_FLATTEST = 0.5  # most height of a dash, a ditto mark, dots
_UPRIGHT = frozenset("/\\|1lI ")
_LEAST_UPRIGHT = 0.3
_SLACK = 0.3
_INK, _THIN_INK = 1.0, 0.4  # most ink of a letter (it has 0.4 on the average) and of a stroke
_TALL_INK, _SLASH_INK = 1.6, 0.6  # of figures and capitals, which are twice as high; of a slash
_SHORT = 6  # letters of a text that no blot leaves legible beside it
_INK_COST = 10.0  # log weight for as much ink again as the letters can take
_COST = 6.0  # log weight for each height that the ink is too long or too short
_HOPELESS = -12.0  # a text that fits no better than this was not written
_WIDE_HAND = 2.0  # times the usual width that a few hands write, with as much more ink
_LARGE = 2.0  # how much larger than words clerks write a mark of two letters that stands alone
_TOLD = 3  # letters from which a text can tell a wide hand from a stroke or a blot


class Extent(NamedTuple):
    """The ink of a line: its width and height in heights of the page's writing, and how much it
    is beside a height's length of writing; 0 when that is not known."""

    wide: float
    high: float
    ink: float = 0.0


def in_room(texts: Sequence[tuple[str, float]], ink: Extent) -> tuple[tuple[str, float], ...]:
    """Texts with their probabilities weighed by how they fit, best first; the sum stays what it
    was. Texts that cannot be are left out, and the empty one."""
    weights = {text: fits(text, ink) for text, _ in texts if _can_be(text, ink)}
    kept = [(text, p * math.exp(weights[text])) for text, p in texts if text in weights]
    before, after = sum(p for _, p in texts), sum(p for _, p in kept)
    scale = before / after if after else 0.0
    return tuple(sorted(((t, p * scale) for t, p in kept), key=lambda item: (-item[1], item[0])))


def _can_be(text: str, ink: Extent) -> bool:
    """Whether the text fits at all, in a usual hand or in a wide one."""
    if not text or fits(text, ink) > _HOPELESS:
        return bool(text)
    narrow = ink._replace(wide=ink.wide / _WIDE_HAND, ink=ink.ink / _WIDE_HAND)
    return sum(map(str.isalnum, text)) >= _TOLD and fits(text, narrow) > _HOPELESS


def fits(text: str, ink: Extent) -> float:
    """Log weight of ``text`` for ink of this extent: 0 when it fits, below when it does not."""
    if text in ditto_letters():
        ink = ink._replace(wide=ink.wide / _LARGE, ink=ink.ink / _LARGE)
    least = sum(_width(letter)[0] for letter in text)
    most = sum(_width(letter)[1] for letter in text) * max(1.0, ink.high)  # larger, and wider
    misfit = max(0.0, least - ink.wide, ink.wide - most - _SLACK)
    if set(text) <= _FLAT:
        misfit += max(0.0, ink.high - _FLATTEST)
    elif set(text) <= _UPRIGHT:
        misfit += max(0.0, _LEAST_UPRIGHT - ink.high)
    room = sum(_most_ink(letter) for letter in text)
    blot = max(0.0, ink.ink / room - 1) if room else 0.0
    return -_COST * misfit - (_INK_COST * blot if len(text) <= _SHORT else 0.0)


def _width(letter: str) -> tuple[float, float]:
    if letter == "/":
        return _SLASH
    if letter in _THIN_SIGNS and letter != "1":
        return _THIN
    if letter.isdigit() or letter.isupper():
        return _ONE if letter == "1" else _FIGURE
    return _LETTER


def _most_ink(letter: str) -> float:
    if letter == "/":
        return _SLASH_INK
    if letter in _THIN_SIGNS:
        return _THIN_INK
    return _TALL_INK if letter.isdigit() or letter.isupper() else _INK
