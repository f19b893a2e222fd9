"""The tables beside this file, loaded once."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

from common.tables import yaml_table

_HERE = Path(__file__).parent


@cache
def table(name: str) -> dict[str, Any]:
    """The YAML table ``name`` of this package."""
    return yaml_table(_HERE / f"{name}.yaml")


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of the CSV table ``name`` of this package."""
    with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
