"""Which columns play which part in a register (``data/roles.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_TABLE = Path(__file__).with_name("data") / "roles.yaml"


@cache
def roles_of(register: str) -> Mapping[str, Any]:
    """The roles of a register's columns; empty for a register that has none written down."""
    roles: dict[str, Any] = yaml.safe_load(_TABLE.read_text("utf-8"))
    return dict(roles.get(register, {}))
