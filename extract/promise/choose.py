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
from extract.promise.proof import likely_audit


@dataclass
class _Cell:
    """The claims of one kind between two confidences, and the errors expected among them."""

    floor: float
    count: int
    errors: float


def thresholds(
    claims: Sequence[Claim], found: Sequence[Found], options: PromiseOptions, risk: float
) -> dict[str, float]:
    """The least confidence accepted, by kind; a kind that is missing is not accepted at all.

    Bands of confidence are added, each kind from its surest down, the likeliest right first. Those
    are taken with which the most fields need no person: more bands are more fields, but more errors
    among them are a longer audit.

    Args:
        risk: that the proof of what is chosen may spend.
    """
    ladders = _ladders(claims, found, options.claimed)
    if not options.by_kind:
        return _fill(ladders, options.max_error, risk)
    chosen: dict[str, float] = {}
    for kind, cells in ladders.items():
        chosen |= _fill({kind: cells}, options.max_error, risk / len(ladders))
    return chosen


def stratum(claim: Claim, options: PromiseOptions) -> str:
    """Which fields keep the promise together with this one."""
    return claim.kind if options.by_kind else ALL


def _fill(ladders: Mapping[str, list[_Cell]], max_error: float, risk: float) -> dict[str, float]:
    waiting = {kind: list(cells) for kind, cells in ladders.items()}
    taken: dict[str, float] = {}
    best: dict[str, float] = {}
    most, count, errors = 0, 0, 0.0
    while heads := {kind: cells[0] for kind, cells in waiting.items() if cells}:
        kind = min(heads, key=lambda k: heads[k].errors / heads[k].count)
        cell = waiting[kind].pop(0)
        count, errors = count + cell.count, errors + cell.errors
        taken = taken | {kind: cell.floor}
        audit = likely_audit(count, errors, max_error, risk)
        if audit is not None and count - audit > most:
            best, most = taken, count - audit
    return best


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
