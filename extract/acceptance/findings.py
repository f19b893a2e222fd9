"""What is wrong with a package, in the words of ``rules.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.tables import yaml_table


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


def rules() -> dict[str, Any]:
    """The rules by id."""
    return yaml_table(Path(__file__).with_name("rules.yaml"))


def finding(rule: str, where: str, **words: object) -> Finding:
    """The finding of a rule, its message filled in."""
    row = rules()[rule]
    return Finding(rule, row["severity"], where, row["message"].format(**words))
