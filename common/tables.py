"""Tables that a clerk could read: YAML files that travel with the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def yaml_table(path: Path) -> dict[str, Any]:
    """One of the package's own YAML files, a mapping, read once."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict), path
    return content
