"""The tables beside this file, loaded once."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


@cache
def table(name: str) -> dict[str, Any]:
    """The YAML table ``name`` of this package."""
    content = yaml.safe_load((_HERE / f"{name}.yaml").read_text("utf-8"))
    assert isinstance(content, dict)
    return content


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of the CSV table ``name`` of this package."""
    with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
