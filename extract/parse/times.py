"""An hour of the day: ``9 giờ 05``, ``14h30``, or the figures around a printed *giờ*."""

from __future__ import annotations

import re

from common.text import squeeze
from extract.parse.numbers import as_digits
from extract.parse.tables import table

_PARTED = re.compile(r"\D*(\d{1,2})(?:\D+(\d{1,2}))?\D*")
_JOINED = re.compile(r"\D*(\d{1,2})(\d{2})\D*")


def parse_time(text: str) -> str | None:
    """``HH:MM``; None when the text is no hour. An hour alone is a full one."""
    words = "|".join(table("values")["hour"])
    written = as_digits(re.sub(rf"(?<=[\d\s])(?:{words})(?=[\d\s]|$)", ":", squeeze(text)))
    found = _PARTED.fullmatch(written) or _JOINED.fullmatch(written)
    hour, minute = (int(part or 0) for part in found.groups()) if found else (24, 0)
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None
