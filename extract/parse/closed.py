"""Fields whose values come from a short list: ethnic group, nationality."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from rapidfuzz.distance import Levenshtein

from common.text import fold, squeeze, title_case
from extract.parse.names import strip_leaders
from extract.parse.tables import table

_WRONG = 0.25


def parse_closed(text: str, kind: Literal["ethnic", "nationality"]) -> str | None:
    """The listed value for a known spelling; else the text in title case; None when empty."""
    written = squeeze(strip_leaders(text).replace("-", " "))
    known: dict[str, str] = table("values")[kind]
    return known.get(written.casefold(), title_case(written)) or None


def coded_value(text: str, codes: Mapping[str, str]) -> str | None:
    """The code of the words, one letter in four of which may be wrong; None when none is near."""
    key = fold(strip_leaders(text))
    near = {word: Levenshtein.normalized_distance(key, fold(word)) for word in codes}
    best = min(near, key=lambda word: (near[word], word))
    return codes[best] if key and near[best] <= _WRONG else None
