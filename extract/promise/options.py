"""What is promised, and the table of kinds of fields."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from common.options import Options
from common.tables import yaml_table

ALL = "all"
"""The stratum of every field, where kinds do not stand by themselves."""


class PromiseOptions(Options):
    """What is promised of the fields that nobody looks at.

    Attributes:
        max_error: share of them that may be wrong.
        confidence: how surely.
        by_kind: each kind of field (names, dates …) keeps the promise by itself; else all together.
        seed: draws the audit; said once, when the project begins.
        learn: audited fields from which is learnt what to accept, before anything is proved.
        claimed: the machine's own word counts as much as so many looks when it is chosen what to
            accept.
        alarm: chance of a false warning that a book or a clerk errs more than the others.
    """

    max_error: float = Field(default=0.005, gt=0, lt=1)
    confidence: float = Field(default=0.95, gt=0, lt=1)
    by_kind: bool = False
    seed: str = "hotich"
    learn: int = Field(default=400, ge=0)
    claimed: float = Field(default=10.0, gt=0)
    alarm: float = Field(default=0.05, gt=0, lt=1)


def table() -> dict[str, Any]:
    """The table of ``promise.yaml``."""
    return yaml_table(Path(__file__).with_name("promise.yaml"))


def kind_of(column_type: str, status: str) -> str:
    """Kind of a field: by its state, else by the type of its column."""
    words = table()
    return str(words["states"].get(status) or words["types"].get(column_type, words["other"]))
