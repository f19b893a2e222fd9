"""Does the sample's interval cover the truth? Acceptances simulated, with the true error known.

A package of several strata, some cells of each wrong; the sample is drawn as `hotich sample draw`
draws it, from a new seed each time, and inspected without a slip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extract.sample.acceptance import SampleOptions
from extract.sample.design import draw
from extract.sample.interval import interval


@dataclass(frozen=True)
class _Cell:
    name: str
    stratum: tuple[str, ...]
    wrong: bool


@dataclass(frozen=True)
class Coverage:
    """How often the interval held the true share: of the whole, and of its strata; ``width``: the
    mean half width; ``drawn``: cells of a sample."""

    acceptances: int
    whole: float
    strata: float
    width: float
    drawn: float


def coverage(
    sizes: Sequence[int],
    errors: Sequence[float],
    options: SampleOptions,
    acceptances: int,
    seed: int,
) -> Coverage:
    """Simulate so many acceptances of a package with strata of these sizes and shares of errors."""
    rng = np.random.default_rng(seed)
    held, held_strata, widths, drawn = [], [], [], []
    wrong = [rng.random(size) < share for size, share in zip(sizes, errors, strict=True)]
    cells = [
        _Cell(f"{stratum}/{place}", (str(stratum),), bool(bad))
        for stratum, own in enumerate(wrong)
        for place, bad in enumerate(own)
    ]
    truth = sum(cell.wrong for cell in cells) / len(cells)
    for number in range(acceptances):
        sample = draw(cells, options.size, options.least, f"{options.seed} {seed} {number}")
        even = [one.cell.wrong for one in sample if one.even]
        low, high = interval(sum(even), len(even), options.confidence)
        held.append(low <= truth <= high)
        widths.append((high - low) / 2)
        drawn.append(len(sample))
        for stratum, own in enumerate(wrong):
            mine = [one.cell.wrong for one in sample if one.cell.stratum == (str(stratum),)]
            low, high = interval(sum(mine), len(mine), options.confidence)
            held_strata.append(low <= own.mean() <= high)
    return Coverage(
        acceptances,
        float(np.mean(held)),
        float(np.mean(held_strata)),
        float(np.mean(widths)),
        float(np.mean(drawn)),
    )
