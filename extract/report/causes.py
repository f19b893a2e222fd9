"""Why a page was not read, in the reader's language: ``causes.yaml``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from common.tables import yaml_table

_GAP = r"(\S+(?: s)?)"  # a number, with its unit of time


def told(cause: str) -> str:
    """A page's cause (one line of `common.errors`) as the report's reader is told it.

    A cause that the table does not know is an unexpected one; none is none.
    """
    if not cause:
        return ""
    for seen, words in _known():
        if found := seen.search(cause):
            return words.format(*(number.replace(",", ".") for number in found.groups()))
    return str(_table()["unknown"])


@cache
def _known() -> list[tuple[re.Pattern[str], str]]:
    rows = ((row["seen"], row["told"]) for row in _table()["causes"])
    return [(re.compile(_GAP.join(map(re.escape, seen.split("*")))), told) for seen, told in rows]


def _table() -> dict[str, Any]:
    return yaml_table(Path(__file__).with_name("causes.yaml"))
