"""How well a page, or a part of one, will be read; and which pages a vendor should scan again.

What was read is the best witness: the calibrated probabilities of its characters add up to the
errors to expect. The page's own ink tells whether a better scan would help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pydantic import Field

from common.options import Options
from models.reading import Reading
from preprocessing.legibility import InkQuality


class RescanOptions(Options):
    """When a page is sent back.

    Attributes:
        error: share of the page's fields that are expected wrong, from which it is looked at.
        ink: quality of the ink below which the scan is to blame, not the hand.
    """

    error: float = Field(default=0.4, ge=0, le=1)
    ink: float = Field(default=0.45, ge=0, le=1)


DEFAULT = RescanOptions()


@dataclass(frozen=True)
class Rescan:
    """A page to scan again: its ``fault`` is ``pale``, ``grainy`` or ``blurred``."""

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
    errors: Mapping[int, float],
    ink_of: Callable[[int], InkQuality],
    options: RescanOptions = DEFAULT,
) -> list[Rescan]:
    """The pages a vendor should scan again, the worst first.

    Args:
        errors: page → share of it that is expected wrong.
        ink_of: a page's ink; only pages of which much is expected wrong are looked at.
    """
    found = []
    for page in sorted(errors, key=lambda page: (-errors[page], page)):
        if errors[page] >= options.error:
            ink = ink_of(page)
            if ink.score < options.ink:
                found.append(Rescan(page, errors[page], ink.fault))
    return found
