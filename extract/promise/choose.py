"""Which fields to accept: thresholds on confidence, chosen before anything is proved.

Anything may be used to choose, also answers that are no fair sample (fields looked at because they
were doubtful): what is chosen has to prove itself on an audit drawn afterwards (learn, then test:
Angelopoulos, Bates, Candès, Jordan & Lei 2021, with the data split between the two).

One threshold for all fields needs the fewest looks, and is right where confidences keep their word.
Where they do not, a kind of field has its own, or a column: where a few columns hold most errors of
their kind, the others are freed without them. Kinds, and columns still more, are told apart by few
looks each, and what promises most among many is mostly luck: so they are taken only where they
promise to free much more. Errors come together (a column misread throughout a book), so twice as
many are planned for as are expected.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extract.promise.claims import Claim, Found
from extract.promise.options import ALL, PromiseOptions, table
from extract.promise.proof import likely_audit

_KINDS, _COLUMNS = 1.25, 2.0  # by how much kinds, and columns, must free more than what is coarser
_CLUMPS = 2.0  # errors that are planned for, for each that is expected
_COLUMN = 5.0  # looks in a column that outweigh what is known of its kind
_NEVER = 2.0  # no confidence reaches it


@dataclass
class _Cell:
    """The claims of one kind or column between two confidences, and the errors expected there."""

    floor: float
    count: int
    errors: float


@dataclass(frozen=True)
class _Choice:
    """Thresholds, and how many fields they are likely to free."""

    floors: Mapping[str, float]
    freed: int


_Ladders = Mapping[str, Sequence[_Cell]]
"""Bands of confidence, the surest first, of each kind or column."""


def thresholds(
    claims: Sequence[Claim], found: Sequence[Found], options: PromiseOptions, risk: float
) -> dict[str, float]:
    """The least confidence accepted, of all fields (`ALL`), or by kind, or by kind and column; what
    is missing is not accepted at all.

    Bands of confidence are added, each from its surest down, the likeliest right first. Those
    are taken with which the most fields need no person: more bands are more fields, but more errors
    among them are a longer audit.

    Args:
        risk: that the proof of what is chosen may spend.
    """
    kinds = _ladders(claims, found, options.claimed, _edges("bands"))
    if options.by_kind:
        chosen: dict[str, float] = {}
        for kind, cells in kinds.items():
            chosen |= _fill({kind: cells}, options.max_error, risk / len(kinds)).floors
        return chosen
    columns = _by_column(claims, found, options.claimed)
    best = _fill(_as_one(claims, found, options.claimed), options.max_error, risk)
    for ladders, more in ((kinds, _KINDS), (columns, _COLUMNS)):
        finer = _fill(ladders, options.max_error, risk)
        best = finer if finer.freed > more * best.freed else best
    return dict(best.floors)


def accepted(claim: Claim, floors: Mapping[str, float]) -> bool:
    """Whether the claim is as sure as the threshold of all, or of its kind or column, asks."""
    names = (ALL, claim.kind, claim.column)
    return claim.confidence >= next((floors[n] for n in names if n in floors), _NEVER)


def stratum(claim: Claim, options: PromiseOptions) -> str:
    """Which fields keep the promise together with this one."""
    return claim.kind if options.by_kind else ALL


def _fill(ladders: _Ladders, max_error: float, risk: float) -> _Choice:
    waiting = {name: list(cells) for name, cells in ladders.items()}
    taken: dict[str, float] = {}
    best: dict[str, float] = {}
    most, count, errors = 0, 0, 0.0
    while heads := {name: cells[0] for name, cells in waiting.items() if cells}:
        name = min(heads, key=lambda n: heads[n].errors / heads[n].count)
        cell = waiting[name].pop(0)
        count, errors = count + cell.count, errors + cell.errors
        taken = taken | {name: cell.floor}
        audit = likely_audit(count, _CLUMPS * errors, max_error, risk)
        if audit is not None and count - audit > most:
            best, most = taken, count - audit
    return _Choice(best, most)


def _as_one(claims: Sequence[Claim], found: Sequence[Found], claimed: float) -> _Ladders:
    """The bands of all fields together."""
    whole = [replace(claim, kind=ALL) for claim in claims]
    return _ladders(whole, [replace(f, kind=ALL) for f in found], claimed, _edges("fine_bands"))


def _by_column(claims: Sequence[Claim], found: Sequence[Found], claimed: float) -> _Ladders:
    """Every column's bands. What is expected of its kind there, many errors of one column counted
    as one, gives way to what people found in the column, among all that is as sure as the lowest
    band."""
    edges = _edges("fine_bands")
    expected = {
        (kind, cell.floor): cell.errors / cell.count
        for kind, cells in _ladders(claims, _once(found), claimed, edges).items()
        for cell in cells
    }
    looks: dict[str, list[bool]] = defaultdict(list)
    for one in found:
        if one.confidence >= edges[0]:
            looks[one.column].append(one.right)
    own: dict[tuple[str, str, int], int] = defaultdict(int)
    for claim in claims:
        own[claim.column, claim.kind, bisect_right(edges, claim.confidence)] += 1
    ladders: dict[str, list[_Cell]] = defaultdict(list)
    for (column, kind, band), count in sorted(own.items(), reverse=True):
        if band:
            floor, seen = edges[band - 1], looks[column]
            share = _COLUMN * expected[kind, floor] + seen.count(False)
            ladders[column].append(_Cell(floor, count, count * share / (_COLUMN + len(seen))))
    return ladders


def _once(found: Sequence[Found]) -> list[Found]:
    """What people found, but of each column's errors only the one that was claimed most surely."""
    first = {
        one.column: one for one in sorted(found, key=lambda one: one.confidence) if not one.right
    }
    return [*(one for one in found if one.right), *first.values()]


def _ladders(
    claims: Sequence[Claim], found: Sequence[Found], claimed: float, edges: Sequence[float]
) -> _Ladders:
    """Every kind's bands, the surest first, with the errors expected in each.

    What people found in a band counts as it is, what the machine claims as ``claimed`` looks.
    """
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


def _edges(name: str) -> list[float]:
    return [float(edge) for edge in table()[name]]
