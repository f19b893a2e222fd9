"""Where a result came from: which step, with which options and weights, when, and who."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any


@cache
def project_version() -> str:
    """The installed version of hotich, or ``dev`` in an uninstalled tree."""
    try:
        return version("hotich")
    except PackageNotFoundError:
        return "dev"


@dataclass(frozen=True)
class Step:
    """One processing step. ``who`` is ``machine`` or a person's name; ``time`` is UTC, ISO 8601."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    weights: str = ""
    version: str = field(default_factory=project_version)
    who: str = "machine"
    time: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
