"""Which fields to accept: thresholds on confidence, one a kind, chosen before anything is proved.

Anything may be used to choose, also answers that are no fair sample (fields looked at because they
were doubtful): what is chosen has to prove itself on an audit drawn afterwards (learn, then test:
Angelopoulos, Bates, Candès, Jordan & Lei 2021, with the data split between the two).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extract.promise.claims import Claim, Found
from extract.promise.options import ALL, PromiseOptions, table


@dataclass
class _Cell:
    """The claims of one kind between two confidences, and the errors expected among them."""

    floor: float
    count: int
    errors: float


def thresholds(
    claims: Sequence[Claim], found: Sequence[Found], options: PromiseOptions
) -> dict[str, float]:
    """The least confidence accepted, by kind; a kind that is missing is not accepted at all.

    Bands of confidence are added, each kind from its surest down, the likeliest right first, as
    long as the errors expected stay within ``margin`` of what is promised.
    """
    ladders = _ladders(claims, found, options.claimed)
    limit = options.margin * options.max_error
    groups = [[kind] for kind in ladders] if options.by_kind else [list(ladders)]
    chosen: dict[str, float] = {}
    for kinds in groups:
        chosen |= _fill({kind: ladders[kind] for kind in kinds}, limit)
    return chosen


def stratum(claim: Claim, options: PromiseOptions) -> str:
    """Which fields keep the promise together with this one."""
    return claim.kind if options.by_kind else ALL


def _fill(ladders: Mapping[str, list[_Cell]], limit: float) -> dict[str, float]:
    waiting = {kind: list(cells) for kind, cells in ladders.items()}
    chosen: dict[str, float] = {}
    count, errors = 0, 0.0
    while heads := {kind: cells[0] for kind, cells in waiting.items() if cells}:
        kind = min(heads, key=lambda k: heads[k].errors / heads[k].count)
        cell = waiting[kind].pop(0)
        if errors + cell.errors > limit * (count + cell.count):
            break
        count, errors = count + cell.count, errors + cell.errors
        chosen[kind] = cell.floor
    return chosen


def _ladders(
    claims: Sequence[Claim], found: Sequence[Found], claimed: float
) -> dict[str, list[_Cell]]:
    """Every kind's bands, the surest first, with the errors expected in each.

    What people found in a band counts as it is, what the machine claims as ``claimed`` looks.
    """
    edges = [float(edge) for edge in table()["bands"]]
    own: dict[tuple[str, int], list[float]] = defaultdict(list)
    for claim in claims:
        own[claim.kind, bisect_right(edges, claim.confidence)].append(claim.confidence)
    seen: dict[tuple[str, int], list[bool]] = defaultdict(list)
    for one in found:
        seen[one.kind, bisect_right(edges, one.confidence)].append(one.right)
    ladders: dict[str, list[_Cell]] = defaultdict(list)
    for (kind, band), confidences in sorted(own.items(), reverse=True):
        if band == 0:
            continue  # below the lowest band a person looks in any case
        looks = seen[kind, band]
        doubt = 1 - sum(confidences) / len(confidences)
        share = (claimed * doubt + looks.count(False)) / (claimed + len(looks))
        ladders[kind].append(_Cell(edges[band - 1], len(confidences), share * len(confidences)))
    return ladders
