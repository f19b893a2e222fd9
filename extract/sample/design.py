"""Which cells are drawn: stratified, in even shares, by a hash that nobody chooses.

The cells are laid out stratum by stratum, each stratum in the order of a hash of its cells' names
and the seed, and every (N/n)-th is taken from a start that the seed draws (systematic sampling of
strata laid end to end, Madow 1949): every cell has the same chance, and every stratum its share,
to within one cell. Small strata then get more cells, for their own interval only.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Drawable(Protocol):
    """Something with a name of its own that belongs to a stratum."""

    @property
    def name(self) -> str: ...

    @property
    def stratum(self) -> tuple[str, ...]: ...


T = TypeVar("T", bound=Drawable)


@dataclass(frozen=True)
class Drawn(Generic[T]):
    """A cell of the sample. ``even``: drawn in even shares, so that it counts for the whole."""

    cell: T
    even: bool


def draw(cells: Sequence[T], size: int, least: int, seed: str) -> list[Drawn[T]]:
    """So many cells, and more where a stratum would have fewer than ``least``; in random order."""
    ordered = sorted(cells, key=lambda cell: (cell.stratum, _hash(seed, cell.name)))
    count = min(size, len(ordered))
    step = len(ordered) / count if count else 1.0
    start = step * int.from_bytes(_hash(seed, "start")[:7]) / 2**56
    even = {math.floor(start + place * step) for place in range(count)}
    chosen = {place: True for place in even if place < len(ordered)}
    strata: dict[tuple[str, ...], list[int]] = {}
    for place, cell in enumerate(ordered):
        strata.setdefault(cell.stratum, []).append(place)
    for places in strata.values():
        missing = least - sum(place in chosen for place in places)
        others = [place for place in places if place not in chosen]
        chosen |= dict.fromkeys(others[: max(missing, 0)], False)
    drawn = [Drawn(ordered[place], even) for place, even in chosen.items()]
    return sorted(drawn, key=lambda one: _hash(seed, f"shown {one.cell.name}"))


def _hash(seed: str, name: str) -> bytes:
    return hashlib.sha256(f"{seed}|{name}".encode()).digest()
