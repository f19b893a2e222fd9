"""Marks in place of a value: blank, unknown, ditto."""

from __future__ import annotations

from functools import cache
from typing import Literal

from common.text import squeeze
from extract.parse.tables import table

Mark = Literal["blank", "unknown", "ditto", "ditto_father", "ditto_mother", "either"]
_ORDER: tuple[Mark, ...] = ("either", "unknown", "ditto", "ditto_father", "ditto_mother", "blank")


@cache
def _known() -> dict[str, Mark]:
    known: dict[str, Mark] = {}
    for mark in reversed(_ORDER):
        known.update({squeeze(text).casefold(): mark for text in table("marks")[mark]})
    return known


def mark_of(text: str) -> Mark | None:
    """The mark that the whole text is; None for a value. Dots of leaders around it are dropped.

    ``either`` (``//``) is blank in a slot of its own and ditto in the residence of the second
    parent: the caller knows the slot.
    """
    key = squeeze(text).casefold()
    return _known().get(key) or _known().get(key.strip(" .…_"))
