"""Marks in place of a value: blank, unknown, ditto."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

from rapidfuzz import fuzz

from common.text import fold, squeeze
from extract.parse.tables import table

Mark = Literal["blank", "unknown", "ditto", "ditto_father", "ditto_mother", "either"]
REPEATED = ("place", "text")
"""Kinds of places in which a mark may repeat what stands above."""
_OPEN = ("person_name", "signature", "place", "text")
_LEAST = 3  # letters of a name or a place
_LIKELY = 0.1  # probability from which another reading counts
_NEAR, _LONGEST = 70.0, 9  # likeness, of 100, and length up to which a text is words for a ditto
_STROKES = 3  # upright strokes of one mark, at most
_NOT = re.compile(r"không \w{2,4}")  # "không rõ", or it misread: no name begins so
_LETTERED = ("ditto", "ditto_father", "ditto_mother", "unknown")
_ORDER: tuple[Mark, ...] = ("either", "unknown", "ditto", "ditto_father", "ditto_mother", "blank")


@cache
def _known() -> dict[str, Mark]:
    known: dict[str, Mark] = {}
    for mark in reversed(_ORDER):
        known.update({squeeze(text).casefold(): mark for text in table("marks")[mark]})
    return known


@cache
def _compact() -> dict[str, Mark]:
    """Ditto and unknown marks by their letters alone: ``n.t``, ``n t`` and ``-nt-`` are one."""
    kept = {_letters(text): mark for text, mark in _known().items() if mark in _LETTERED}
    return {key: mark for key, mark in kept.items() if len(key) > 1}


def mark_of(text: str) -> Mark | None:
    """The mark that the whole text is; None for a value. Dots of leaders around it are dropped.

    ``either`` (``//``) is blank in a slot of its own and ditto in the residence of the second
    parent: the caller knows the slot.
    """
    key = squeeze(text).casefold()
    bare = key.strip(" .…_")
    known = _known().get(key) or _known().get(bare) or _compact().get(_letters(key))
    return known or ("unknown" if _NOT.fullmatch(bare) else None)


@cache
def ditto_letters() -> tuple[str, ...]:
    """Every way to write in letters that what stands above is repeated."""
    return tuple(text for text, mark in _known().items() if mark == "ditto" and _letters(text))


def likely_mark(texts: Sequence[tuple[str, float]], kind: str) -> Mark | None:
    """The mark that a place holds, by its likeliest texts; None for a value.

    Words for a ditto are known with a slip in them where they may stand (places and work), and
    upright strokes and two letters are no place, name or work.

    Args:
        texts: what may be written, with probabilities, best first.
        kind: what is written in the place.
    """
    best = texts[0][0] if texts else ""
    if (mark := mark_of(best)) or kind not in _OPEN:
        return mark
    others = [text for text, p in texts if p >= _LIKELY]
    if len(_letters(best)) < _LEAST and kind != "text":
        known = (mark_of(text) for text in others)
        mark = next(filter(None, known), None) or strokes(best)
        return mark or ("blank" if len(best) == 1 else None)
    near = _ditto_near(best) if kind in ("place", "text") else None
    return near or strokes(best)


def _ditto_near(text: str) -> Mark | None:
    """``nh chợ`` is như cha."""
    bare = fold(text).strip(" .-")
    if not bare.startswith(("n", "phu")) or len(bare) > _LONGEST:
        return None
    words = {word: mark for word, mark in _known().items() if word.startswith("như ")}
    nearest = max(sorted(words), key=lambda word: fuzz.ratio(bare, fold(word)))
    near = text.startswith("như") or fuzz.ratio(bare, fold(nearest)) >= _NEAR
    return words[nearest] if near else None


def strokes(text: str) -> Mark | None:
    """The mark that upright strokes are where no such number can stand: ``1`` is ``/``."""
    if not text or len(text) > _STROKES or not set(text) <= set("1/|lI "):
        return None
    return "blank" if len(text) == 1 else "either"


def _letters(text: str) -> str:
    return "".join(ch for ch in text if ch.isalpha())
