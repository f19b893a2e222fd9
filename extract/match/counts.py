"""How often each part of a name, place, year and sex stands in the list."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from extract.match.rows import PARTS, Rows
from extract.match.vocabulary import KEYS, Vocabulary

_YEARS = 10_000
_SEXES = 3
_COMMON = 1000  # parts among which those near a query's part are counted


class Counts:
    """Counts of rows: ``parts`` (9 columns, parts), ``places``, ``years``, ``sexes``."""

    def __init__(
        self,
        parts: NDArray[np.int64],
        places: NDArray[np.int64],
        years: NDArray[np.int64],
        sexes: NDArray[np.int64],
    ) -> None:
        self.parts, self.places, self.years, self.sexes = parts, places, years, sexes

    @classmethod
    def empty(cls) -> Self:
        return cls(
            np.zeros((len(PARTS), 1), np.int64),
            np.zeros(1, np.int64),
            np.zeros(_YEARS, np.int64),
            np.zeros(_SEXES, np.int64),
        )

    @classmethod
    def read(cls, path: Path, parts: Vocabulary, places: Vocabulary) -> Self:
        """Counts that `write` wrote, with sums by key."""
        with np.load(path) as stored:
            counts = cls(stored["parts"], stored["places"], stored["years"], stored["sexes"])
        counts.sum_by_key(parts, places)
        return counts

    def write(self, path: Path) -> None:
        np.savez(path, parts=self.parts, places=self.places, years=self.years, sexes=self.sexes)

    def add(self, rows: Rows, sign: int = 1) -> None:
        """Count rows in, or (``sign`` −1) out."""
        high = max((int(rows[part].max(initial=0)) for part in PARTS), default=0) + 1
        self.parts = _widened(self.parts, high)
        width = self.parts.shape[1]
        for at, part in enumerate(PARTS):
            self.parts[at] += sign * np.bincount(rows[part], minlength=width)
        self.places = _widened(self.places, int(rows["place"].max(initial=0)) + 1)
        self.places += sign * np.bincount(rows["place"].ravel(), minlength=len(self.places))
        self.years += sign * np.bincount(rows["year"], minlength=_YEARS)
        self.sexes += sign * np.bincount(rows["sex"], minlength=_SEXES)

    def sum_by_key(self, parts: Vocabulary, places: Vocabulary) -> None:
        """Prepare `share` and `near`: counts by each of the keys."""
        self.parts = _widened(self.parts, len(parts))
        self.places = _widened(self.places, len(places))
        self._totals = np.maximum(self.parts[:, 1:].sum(axis=1), 1)
        self._by_key = {
            name: np.stack([np.bincount(parts.keys(name), weights=row) for row in self.parts])
            for name in KEYS
        }
        self._place_by_key = np.bincount(places.keys("sound"), weights=self.places)
        self.dated = max(int(self.years[1:].sum()), 1)
        folds = parts.keys("fold")
        weight = np.bincount(folds, weights=self.parts.sum(axis=0))
        weight[0] = 0
        first = np.full(len(weight), -1, np.int64)
        first[folds[::-1]] = np.arange(len(folds))[::-1]
        common = np.argsort(-weight, kind="stable")[:_COMMON]
        texts = parts.key_texts("fold")
        self.common = [texts[first[number]] for number in common if weight[number] > 0]
        self.common_lengths = np.array([len(text) for text in self.common])
        self.common_shares = (
            self._by_key["fold"][:, common[: len(self.common)]] / self._totals[:, None]
        )

    def share(self, column: int, key: str, number: int) -> float:
        """The share of rows with something in a column that have this key there."""
        if number < 0:
            return 0.0
        return float(self._by_key[key][column, number]) / float(self._totals[column])

    def place_share(self, number: int, people: int) -> float:
        """The share of people of whose place a part has this sound."""
        return float(self._place_by_key[number]) / max(people, 1) if number > 0 else 0.0

    def year_share(self, year: int) -> float:
        """The share of dated rows of this year; a year never seen counts as seen half once."""
        return max(float(self.years[year]), 0.5) / self.dated


def _widened(counts: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    missing = width - counts.shape[-1]
    if missing <= 0:
        return counts
    return np.pad(counts, [(0, 0)] * (counts.ndim - 1) + [(0, missing)])
