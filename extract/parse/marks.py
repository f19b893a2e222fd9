"""Marks in place of a value: blank, unknown, ditto."""

from __future__ import annotations

from functools import cache
from typing import Literal

from common.text import squeeze
from extract.parse.tables import table

Mark = Literal["blank", "unknown", "ditto", "ditto_father", "ditto_mother", "either"]
_STROKES = 3
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
    return _known().get(key) or _known().get(key.strip(" .…_")) or _compact().get(_letters(key))


def strokes(text: str) -> Mark | None:
    """The mark that upright strokes are where no such number can stand: ``11`` is ``//``."""
    return "either" if text and set(text) <= set("1/|lI ") and len(text) <= _STROKES else None


def _letters(text: str) -> str:
    return "".join(ch for ch in text if ch.isalpha())
