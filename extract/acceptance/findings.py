"""What is wrong with a package, in the words of ``rules.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Finding:
    """One thing found. ``where`` names the file, and the row where there is one."""

    rule: str
    severity: str
    where: str
    message: str

    @property
    def stops(self) -> bool:
        """The package must not be accepted with it."""
        return self.severity == "error"

    def __str__(self) -> str:
        return f"{self.severity:5} {self.rule:10} {self.where}: {self.message}"


@cache
def rules() -> dict[str, Any]:
    """The rules by id."""
    table: dict[str, Any] = yaml.safe_load(
        (Path(__file__).parent / "rules.yaml").read_text("utf-8")
    )
    return table


def finding(rule: str, where: str, **words: object) -> Finding:
    """The finding of a rule, its message filled in."""
    row = rules()[rule]
    return Finding(rule, row["severity"], where, row["message"].format(**words))
