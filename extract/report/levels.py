"""How sure a field is, as the reports show it; and their words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from common.tables import yaml_table
from extract.record import MACHINE, FieldValue


def texts() -> dict[str, Any]:
    """The words of ``texts.yaml``."""
    return yaml_table(Path(__file__).with_name("texts.yaml"))


def level(value: FieldValue) -> str:
    """``person``, ``empty``, or the level of its confidence: ``sure``, ``fair``, ``poor``."""
    if value.author != MACHINE:
        return "person"
    if value.status == "blank" and not value.review:
        return "empty"
    levels = texts()["levels"]
    return str(next(row["id"] for row in levels if value.confidence >= row["from"]))


def named_levels() -> list[tuple[str, str]]:
    """Every level with its name, the surest first."""
    words = texts()
    named = [(str(row["id"]), str(row["label"])) for row in words["levels"]]
    return [*named, ("person", str(words["person"])), ("empty", str(words["empty"]))]
