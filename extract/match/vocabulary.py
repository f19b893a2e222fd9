"""The distinct parts of names or places in a list, each with keys that forget what drifts.

A part is stored once, and rows hold its number. Each part has four keys, from strict to loose:
spelling (tone placement forgotten), fold (marks forgotten), sound, and shape; parts with one key
share its number, so that agreement of thousands of rows with a query is a comparison of integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.text import fold
from extract.match.names import shape, sound, spelling

KEYS: Mapping[str, Callable[[str], str]] = {
    "spelling": spelling,
    "fold": fold,
    "sound": sound,
    "shape": shape,
}
EMPTY, UNKNOWN = 0, -1


class Vocabulary:
    """Numbers for parts and for their keys; 0 is the empty part, numbers never change."""

    def __init__(self, parts: Iterable[tuple[str, ...]] = ()) -> None:
        self.numbers: dict[str, int] = {}
        self.rows: list[tuple[str, ...]] = []
        self._key_numbers: dict[str, dict[str, int]] = {name: {} for name in KEYS}
        self._of: dict[str, list[int]] = {name: [] for name in KEYS}
        for row in parts:
            self._add(row)
        if not self.rows:
            self.number("")

    def __len__(self) -> int:
        return len(self.rows)

    def number(self, part: str) -> int:
        """The part's number, a new one when it was never seen."""
        known = self.numbers.get(part)
        if known is None:
            known = self._add((part, *(key(part) for key in KEYS.values())))
        return known

    def key_number(self, name: str, part: str) -> int:
        """The number of the part's key; `UNKNOWN` when no part of the list has that key."""
        known = self.numbers.get(part)
        if known is not None:
            return self._of[name][known]
        return self._key_numbers[name].get(KEYS[name](part), UNKNOWN)

    def keys(self, name: str) -> NDArray[np.int32]:
        """The number of every part's key."""
        return np.array(self._of[name], np.int32)

    def key_texts(self, name: str) -> list[str]:
        """The key of every part."""
        column = 1 + list(KEYS).index(name)
        return [row[column] for row in self.rows]

    def _add(self, row: tuple[str, ...]) -> int:
        number = self.numbers[row[0]] = len(self.rows)
        self.rows.append(row)
        for name, key in zip(KEYS, row[1:], strict=True):
            numbers = self._key_numbers[name]
            self._of[name].append(numbers.setdefault(key, len(numbers)))
        return number


def read_vocabulary(path: Path) -> Vocabulary:
    """A vocabulary that `write_vocabulary` wrote."""
    lines = path.read_text("utf-8").split("\n")[:-1]
    return Vocabulary(tuple(line.split("\t")) for line in lines)


def write_vocabulary(path: Path, vocabulary: Vocabulary) -> None:
    """One part a line with its keys, in the order of their numbers."""
    text = "".join("\t".join(row) + "\n" for row in vocabulary.rows)
    path.write_text(text, encoding="utf-8", newline="\n")
