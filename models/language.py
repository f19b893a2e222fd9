"""How likely a Vietnamese text is before it is read: syllables after syllables, letter by letter.

A language gives every text a weight (log probability), so that a beam search can weigh what it
reads while it reads it. Syllables that the lexicons know are likely where they usually stand; any
other word stays possible, spelt out by a letter model, so that a rare name can still be read.
"""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

END = "\n"  # closes a word
NUMBER = "#"  # stands for any number
COMMA = ","  # stands for a comma, or a dash between spaces
BREAKS = " -,.;:()"
"""Letters between words."""
_FIGURE = 1 / 12  # share of each figure in a number
_SIGN = 1 / 40  # share of any other sign
_BITS = 15  # of a word's number in the key of a sequence; the rest hashes the words before it
_PRIME = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio: Fibonacci hashing, Knuth 6.4
_COMMA = 0.01  # least share of a comma
_DOUBLE = -1.0  # weight of a break after a break
_SPACED = -7.0  # weight of a space, or of the end, after a space
_JOINED = 0.1  # share of numbers that letters follow without a break

Masses = Mapping[str, float]
_TONES = tuple(
    (one, other)
    for first, second, rows in (
        ("òóỏõọ", "àáảãạ", "oa"),
        ("òóỏõọ", "èéẻẽẹ", "oe"),
        ("ùúủũụ", "ỳýỷỹỵ", "uy"),
    )
    for one, other in zip(
        (tone + rows[1] for tone in first), (rows[0] + tone for tone in second), strict=True
    )
)
"""Endings in which the tone may stand on either vowel: òa and oà …"""


@dataclass(frozen=True, slots=True)
class State:
    """Where in a text its reading stands.

    Attributes:
        before: the words before, the last one last; as many as the language looks back.
        word: the letters of the word that is being written.
        spelt: probability of those letters as a word that no table has.
        done: weight of everything before the word.
        weight: weight of everything so far, for words that may still be finished.
        tail: the text has come to what may follow a comma.
        spaced: its last letter is a space.
    """

    before: tuple[str, ...] = ()
    word: str = ""
    spelt: float = 1.0
    done: float = 0.0
    weight: float = 0.0
    tail: bool = False
    spaced: bool = False


class Context(Protocol):
    """What may follow some words: shares, each with how much begins with what letters."""

    def __call__(self, before: tuple[str, ...]) -> tuple[tuple[float, Masses], ...]: ...


def masses(words: Mapping[str, float]) -> dict[str, float]:
    """What share of the words begins with each string; a whole word ends in `END`.

    A word whose tone may stand on either vowel is written both ways.
    """
    total = sum(words.values())
    found: defaultdict[str, float] = defaultdict(float)
    for word, weight in words.items():
        written = spellings(word)
        share = weight / total / len(written)
        for spelt in written:
            for size in range(1, len(spelt) + 1):
                found[spelt[:size]] += share
            found[spelt + END] += share
    return dict(found)


@lru_cache(maxsize=20_000)
def spellings(word: str) -> tuple[str, ...]:
    """The word with its tone on the first vowel (``hòa``), and on the second (``hoà``)."""
    for one, other in _TONES:
        if word.endswith((one, other)) and not (one[1] == "y" and word[:-2].endswith("q")):
            stem = word[:-2]
            return stem + one, stem + other
    return (word,)


def one_spelling(word: str) -> str:
    """The first of a word's spellings, for looking it up."""
    return spellings(word)[0]


class Letters:
    """How a word that no table has is spelt: each letter after the two before it.

    Interpolated after Witten and Bell (1991); letters never seen share a small rest.
    """

    def __init__(self, words: Iterable[str]) -> None:
        counts: dict[str, defaultdict[str, int]] = {}
        for word in words:
            spelt = "  " + word + END
            for at in range(2, len(spelt)):
                for back in (0, 1, 2):
                    known = counts.setdefault(spelt[at - back : at], defaultdict(int))
                    known[spelt[at]] += 1
        self._counts = {context: dict(known) for context, known in counts.items()}
        self._totals = {context: sum(known.values()) for context, known in counts.items()}
        self._share = lru_cache(maxsize=200_000)(self._interpolated)

    def __call__(self, word: str, letter: str) -> float:
        """Probability of the next letter of a word, or of its `END`."""
        if letter.isdigit():
            return _FIGURE
        if letter != END and not letter.isalpha():
            return _SIGN
        if letter == END and word and not word[-1].isalpha():
            return 0.5
        joined = _JOINED if word and word[-1].isdigit() else 1.0
        return joined * self._share(("  " + word)[-2:], letter)

    def _interpolated(self, before: str, letter: str) -> float:
        share = 1e-3
        for context in ("", before[1:], before):
            known = self._counts.get(context)
            if known:
                total = self._totals[context]
                share = (known.get(letter, 0) + len(known) * share) / (total + len(known))
        return share


@dataclass(frozen=True)
class Habits:
    """What is usual in a language beside its words.

    Attributes:
        depth: how many words back its context looks.
        foreign: share of words that no table has.
        figures: share of numbers.
        breaks: weight of each letter between words, the usual one 0.
        letter: weight of every letter, against the bent of probabilities for short texts.
    """

    depth: int = 3
    foreign: float = 0.02
    figures: float = 0.02
    breaks: Mapping[str, float] = field(default_factory=lambda: {" ": 0.0})
    letter: float = 2.0


class Language:
    """Texts of words, by what may follow what.

    Args:
        context: what may follow some words.
        letters: how other words are spelt.
        tail: the language of what follows a comma; this one when None.
    """

    def __init__(
        self, context: Context, letters: Letters, habits: Habits, tail: Language | None = None
    ) -> None:
        self._context = lru_cache(maxsize=20_000)(context)
        self._letters, self._habits, self._tail = letters, habits, tail
        self.start = State()

    def step(self, state: State, letter: str) -> State:
        """The text with one more letter."""
        if state.tail and self._tail:
            return replace(self._tail.step(state, letter), tail=True)
        if letter == COMMA or (letter == "-" and state.before and not state.word):
            return self._comma(self._closed(state, 0.0, letter))
        if letter in BREAKS:
            cost = self._habits.breaks.get(letter, -4.0)
            return replace(self._closed(state, cost, letter), spaced=letter == " ")
        letter = letter.lower()
        word = state.word + letter
        spelt = state.spelt * self._letters(state.word, letter)
        done = state.done + self._habits.letter
        weight = done + self._log_share(state.before, word, spelt)
        return State(state.before, word, spelt, done, weight)

    def following(self, state: State) -> None:
        """Any letter may follow."""

    def end(self, state: State) -> float:
        """The weight of a text that ends here."""
        language = self._tail if state.tail and self._tail else self
        return language._closed(state, -self._habits.letter, " ").done

    def weight(self, text: str) -> float:
        """The weight of a whole text."""
        state = self.start
        for letter in text:
            state = self.step(state, letter)
        return self.end(state)

    def _closed(self, state: State, cost: float, letter: str) -> State:
        """The word before a break, or before the end, is finished."""
        if not state.word:
            again = state.spaced and letter == " "
            done = state.done + cost + _DOUBLE + (_SPACED if again else 0.0)
            return State(state.before, "", 1.0, done, done)
        done = state.done + cost + self._habits.letter
        spelt = state.spelt * self._letters(state.word, END)
        done += self._log_share(state.before, state.word + END, spelt)
        word = NUMBER if state.word[0].isdigit() else one_spelling(state.word)
        return State((*state.before, word)[-self._habits.depth :], "", 1.0, done, done)

    def _comma(self, state: State) -> State:
        """A text that goes on after a comma."""
        known = self._context(state.before)
        share = sum(weight * words.get(COMMA, 0.0) for weight, words in known)
        done = state.done + math.log(max(share, _COMMA))
        before = () if self._tail else (*state.before, COMMA)[-self._habits.depth :]
        return State(before, "", 1.0, done, done, tail=True)

    def _log_share(self, before: tuple[str, ...], word: str, spelt: float) -> float:
        known = self._context(before)
        if word[0].isdigit():
            numbers = sum(weight * words.get(NUMBER, 0.0) for weight, words in known)
            return math.log((self._habits.figures + numbers) * spelt)
        share = self._habits.foreign * spelt
        for weight, words in known:
            share += weight * words.get(word, 0.0)
        return math.log(max(share, 1e-30))


class NGrams:
    """What follows up to three words in sequences of words, back to what follows fewer.

    Interpolated after Witten and Bell (1991). Counts are kept by key, 15 bits a word; word 0
    stands before the first.
    """

    def __init__(self, sequences: Iterable[tuple[Sequence[str], float]], depth: int = 3) -> None:
        numbers: dict[str, int] = {}
        flat, sizes, weights = array("i"), array("i"), array("d")
        for words, weight in sequences:
            flat.extend([0] * depth)
            flat.extend([numbers.setdefault(one_spelling(w), len(numbers) + 1) for w in words])
            sizes.append(len(words) + depth)
            weights.append(weight)
        self._numbers, self._words, self._depth = numbers, list(numbers), depth
        if len(numbers) >> _BITS:
            raise ValueError(f"{len(numbers)} words are too many")
        table = np.lib.stride_tricks.sliding_window_view(np.asarray(flat), depth + 1)
        shares = np.repeat(weights, sizes)[depth:]
        whole = table[:, -1] > 0
        table, shares = table[whole], shares[whole]
        self._orders = [_counted(table[:, depth - n :], shares) for n in range(depth + 1)]
        self._following = lru_cache(maxsize=50_000)(self._masses)

    def __call__(self, before: tuple[str, ...]) -> tuple[tuple[float, Masses], ...]:
        numbers = [self._numbers.get(word, -1) for word in before][-self._depth :]
        numbers = [0] * (self._depth - len(numbers)) + numbers
        found: list[tuple[float, Masses]] = []
        rest = 1.0
        for size in range(self._depth, -1, -1):
            back = numbers[self._depth - size :]
            following = None if -1 in back else self._following(size, _key(back))
            if following is not None:
                sure, known = following
                found.append((rest * sure, known))
                rest *= 1 - sure
        return tuple(found)

    def _masses(self, size: int, key: int) -> tuple[float, Masses] | None:
        """How far this context is to be trusted, and what follows it; None when nothing does."""
        keys, counts = self._orders[size]
        first, last = np.searchsorted(keys, np.array([key, key + (1 << _BITS)], np.uint64))
        if first == last:
            return None
        numbers = (keys[first:last] & np.uint64((1 << _BITS) - 1)).tolist()
        words = dict(
            zip((self._words[n - 1] for n in numbers), counts[first:last].tolist(), strict=True)
        )
        total = float(counts[first:last].sum())
        return (total / (total + len(words)) if size else 1.0), masses(words)


def _key(numbers: Sequence[int]) -> int:
    """A hash of the words before, leaving room for the number of the word that follows."""
    key = 0
    for number in numbers:
        key = (key * _PRIME + number + 1) % (1 << 64)
    return (key * _PRIME % (1 << 64)) >> _BITS << _BITS


def _counted(
    table: NDArray[np.int32], weights: NDArray[np.float64]
) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
    """The distinct rows of a table, as sorted keys, and the sum of their weights."""
    keys: NDArray[np.uint64] = np.zeros(len(table), np.uint64)
    prime, bits = np.uint64(_PRIME), np.uint64(_BITS)
    for column in table[:, :-1].T:
        keys *= prime
        keys += column.astype(np.uint64)
        keys += np.uint64(1)
    keys = (keys * prime) >> bits << bits | table[:, -1].astype(np.uint64)
    distinct, places = np.unique(keys, return_inverse=True)
    return distinct, np.bincount(places, weights).astype(np.float64)
