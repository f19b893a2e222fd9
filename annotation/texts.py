"""What a reviewer reads, from ``texts.yaml``, and the screen, from ``layout.xml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


@cache
def texts() -> dict[str, Any]:
    """The texts by name."""
    loaded: dict[str, Any] = yaml.safe_load((_HERE / "texts.yaml").read_text("utf-8"))
    return loaded


@cache
def layout() -> str:
    """The Label Studio labelling configuration."""
    return (_HERE / "layout.xml").read_text("utf-8")
