"""Choosing values along a book: numbers run on, dates do not run back.

Each entry has candidates with costs (minus log probability); a step between neighbours costs
what it is unlikely. The cheapest way through the book is found by dynamic programming (Viterbi).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache, partial
from typing import TypeVar

from rapidfuzz.distance import Levenshtein

from extract.decision.agree import lag_cost
from extract.decision.years import confused
from extract.parse.dates import PartialDate, date_of_value

_SLIP = -math.log(0.04)  # one character misread
_UNREAD = 3.0 * _SLIP  # nothing readable at this entry
_EARLIER, _OLDER = 5.0, 8.0  # a step back in time; to another year, as well
_GAP, _BACK, _AGAIN = 4.0, 9.0, 7.0  # a jump ahead, a step back, the same number again
_BY = {1: 0.0, 2: 3.0}  # by how much numbers run on → what that costs a book
_TRIED = 6  # values of an event that a date is held against
_STRAY = 0.01  # share of events whose date is misread altogether
_MOST = 120  # candidates kept for one entry
_OFFSETS = 25  # runs of numbers that every entry may belong to, the best supported ones

T = TypeVar("T", bound=Hashable)


def cheapest(
    costs: Sequence[Mapping[T, float]], step: Callable[[T, T], float]
) -> tuple[float, list[T | None]]:
    """The least cost, and the choice for every entry; None where an entry has no candidate.

    Entries without candidates are passed over: the step goes between their neighbours.
    """
    chosen: list[T | None] = [None] * len(costs)
    places = [place for place, options in enumerate(costs) if options]
    if not places:
        return 0.0, chosen
    total = dict(costs[places[0]])
    back: list[dict[T, T]] = []
    for place in places[1:]:
        following: dict[T, float] = {}
        links: dict[T, T] = {}
        for option, cost in costs[place].items():
            best = min(total, key=lambda before: total[before] + step(before, option))
            following[option] = total[best] + step(best, option) + cost
            links[option] = best
        total, back = following, [*back, links]
    last = min(total, key=lambda option: total[option])
    least = total[last]
    for place, links in zip(reversed(places), [*reversed(back), {}], strict=True):
        chosen[place] = last
        last = links.get(last, last)
    return least, chosen


def reading_cost(said: str, candidates: Sequence[tuple[str, float]]) -> float:
    """Minus log probability that the reader gives these texts where ``said`` is written."""
    if not candidates:
        return _UNREAD
    seen = [
        -math.log(max(p, 1e-4)) + _SLIP * Levenshtein.distance(said, text) for text, p in candidates
    ]
    return min(min(seen), _UNREAD)


def run_on_numbers(readings: Sequence[Sequence[tuple[str, float]]]) -> list[int | None]:
    """The running number of each entry, from each entry's candidate figures; where every second
    case of the book was not found, they go by two."""
    runs = [(_run_by(readings, by), by) for by in _BY]
    return min(runs, key=lambda run: run[0][0] + _BY[run[1]])[0][1]


def _run_by(
    readings: Sequence[Sequence[tuple[str, float]]], by: int
) -> tuple[float, list[int | None]]:
    votes: Counter[int] = Counter()
    for place, own in enumerate(readings):
        for text, probability in own:
            votes[int(text) - by * place] += probability  # type: ignore[assignment]
    offsets = sorted(votes, key=lambda offset: (-votes[offset], offset))[:_OFFSETS]
    costs: list[dict[int, float]] = []
    for place, own in enumerate(readings):
        options = {int(text) for text, _ in own} | {by * place + offset for offset in offsets}
        costs.append({n: reading_cost(str(n), own) for n in sorted(options) if 0 < n < 10_000})
    return cheapest(costs, partial(_number_step, by))


def _number_step(by: int, before: int, after: int) -> float:
    if after == before + by:
        return 0.0
    if after == before:
        return _AGAIN
    if after == 1:
        return _GAP + 1.0  # a new year
    return _GAP + math.log(after - before) if after > before else _BACK


def run_on_dates(
    readings: Sequence[Mapping[str, float]],
    years: Mapping[int, float],
    events: Sequence[Mapping[str, float]] = (),
) -> list[str | None]:
    """The date of each entry, from candidate values with probabilities.

    Args:
        readings: for each entry the values ``DD.MM.YYYY`` with their probabilities.
        years: the book's years with their shares; a date outside them is unlikely.
        events: for each entry the values of the event it registers, which comes shortly before.
    """
    costs = [
        {value: cost + _year_cost(value, years) for value, cost in _with_slips(own, years)}
        for own in readings
    ]
    for own, event in zip(costs, events, strict=False):
        for value in own:
            own[value] += _event_cost(value, event)
    return cheapest(costs, _date_step)[1]


def _event_cost(value: str, event: Mapping[str, float]) -> float:
    """What it costs that this date registers an event read so."""
    date = date_of_value(value)
    likely = sorted(event.items(), key=lambda item: (-item[1], item[0]))[:_TRIED]
    whole = sum(probability for _, probability in likely)
    if date is None or not whole:
        return 0.0
    fits = sum(p / whole * _fits(said, date) for said, p in likely)
    return -math.log(max(fits, _STRAY))


def _fits(said: str, date: PartialDate) -> float:
    """Probability that an event read so came before this date, its year perhaps misread."""
    meant = ((said, 1.0), *((f"{said[:-4]}{y}", confused(said[-4:], y)) for y in _years(date)))
    return max(share * math.exp(-lag_cost(value, date)) for value, share in meant)


def _years(date: PartialDate) -> tuple[int, int]:
    return date.year, date.year - 1


def _with_slips(own: Mapping[str, float], years: Mapping[int, float]) -> list[tuple[str, float]]:
    """The candidates and those with the book's year or one figure changed; the cheapest ones."""
    costs: dict[str, float] = {}

    def offer(value: str, cost: float) -> None:
        date = date_of_value(value)
        if date is not None and date.valid:
            costs[value] = min(cost, costs.get(value, math.inf))

    for value, probability in own.items():
        cost = -math.log(max(probability, 1e-4))
        offer(value, cost)
        for year in years:
            slips = Levenshtein.distance(value[-4:], str(year))
            offer(f"{value[:-4]}{year}", cost + _SLIP * slips)
            for place in (0, 1, 3, 4):
                for figure in "0123456789":
                    changed = value[:place] + figure + value[place + 1 : -4] + str(year)
                    if len(value) == 10 and figure != value[place]:
                        offer(changed, cost + _SLIP * (slips + 1))
    return sorted(costs.items(), key=lambda item: (item[1], item[0]))[:_MOST]


def _year_cost(value: str, years: Mapping[int, float]) -> float:
    return -math.log(max(years.get(int(value[-4:]), 0.0), 1e-3))


def _date_step(before: str, after: str) -> float:
    one, two = _ordinal(before), _ordinal(after)
    if two >= one:
        return min((two - one) / 15.0, 6.0)
    return _EARLIER + min((one - two) / 15.0, 6.0) + (_OLDER if after[-4:] < before[-4:] else 0.0)


@cache
def _ordinal(value: str) -> int:
    date = date_of_value(value) or PartialDate(1)
    return date.ordinal
