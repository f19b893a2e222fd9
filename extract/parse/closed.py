"""Fields whose values come from a short list: ethnic group, nationality."""

from __future__ import annotations

from typing import Literal

from common.text import squeeze, title_case
from extract.parse.names import strip_leaders
from extract.parse.tables import table


def parse_closed(text: str, kind: Literal["ethnic", "nationality"]) -> str | None:
    """The listed value for a known spelling; else the text in title case; None when empty."""
    written = squeeze(strip_leaders(text).replace("-", " "))
    known: dict[str, str] = table("values")[kind]
    return known.get(written.casefold(), title_case(written)) or None
