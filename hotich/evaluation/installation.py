"""What the run-time environment holds and weighs."""

from __future__ import annotations

import importlib.metadata
import sysconfig
from pathlib import Path
from typing import NamedTuple

HEAVY = ("torch", "transformers", "tensorflow", "ray")


class InstallationFigure(NamedTuple):
    """Megabytes (10⁶ bytes) of the environment and of our weights; what should not be there."""

    environment: Path
    megabytes: float
    weights_megabytes: float
    heavy: tuple[str, ...]


def evaluate_installation() -> InstallationFigure:
    """Measure the environment this command runs in."""
    site = Path(sysconfig.get_paths()["purelib"])
    environment = site.parents[2]
    weights = Path(__file__).parents[2] / "models" / "weights"
    present = {(d.metadata["Name"] or "").lower() for d in importlib.metadata.distributions()}
    return InstallationFigure(
        environment, _size(environment), _size(weights), tuple(n for n in HEAVY if n in present)
    )


def _size(folder: Path) -> float:
    files = (f for f in folder.rglob("*") if f.is_file() and not f.is_symlink())
    return sum(f.stat().st_size for f in files) / 1e6
