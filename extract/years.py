"""Which years a book is of, from all its dates, though single figures are misread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rapidfuzz.distance import Hamming

from extract.parse.dates import Era

_FIGURE = 0.08  # share of readings in which a figure of a year is taken for another
_STRAY = 1e-4  # anything else
_ROUNDS = 30
_LEAST, _DATES = 0.02, 1.5  # least share of a year, and the dates it must explain


def book_years(dates: Sequence[Mapping[str, float]], era: Era) -> dict[int, float]:
    """The shares of the years in a book; years that explain fewer than two dates are left out.

    A mixture fitted by expectation and maximisation (Dempster et al. 1977): every date belongs to
    one of the era's years, and its year is read with now and then a wrong figure.

    Args:
        dates: for each date of the book its values (``DD.MM.YYYY`` …) with probabilities.
        era: years in which the book can lie.
    """
    years = range(era.first, era.last + 1)
    likelihoods = [
        {year: _STRAY + sum(p * confused(v[-4:], year) for v, p in own.items()) for year in years}
        for own in dates
        if own
    ]
    shares = dict.fromkeys(years, 1 / len(years))
    for _ in range(_ROUNDS if likelihoods else 0):
        counts = dict.fromkeys(years, 0.0)
        for own in likelihoods:
            whole = sum(shares[year] * own[year] for year in years)
            for year in years:
                counts[year] += shares[year] * own[year] / whole
        shares = {year: count / len(likelihoods) for year, count in counts.items()}
    least = max(_LEAST, _DATES / len(likelihoods)) if likelihoods else 0.0
    return {year: share for year, share in shares.items() if share >= least} or shares


def confused(read: str, year: int) -> float:
    """Probability that a year is read so."""
    return float(_FIGURE ** Hamming.distance(read, str(year)))
