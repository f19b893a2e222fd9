"""Which years a book is of, from all its dates, though single figures are misread."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rapidfuzz.distance import Hamming

from extract.parse.dates import Era

_FIGURE = 0.08  # share of readings in which a figure of a year is taken for another
_WORD = 0.02  # the same where the year was written in words
_STRAY = 1e-4  # anything else
_ROUNDS = 30
_LEAST, _DATES = 0.02, 1.5  # least share of a year, and the dates it must explain
_LONGEST = 5  # years that a book is kept


def book_years(
    dates: Sequence[Mapping[str, float]], spoken: Sequence[Mapping[str, float]], era: Era
) -> dict[int, float]:
    """The shares of the years in a book; years that explain fewer than two dates are left out.

    A book is of one year, or of a few that follow each other: of all such spans the one that
    explains its dates best, in it a mixture fitted by expectation and maximisation (Dempster et
    al. 1977): every date belongs to one of the years, and is read with now and then a wrong
    figure.

    Args:
        dates: for each date of the book its values (``DD.MM.YYYY`` …) with probabilities.
        spoken: the same for dates written in words.
        era: years in which the book can lie.
    """
    years = range(era.first, era.last + 1)
    figures = [_likelihoods(own, years, _FIGURE) for own in dates if own]
    likelihoods = [*figures, *(_likelihoods(own, years, _WORD) for own in spoken if own)]
    if not likelihoods:
        return dict.fromkeys(years, 1 / len(years))
    span = _best_span(likelihoods, years)
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


def _likelihoods(own: Mapping[str, float], years: range, slip: float) -> dict[int, float]:
    return {y: _STRAY + sum(p * confused(v[-4:], y, slip) for v, p in own.items()) for y in years}


def _best_span(likelihoods: Sequence[Mapping[int, float]], years: range) -> range:
    """The years in succession that explain the dates best, each date by any of them."""
    spans = [
        range(first, first + size)
        for size in range(1, _LONGEST + 1)
        for first in range(years.start, years.stop - size + 1)
    ]
    return max(
        spans,
        key=lambda span: sum(
            math.log(sum(own[year] for year in span) / len(span)) for own in likelihoods
        ),
    )


def confused(read: str, year: int, slip: float = _FIGURE) -> float:
    """Probability that a year is read so."""
    return float(slip ** Hamming.distance(read, str(year)))
