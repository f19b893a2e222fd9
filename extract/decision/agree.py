"""One date written twice, in figures and in words, shortly before a known day: what was meant."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date as calendar_day
from datetime import timedelta
from functools import cache
from itertools import product, zip_longest

from rapidfuzz.distance import Levenshtein

from extract.decision.figures import Table, usual_misreadings
from extract.parse.dates import PartialDate, date_in_words, date_of_value

_FIGURE = -math.log(0.05)  # one figure lost or added
_RARELY = 0.02  # least share of a figure that is taken for another
_WORD, _LETTER = 0.8, 0.75  # what a misread word costs, and each of its letters
_UNSEEN = 9.0  # neither figures nor words could be read
_MONTH = 31
_SOUTHERN = {"nghìn": "ngàn", "linh": "lẻ", "bẩy": "bảy"}  # words of the North → of the South
_FIRST = ("mùng", "mồng")  # before the first ten days of a month
_DELAY = 14.0  # days after which a birth's registration is a third as likely as at once
_GROWN = 18  # years


def likeliest(
    figures: Mapping[str, float],
    words: Mapping[str, float],
    end: str | None,
    hand: Table | None = None,
) -> list[tuple[str, float]]:
    """Dates with costs (minus log probability), the cheapest first.

    Args:
        figures: values read in figures with their probabilities.
        words: values read in words with theirs; or a text in words that says no date.
        end: the date of registration, before which the date lies, mostly by days.
        hand: how often the hand's figures are taken for each other; as usual where not known.
    """
    table = usual_misreadings() if hand is None else hand
    read = [date for value in (*figures, *words) if (date := date_of_value(value))]
    last = date_of_value(end)
    years = {date.year for date in read}
    if last:
        years |= {last.year, last.year - 1}
    months, days = {date.month for date in read}, {date.day for date in read}
    offered = {PartialDate(y, m, d).text for y, m, d in product(years, months, days) if m or not d}
    offered |= _shortly_before(last) if words and not read else set()
    costs = {
        value: _figures_cost(value, figures, table)
        + _words_cost(value, words)
        + lag_cost(value, last)
        for value in offered
        if (date := date_of_value(value)) and date.valid
    }
    return sorted(costs.items(), key=lambda item: (item[1], item[0]))


def _figures_cost(value: str, figures: Mapping[str, float], hand: Table) -> float:
    costs = [_misread(value, read, hand) - math.log(max(p, 1e-4)) for read, p in figures.items()]
    return min([*costs, _UNSEEN])


def _misread(value: str, read: str, hand: Table) -> float:
    """What it costs that a date is read so."""
    if len(value) != len(read):
        return _FIGURE * Levenshtein.distance(value, read)
    return sum(
        -math.log(max(hand.item(int(one), int(other)), _RARELY))
        for one, other in zip(value, read, strict=True)
        if one != other
    )


def _words_cost(value: str, words: Mapping[str, float]) -> float:
    if not words:
        return 0.0
    said = _in_words(value)
    costs = [_misheard(said, _in_words(read)) - math.log(max(p, 1e-4)) for read, p in words.items()]
    return min([*costs, _UNSEEN])


def _misheard(said: Sequence[str], read: Sequence[str]) -> float:
    """What it costs that words are read so: each that is not there, or is another, the more the
    more of its letters differ."""
    cost = 0.0
    for change in Levenshtein.opcodes(said, read):
        one, other = (
            said[change.src_start : change.src_end],
            read[change.dest_start : change.dest_end],
        )
        if change.tag != "equal":
            letters = (Levenshtein.distance(a, b) for a, b in zip_longest(one, other, fillvalue=""))
            cost += sum(_WORD + _LETTER * n for n in letters)
    return cost


@cache
def _in_words(value: str) -> list[str]:
    """The words of a date, or of a text in the same words for numbers."""
    date = date_of_value(value)
    words = date_in_words(date) if date else value.lower()
    return [_SOUTHERN.get(word, word) for word in words.split() if word not in _FIRST]


def _shortly_before(last: PartialDate | None) -> set[str]:
    """The days before a known one on which births are that are registered then."""
    if last is None or last.day is None:
        return set()
    end = calendar_day(last.year, last.month or 1, last.day)
    days = (end - timedelta(before) for before in range(2 * _MONTH))
    return {PartialDate(day.year, day.month, day.day).text for day in days}


def lag_cost(value: str, last: PartialDate | None) -> float:
    """Births are registered within weeks, the sooner the likelier, seldom within months, rarely
    years later."""
    date = date_of_value(value)
    if last is None or date is None:
        return 0.0
    days = last.latest - date.ordinal
    if days < 0:
        return 5.0
    if days <= 2 * _MONTH + 3:
        return 0.0 if last.day is None else min(days / _DELAY, 2.5)
    return 2.5 if days <= 12 * _MONTH else 5.0 if days <= _GROWN * 12 * _MONTH else 9.0
