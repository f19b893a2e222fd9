"""Which columns play which part in a register (``roles.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.tables import yaml_table

_TABLE = Path(__file__).with_name("roles.yaml")


def roles_of(register: str) -> Mapping[str, Any]:
    """The roles of a register's columns; empty for a register that has none written down."""
    return dict(yaml_table(_TABLE).get(register, {}))
