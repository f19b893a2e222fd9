"""Why a page was not read, in the reader's language: ``causes.yaml``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from common.tables import yaml_table

_GAP = r"(\S+(?: s)?)"  # a number, with its unit of time; a name
Said = Iterable[Mapping[str, str]]
"""Rows of a table: what is ``seen``, with ``*`` for what differs, and what is ``told``, with ``{}``
in its place."""


def told(cause: str) -> str:
    """A page's cause (one line of `common.errors`) as the report's reader is told it.

    A cause that the table does not know is an unexpected one; none is none.
    """
    if not cause:
        return ""
    table = yaml_table(Path(__file__).with_name("causes.yaml"))
    found = reworded(cause, table["causes"], lambda number: number.replace(",", "."))
    return found or str(table["unknown"])


def reworded(text: str, rows: Said, gap: Callable[[str], str]) -> str | None:
    """What the first row tells whose words stand in the text, ``gap`` saying what differs; None
    when none of them does."""
    for row in rows:
        if found := re.search(_GAP.join(map(re.escape, row["seen"].split("*"))), text):
            return row["told"].format(*map(gap, found.groups()))
    return None
