"""What letter follows what: character n-grams of French and of Vietnamese, both at once.

No lexicon: any text stays possible, and which of the languages a line is written in shows while
it is read (each has its share of the probability so far). Counts come from
`models.training.characters` and lie in `models/weights/characters`; see the card there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from common.errors import MissingPartError

FOLDER = Path(__file__).parent / "weights" / "characters"
LANGUAGES = ("fr", "vi")
START, END = " ", "\n"  # stand before the first letter and after the last
ORDER = 6
"""Letters of the longest sequence that is counted."""
_BITS = 9  # of one letter in a sequence's key: 6 · 9 < 64
_UNSEEN = 1e-4  # share of a letter that was never seen

Keys = NDArray[np.uint64]
Counts = NDArray[np.uint32]


class CharacterNGrams:
    """How likely a letter is after the five before it, back to what follows fewer.

    Interpolated after Witten and Bell (1991).

    Args:
        letters: every letter that was counted, in the order of its number.
        tables: for sequences of 1, 2 … letters, their sorted keys and how often they were seen.
    """

    def __init__(self, letters: str, tables: Sequence[tuple[Keys, Counts]]) -> None:
        self.letters, self.tables = letters, tables
        self._numbers = {letter: number for number, letter in enumerate(letters)}
        self._seen = [dict(zip(k.tolist(), c.tolist(), strict=True)) for k, c in tables]
        self._followed = [_followed(keys, counts) for keys, counts in tables]
        self.share = lru_cache(maxsize=400_000)(self._share)

    def _share(self, before: str, letter: str) -> float:
        """Probability of ``letter`` after ``before`` (its last five letters count)."""
        number = self._numbers.get(letter, -1)
        share = _UNSEEN if number < 0 else 1 / len(self.letters)
        key, back = 0, before[1 - ORDER :][::-1]
        for size in range(len(back) + 1):
            if size:
                last = self._numbers.get(back[size - 1])
                if last is None:
                    break
                key |= last << _BITS * (size - 1)
            known = self._followed[size].get(key)
            if known is None:
                break
            total, kinds = known
            seen = self._seen[size].get(key << _BITS | number, 0) if number >= 0 else 0
            share = (seen + kinds * share) / (total + kinds)
        return share

    def save(self, path: Path) -> None:
        """Write the counts, keys as differences: they pack better."""
        arrays: dict[str, Any] = {"letters": np.array(self.letters)}
        for size, (keys, counts) in enumerate(self.tables, start=1):
            arrays[f"keys{size}"] = np.diff(keys, prepend=np.uint64(0))
            arrays[f"counts{size}"] = counts
        with path.open("wb") as file:
            np.savez_compressed(file, **arrays)


def _followed(keys: Keys, counts: Counts) -> dict[int, tuple[int, int]]:
    """By what stands before: how often anything follows, and how many kinds of letters do."""
    before, first, kinds = np.unique(
        keys >> np.uint64(_BITS), return_index=True, return_counts=True
    )
    totals = np.add.reduceat(counts.astype(np.int64), first) if len(first) else counts
    return dict(
        zip(before.tolist(), zip(totals.tolist(), kinds.tolist(), strict=True), strict=True)
    )


def read_ngrams(path: Path) -> CharacterNGrams:
    """The n-grams that `CharacterNGrams.save` wrote.

    Raises:
        MissingPartError: they are not there.
    """
    if not path.is_file():
        raise MissingPartError("no character n-grams", where=str(path), hint="install hotich anew")
    with np.load(path, allow_pickle=False) as arrays:
        tables = [
            (np.cumsum(arrays[f"keys{size}"], dtype=np.uint64), arrays[f"counts{size}"])
            for size in range(1, ORDER + 1)
        ]
        return CharacterNGrams(str(arrays["letters"]), tables)


def count_ngrams(
    texts: Sequence[str], least: Sequence[int] = (1, 1, 1, 1, 2, 2)
) -> CharacterNGrams:
    """Count the letters of texts, in lower case.

    Args:
        least: how often a sequence of 1, 2 … letters must be seen to be kept.
    """
    padded = [START * (ORDER - 1) + text.lower() + END for text in texts]
    letters = "".join(sorted(set("".join(padded))))
    if len(letters) > 1 << _BITS:
        raise ValueError(f"{len(letters)} letters are too many")
    numbers = {letter: number for number, letter in enumerate(letters)}
    flat = np.array([numbers[letter] for text in padded for letter in text], np.uint64)
    ends = np.cumsum([len(text) for text in padded])
    written = np.ones(len(flat), dtype=bool)
    for offset in range(ORDER - 1):
        written[np.append(0, ends[:-1]) + offset] = False  # what only stands before a text
    tables = []
    keys = np.zeros(len(flat), np.uint64)
    for size in range(ORDER):
        back = np.concatenate([np.zeros(size, np.uint64), flat[: len(flat) - size]])
        keys = keys | back << np.uint64(_BITS * size)
        seen, counts = np.unique(keys[written], return_counts=True)
        often = counts >= least[size]
        tables.append((seen[often], counts[often].astype(np.uint32)))
    return CharacterNGrams(letters, tables)


class State(NamedTuple):
    """The end of a text, its weight (log), and each language's share in it."""

    tail: str
    weight: float
    shares: tuple[float, ...]


class Characters:
    """The weight of a text as it grows, by languages mixed (`models.beam.Weighing`).

    Args:
        ngrams: the languages.
        letter: added for every letter, against the bent of probabilities for short texts.
    """

    def __init__(self, ngrams: Sequence[CharacterNGrams], letter: float = 2.0) -> None:
        self._ngrams, self._letter = ngrams, letter
        even = 1 / len(ngrams)
        self.start = State(START * (ORDER - 1), 0.0, (even,) * len(ngrams))

    def step(self, state: State, letter: str) -> State:
        """The text with one more letter."""
        letter = letter.lower()
        joint, shares = self._mixed(state, letter)
        tail = (state.tail + letter)[1 - ORDER :]
        return State(tail, state.weight + math.log(joint) + self._letter, shares)

    def end(self, state: State) -> float:
        """The weight of a text that ends here."""
        return state.weight + math.log(self._mixed(state, END)[0])

    def following(self, state: State) -> None:
        """Any letter may follow."""

    def _mixed(self, state: State, letter: str) -> tuple[float, tuple[float, ...]]:
        parts = [
            share * ngrams.share(state.tail, letter)
            for share, ngrams in zip(state.shares, self._ngrams, strict=True)
        ]
        joint = sum(parts)
        return joint, tuple([part / joint for part in parts])  # a list first: twice as fast


@cache
def any_text() -> Characters:
    """French and Vietnamese together, as the package ships them."""
    return Characters([read_ngrams(FOLDER / f"{name}.npz") for name in LANGUAGES])
