"""Which years a book is of, from all its dates, though single figures are misread."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Hamming

from extract.decision.figures import Table, chance, usual_misreadings
from extract.parse.dates import Era

_WORDS = {0.02: 1.0, 0.08: 0.1}
"""Shares of readings in which one certain figure of a year is wrong that was written in words, and
how usual a hand is whose words are read so."""
_BROKEN_OFF = 0.2  # share of years in words that end before their last one: 2010 for 2017
_STRAY = 3e-4  # anything else
_LATE = 0.02  # share of events that are registered in a later year
_LEAST, _DATES = 0.02, 1.5  # least share of a year, and the dates it must explain
_LONGEST = 5  # years that a book is kept
_SINGLE = 4  # single years that are weighed by one hand's figures, the likeliest without
_TAKEN = {0.1: 1.0, 0.3: 0.3, 0.6: 0.002, 0.95: 0.002}
"""Shares in which a hand's figure may be taken for another, and how usual such a hand is, beside
how usual the misreading: one that is mostly misread is rare."""
_FITS, _EXPLAINED = 0.2, 0.45  # probability of a date that its year explains; least share of them

Said = Mapping[str, float]
"""Values of a date (``DD.MM.YYYY`` …) with their probabilities."""
Values = NDArray[np.float64]


class Hand(NamedTuple):
    """How a book's hand is read: its figures, (true, read), how often its words are not, and
    whether the decade's figure is read as any hand's: like the century's, by what it can be."""

    figures: Table
    words: float
    decade: bool = False


class Told(NamedTuple):
    """What a case tells of its year: its dates in figures and in words, and those in figures of
    what it registers, which may be of an earlier year."""

    figures: Sequence[Said] = ()
    words: Sequence[Said] = ()
    events: Sequence[Said] = ()


def book_years(cases: Sequence[Told], era: Era) -> dict[int, float]:
    """The shares of the years in a book; those that explain fewer than two dates are left out.

    A book is of one year, or of a few, one after the other: of all such the ones that explain its
    dates best, each read with now and then a wrong figure. One hand's figures are misread alike:
    perhaps one of them is often taken for another.

    Args:
        cases: in their order in the book.
        era: years in which the book can lie.

    Returns:
        All years of the era alike where nothing tells; none where no years explain most dates, for
        then the figures cannot be told apart.
    """
    years = range(era.first, era.last + 1)
    read = _Read(cases)
    if not read.size:
        return dict.fromkeys(years, 1 / len(years))
    span, hand = _best_span(read, years)
    of_date = read.year_of_case(span, hand)[read.case]
    chances = read.by_year(span, hand)[of_date, np.arange(read.size)]
    if np.mean(chances >= _FITS) < _EXPLAINED:
        return {}
    counts = Counter(span[at] for at in of_date.tolist())
    least = max(_LEAST * read.size, _DATES)
    kept = {year: count for year, count in counts.items() if count >= least} or counts
    return {year: count / sum(kept.values()) for year, count in sorted(kept.items())}


class _Read:
    """All dates of a book: the years that each of them may say, and whose case it is of."""

    def __init__(self, cases: Sequence[Told]) -> None:
        dates = [(at, own, _STRAY) for at, told in enumerate(cases) for own in told.figures if own]
        dates += [(at, own, _LATE) for at, told in enumerate(cases) for own in told.events if own]
        spoken = [(at, own) for at, told in enumerate(cases) for own in told.words if own]
        pairs = [(at, v[-4:], p) for at, (_, own, _) in enumerate(dates) for v, p in own.items()]
        self.case = np.array([at for at, *_ in (*dates, *spoken)], dtype=int)
        self.size = len(self.case)
        self._cases = len(cases)
        self._spoken = [own for _, own in spoken]
        self._stray = np.array([stray for *_, stray in dates])
        self._date = np.array([at for at, _, _ in pairs], dtype=int)
        self._share = np.array([p for _, _, p in pairs])
        self._figures = np.array([[int(f) for f in year] for _, year, _ in pairs], dtype=int)

    def taken_for(self) -> set[int]:
        """Figures that were read at all."""
        return set(self._figures.ravel().tolist())

    def by_year(self, years: range, hand: Hand) -> Values:
        """Probability of each date in each year, by how a hand is read: (years, dates)."""
        return np.array([[*self._in(y, hand), *self._in_words(y, hand.words)] for y in years])

    def paths(self, span: range, hand: Hand) -> tuple[Values, Values]:
        """Log probability of the cases up to each where it is of a year of the span, (years,
        cases); and of them where all are of that year. No case is of an earlier year than the one
        before it, and a new year may begin at any."""
        alone = np.zeros((len(span), self._cases))
        for own, row in zip(alone, np.log(self.by_year(span, hand)), strict=True):
            own += np.bincount(self.case, weights=row, minlength=self._cases).cumsum()
        best = alone.copy()
        for at in range(1, len(span)):
            begun = best[:at, :-1].max(axis=0) - math.log(self._cases) - alone[at, :-1]
            best[at, 1:] += np.maximum(np.maximum.accumulate(begun), 0.0)
        return best, alone

    def year_of_case(self, span: range, hand: Hand) -> NDArray[np.int64]:
        """Which year of the span each case is of, on the likeliest path."""
        best, alone = self.paths(span, hand)
        years = np.zeros(self._cases, dtype=np.int64)
        at, last = int(best[:, -1].argmax()), self._cases
        while last > 0:
            begun = best[:at, : last - 1].max(axis=0, initial=-np.inf)
            begun = begun - math.log(self._cases) - alone[at, : last - 1]
            first = int(begun.argmax()) + 1 if begun.size and begun.max() > 0 else 0
            years[first:last] = at
            at, last = (int(best[:at, first - 1].argmax()) if first else 0), first
        return years

    def _in(self, year: int, hand: Hand) -> Values:
        """By this hand's figures for the last two, or the last: others by what they can be."""
        shares = self._share.copy()
        if not shares.size:
            return self._stray
        for place, figure in enumerate(str(year)):
            table = hand.figures if place > 1 + hand.decade else usual_misreadings()
            shares *= table[int(figure), self._figures[:, place]]
        sums = np.bincount(self._date, weights=shares, minlength=len(self._stray))
        return np.asarray(sums + self._stray)

    def _in_words(self, year: int, slip: float) -> list[float]:
        return [_in_words(own, year, slip) for own in self._spoken]


def _best_span(read: _Read, years: range) -> tuple[range, Hand]:
    """The years in succession that explain the dates best, and the hand by which they do."""

    def explained(span: range, hand: Hand) -> float:
        return float(read.paths(span, hand)[0][:, -1].max())

    usual = Hand(usual_misreadings(), min(_WORDS))
    tried: list[range] = []
    for size in range(1, _LONGEST + 1):
        starts = range(years.start, years.stop - size + 1)
        spans = [range(first, first + size) for first in starts]
        ranked = sorted(spans, key=lambda span: -explained(span, usual))
        tried += ranked[: _SINGLE if size == 1 else 1]
    weighed = [
        (prior + explained(span, hand), span, hand)
        for span in tried
        for prior, hand in _hands(span, read.taken_for())
    ]
    _, span, hand = max(weighed, key=lambda found: found[0])
    return span, hand


def _hands(span: range, taken_for: set[int]) -> Iterator[tuple[float, Hand]]:
    """Log probabilities of hands: the usual one, and those whose one figure of a year's last two is
    often taken for another; each with words that are read well, or badly.

    Where both are the same figure (1977), it may be misread in the last place alone.
    """
    double = any(str(year)[2] == str(year)[3] for year in span)
    for slip, share in _WORDS.items():
        for prior, figures in _figures(span, taken_for):
            yield prior + math.log(share), Hand(figures, slip)
            if double:
                yield prior + math.log(share), Hand(figures, slip, decade=True)


def _figures(span: range, taken_for: set[int]) -> Iterator[tuple[float, Table]]:
    usual = usual_misreadings()
    yield 0.0, usual
    for true in sorted({int(figure) for year in span for figure in str(year)[2:]}):
        for other, share in product(sorted(taken_for - {true}), _TAKEN):
            hand = usual.copy()
            hand[true] *= 1 - share
            hand[true, other] += share
            yield math.log(_TAKEN[share] * usual[true, other]), hand


def _in_words(own: Mapping[str, float], year: int, slip: float) -> float:
    """Probability of a reading in words in this year; ``slip``: that one figure is read wrong."""
    wrong = ((Hamming.distance(value[-4:], str(year)), value[-4:], p) for value, p in own.items())
    begun = f"{year // 10}0"
    return _STRAY + sum(
        p * max(float(slip**figures), _BROKEN_OFF * (read == begun)) for figures, read, p in wrong
    )


def confused(read: str, year: int) -> float:
    """Probability that a year is read so."""
    return chance(str(year), read, usual_misreadings())
