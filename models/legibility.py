"""How well a page, or a part of one, will be read; and which pages a vendor should scan again.

What was read is the best witness: the calibrated probabilities of its characters add up to the
errors to expect. The page's own ink tells whether a better scan would help.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from common.options import Options
from models.reading import Reading
from preprocessing.legibility import InkQuality


class RescanOptions(Options):
    """When a page is sent back.

    Attributes:
        error: share of the characters that are expected wrong, from which a page is looked at.
        ink: quality of the ink below which the scan is to blame, not the hand.
    """

    error: float = 0.15
    ink: float = 0.45


DEFAULT = RescanOptions()


@dataclass(frozen=True)
class Rescan:
    """A page to scan again: ``fault`` is pale, grainy or blurred."""

    page: int
    expected_error: float
    fault: str


def expected_error(readings: Iterable[Reading]) -> float:
    """Share of the characters expected wrong in a page's readings, or a region's (0 for none).

    A reading whose characters are surer than the whole is believed as a whole.
    """
    wrong = total = 0.0
    for reading in readings:
        count = len(reading.chars)
        wrong += sum(1 - probability for _, probability in reading.chars)
        total += count
    return wrong / total if total else 0.0


def rescan_list(
    pages: Mapping[int, tuple[Sequence[Reading], InkQuality]], options: RescanOptions = DEFAULT
) -> list[Rescan]:
    """The pages a vendor should scan again, the worst first."""
    found = [
        Rescan(page, expected_error(readings), ink.fault)
        for page, (readings, ink) in pages.items()
        if expected_error(readings) >= options.error and ink.score < options.ink
    ]
    return sorted(found, key=lambda rescan: -rescan.expected_error)
