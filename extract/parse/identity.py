"""Numbers of identity papers."""

from __future__ import annotations

import re

from common.text import squeeze
from extract.parse.numbers import as_digits

_LENGTHS = frozenset({7, 8, 9, 12})


def parse_identity(text: str) -> str | None:
    """The number without spaces, points and hyphens; None when it is no such number.

    Nine figures (CMND), twelve (CCCD, số định danh), seven or eight (card of the South), or a
    passport's letter and seven or eight figures.
    """
    compact = re.sub(r"[\s.\-/]", "", squeeze(text))
    if re.fullmatch(r"[A-Za-z]\d{7,8}", compact):
        return compact.upper()
    digits = as_digits(compact)
    return digits if digits.isdigit() and len(digits) in _LENGTHS else None
