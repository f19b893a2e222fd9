"""What a reviewer reads, from ``texts.yaml``, and the screen, from ``layout.xml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from common.tables import yaml_table

_HERE = Path(__file__).parent


def texts() -> dict[str, Any]:
    """The texts by name."""
    return yaml_table(_HERE / "texts.yaml")


@cache
def layout() -> str:
    """The Label Studio labelling configuration."""
    return (_HERE / "layout.xml").read_text("utf-8")
