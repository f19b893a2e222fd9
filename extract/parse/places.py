"""Places as written, and the province that a place ends in."""

from __future__ import annotations

import re
from functools import cache

from common.text import fold, squeeze
from extract.parse.names import strip_leaders
from extract.parse.tables import rows

_HYPHENS = re.compile(r"(?<=\w)\s*[-‐‑]\s*(?=\w)")
_COMMAS = re.compile(r"\s*([,;])\s*")
_UNIT = re.compile(r"^(tinh|thanh pho|tp\.?|t\.|do thanh|khu)\s+")


def parse_place(text: str) -> str | None:
    """``Xã Bình-hòa ,Gia-định`` → ``Xã Bình hòa, Gia định``'s spaced form, case as written."""
    place = _COMMAS.sub(r"\1 ", _HYPHENS.sub(" ", strip_leaders(text)))
    place = squeeze(place)
    return place if any(ch.isalnum() for ch in place) else None


@cache
def _provinces() -> dict[str, str]:
    return {
        fold(name).replace("-", " "): row["province"]
        for row in rows("provinces")
        for name in (row["province"], *row["also"].split(";"))
        if name
    }


def province_of(place: str | None) -> str | None:
    """The province that the last part of the place names; None when it names none we know."""
    if not place:
        return None
    known = _provinces()
    part = re.split(r"[,;(]", place.rstrip(" .)"))[-1]
    last = _UNIT.sub("", fold(part).replace("-", " "))
    if last in known:
        return known[last]
    words = last.split()
    for size in (3, 2, 1):
        tail = " ".join(words[-size:])
        if len(words) > size and tail in known:
            return known[tail]
    return None
