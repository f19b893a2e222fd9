"""Places as written, and the province that a place ends in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rapidfuzz import fuzz

from common.text import fold, squeeze
from extract.parse.names import strip_leaders
from extract.parse.tables import rows, table

_HYPHENS = re.compile(r"(?<=[^\W\d_])[-‐‑](?=[^\W\d_])")  # of syllables, not between places
_APART = re.compile(r"\s+[-‐‑–]\s*|\s*[-‐‑–]\s+")
_SPACED_NAME = re.compile(r"\b[^\W\d_a-zà-ỹ]\w* [^\W\d_a-zà-ỹ]")  # Thọ Xuân, not Thọ-Xuân
_BETWEEN_NAMES = re.compile(r"(?<=\w)[-‐‑](?=[^\W\d_a-zà-ỹ])")
_COMMAS = re.compile(r"\s*([,;])\s*")
_UNIT = re.compile(r"^(tinh|thanh pho|tp\.?|t\.|do thanh|khu)\s+")

_LONGEST_SIGN, _LIKE_SIGN = 5, 55.0  # letters of an office's sign as read; likeness, of 100
_NEAR = 80.0  # likeness, of 100, of a province's name and its misreading


def parse_place(text: str) -> str | None:
    """``Xã Bình-hòa ,Gia-định`` → ``Xã Bình hòa, Gia định``'s spaced form, case as written."""
    place = _APART.sub(" - ", strip_leaders(text))
    if _SPACED_NAME.search(place):
        place = ",".join(_apart(part) for part in place.split(","))
    place = squeeze(_COMMAS.sub(r"\1 ", _HYPHENS.sub(" ", place)))
    return place if any(ch.isalnum() for ch in place) else None


def parse_office(text: str, names: Sequence[str], before: Sequence[str]) -> str | None:
    """A place that begins with an office (``UBND xã …``), whose capitals may be misread."""
    place = parse_place(text)
    first, _, rest = (place or "").partition(" ")
    if not rest.startswith(tuple(f"{unit} " for unit in before)) or len(first) > _LONGEST_SIGN:
        return place
    best = max(names, key=lambda name: fuzz.ratio(fold(first), fold(name)))
    near = fuzz.ratio(fold(first), fold(best)) >= _LIKE_SIGN
    return (
        f"{best} {rest}" if near or sum(ch.isupper() or ch.isdigit() for ch in first) > 2 else place
    )


def _apart(part: str) -> str:
    """``Thọ Xuân-Thanh Hóa`` parted at its hyphen; ``Châu-Thành Vĩnh-Long``, where a hyphen joins
    the syllables of each name, as it is."""
    names = _BETWEEN_NAMES.split(part)
    return " - ".join(names) if all(len(name.split()) > 1 for name in names) else part


@cache
def _provinces() -> dict[str, str]:
    return {
        squeeze(fold(name).replace("-", " ")): row["province"]
        for row in rows("provinces")
        for name in (row["province"], *row["also"].split(";"))
        if name
    }


def province_of(place: str | None) -> str | None:
    """The province that the last part of the place names; None when it names none we know.

    A commune may bear a province's name (``xã Phước Tuy``): after a lower unit's word it is none.
    """
    if not place:
        return None
    known = _provinces()
    part = re.split(r"[,;(]", place.rstrip(" .)"))[-1]
    words = _UNIT.sub("", squeeze(fold(part).replace("-", " "))).split()
    for size in (4, 3, 2, 1):
        tail, before = " ".join(words[-size:]), words[:-size]
        if len(words) >= size and tail in known and not (before and before[-1] in _lower_units()):
            return known[tail]
    return None


def province_near(place: str | None) -> str | None:
    """The province whose name the last of several parts of a place nearly is, as a reader's slip
    leaves it; None when none is near."""
    parts = re.split(r"[,;(]|\s-\s", (place or "").rstrip(" .)"))
    words = _UNIT.sub("", squeeze(fold(parts[-1]).replace("-", " ")))
    if len(parts) < 2 or not words:
        return None
    known = _provinces()
    nearest = max(sorted(known), key=lambda name: fuzz.ratio(words, name))
    return known[nearest] if fuzz.ratio(words, nearest) >= _NEAR else None


@cache
def _lower_units() -> frozenset[str]:
    return frozenset(fold(word).split()[-1] for word in table("places")["lower_units"])
