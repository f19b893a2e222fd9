"""Which years a book is of, from all its dates, though single figures are misread."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Hamming

from extract.decision.figures import Table, chance, usual_misreadings
from extract.parse.dates import Era

_WORD = 0.02  # share of readings in which a figure of a year is wrong that was written in words
_BROKEN_OFF = 0.2  # share of years in words that end before their last one: 2010 for 2017
_STRAY = 1e-4  # anything else
_LATE = 0.02  # share of events that are registered in a later year
_ROUNDS = 30
_LEAST, _DATES = 0.02, 1.5  # least share of a year, and the dates it must explain
_LONGEST = 5  # years that a book is kept
_SPANS = 4  # spans of each length that are weighed by one hand's figures, the likeliest without
_MOSTLY = (0.6, 0.95)  # shares in which a hand's figure is taken for another that it looks like


def book_years(
    dates: Sequence[Mapping[str, float]],
    spoken: Sequence[Mapping[str, float]],
    era: Era,
    events: Sequence[Mapping[str, float]] = (),
) -> dict[int, float]:
    """The shares of the years in a book; years that explain fewer than two dates are left out.

    A book is of one year, or of a few that follow each other: of all such spans the one that
    explains its dates best, in it a mixture fitted by expectation and maximisation (Dempster et
    al. 1977): every date belongs to one of the years, and is read with now and then a wrong
    figure. One hand's figures are misread alike: perhaps one of them is mostly taken for another.
    An event may be of an earlier year than its registration.

    Args:
        dates: for each date of the book its values (``DD.MM.YYYY`` …) with probabilities.
        spoken: the same for dates written in words.
        era: years in which the book can lie.
        events: the same for dates of what is registered, in figures.
    """
    years = range(era.first, era.last + 1)
    read = _Read([own for own in dates if own], [own for own in events if own])
    words = [{y: _in_words(own, y) for y in years} for own in spoken if own]
    figures = read.by_year(years, usual_misreadings())
    if not figures and not words:
        return dict.fromkeys(years, 1 / len(years))
    span, hand = _best_span(read, figures, words, years)
    likelihoods = [*read.by_year(span, hand), *words]
    shares = dict.fromkeys(span, 1 / len(span))
    for _ in range(_ROUNDS):
        counts = dict.fromkeys(span, 0.0)
        for own in likelihoods:
            whole = sum(shares[year] * own[year] for year in span)
            for year in span:
                counts[year] += shares[year] * own[year] / whole
        shares = {year: count / len(likelihoods) for year, count in counts.items()}
    least = max(_LEAST, _DATES / len(likelihoods))
    return {year: share for year, share in shares.items() if share >= least} or shares


class _Read:
    """The years read of dates in figures: all values of all dates, one below the other."""

    def __init__(
        self, dates: Sequence[Mapping[str, float]], events: Sequence[Mapping[str, float]]
    ) -> None:
        every = (*dates, *events)
        pairs = [(at, v[-4:], p) for at, own in enumerate(every) for v, p in own.items()]
        self._size = len(every)
        self._stray = np.repeat([_STRAY, _LATE], [len(dates), len(events)])
        self._date = np.array([at for at, _, _ in pairs], dtype=int)
        self._share = np.array([p for _, _, p in pairs])
        self._figures = np.array([[int(f) for f in year] for _, year, _ in pairs], dtype=int)

    def taken_for(self) -> set[int]:
        """Figures that were read at all."""
        return set(self._figures.ravel().tolist())

    def by_year(self, years: range, hand: Table) -> list[dict[int, float]]:
        """For each date the probability of its readings in each year, by a hand's figures."""
        if not self._size:
            return []
        columns = [self._in(year, hand).tolist() for year in years]
        return [dict(zip(years, own, strict=True)) for own in zip(*columns, strict=True)]

    def explained(self, span: range, hand: Table) -> float:
        """Log probability of all dates, each of any of these years."""
        if not self._size:
            return 0.0
        return float(np.log(sum(self._in(year, hand) for year in span) / len(span)).sum())

    def _in(self, year: int, hand: Table) -> NDArray[np.float64]:
        """By this hand's figures for the last two: a century is read by what it can be."""
        shares = self._share.copy()
        for place, figure in enumerate(str(year)):
            table = hand if place > 1 else usual_misreadings()
            shares *= table[int(figure), self._figures[:, place]]
        sums = np.bincount(self._date, weights=shares, minlength=self._size)
        return np.asarray(sums + self._stray)


def _best_span(
    read: _Read,
    figures: Sequence[Mapping[int, float]],
    words: Sequence[Mapping[int, float]],
    years: range,
) -> tuple[range, Table]:
    """The years in succession that explain the dates best, each date by any of them, and the
    hand's figures by which they do."""
    weighed: list[tuple[float, range, Table]] = []
    for size in range(1, _LONGEST + 1):
        starts = range(years.start, years.stop - size + 1)
        spans = [range(first, first + size) for first in starts]
        spoken = {span: _explained(words, span) for span in spans}
        alike = {span: spoken[span] + _explained(figures, span) for span in spans}
        weighed += [
            (spoken[span] + prior + read.explained(span, hand), span, hand)
            for span in sorted(spans, key=lambda span: -alike[span])[:_SPANS]
            for prior, hand in _hands(span, read.taken_for())
        ]
    _, span, hand = max(weighed, key=lambda found: found[0])
    return span, hand


def _explained(likelihoods: Sequence[Mapping[int, float]], span: range) -> float:
    return sum(math.log(sum(own[year] for year in span) / len(span)) for own in likelihoods)


def _hands(span: range, taken_for: set[int]) -> Iterator[tuple[float, Table]]:
    """Log probabilities of hands and their figures: the usual one, and those whose one figure of
    a year's last two is mostly taken for another."""
    usual = usual_misreadings()
    yield 0.0, usual
    for true in sorted({int(figure) for year in span for figure in str(year)[2:]}):
        for other, share in product(sorted(taken_for - {true}), _MOSTLY):
            hand = usual.copy()
            hand[true] *= 1 - share
            hand[true, other] += share
            yield math.log(usual[true, other]), hand


def _in_words(own: Mapping[str, float], year: int) -> float:
    """Probability of a reading in words in this year."""
    slips = ((Hamming.distance(value[-4:], str(year)), value[-4:], p) for value, p in own.items())
    begun = f"{year // 10}0"
    return _STRAY + sum(
        p * max(float(_WORD**slip), _BROKEN_OFF * (read == begun)) for slip, read, p in slips
    )


def confused(read: str, year: int) -> float:
    """Probability that a year is read so."""
    return chance(str(year), read, usual_misreadings())
