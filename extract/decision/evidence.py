"""How much evidence a rule of the joint decision needs to change a value (``evidence.yaml``)."""

from __future__ import annotations

from pathlib import Path

from common.tables import yaml_table

_TABLE = Path(__file__).with_name("evidence.yaml")


def outweighs(rule: str, kind: str, odds: float) -> bool:
    """Whether a value is so many times likelier than the one so far, in a place of this kind, that
    the rule chooses it."""
    least = yaml_table(_TABLE).get(rule, {})
    return odds >= float(least.get(kind, least.get("any", 1.0)))
