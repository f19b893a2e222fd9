"""Reading a line with a language: a CTC prefix beam search that weighs letters as it reads them.

After Hannun et al. 2014 (arXiv 1408.2873): a prefix is a node of a tree, with the probability of
ending in a blank or in its letter, times what the language makes of it. Letters are searched in
lower case; beside each stands the probability that it is a capital, and words are cased at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.charset import BLANK, Charset
from models.ctc import LogProbs, pauses_on

_LEAST = 1e-6  # a prefix this much less likely than the frame's best is not begun
_RISE = 2.1  # most that one letter more adds to a text's weight
_RESCALED = 16  # frames after which probabilities are brought back to one
_DOUBT = 0.02  # least probability of either case of a letter


class Weighing(Protocol):
    """A language: weights (log) of texts as they grow. Its states carry their ``weight``."""

    @property
    def start(self) -> Any: ...

    def step(self, state: Any, letter: str) -> Any:
        """The state after one more letter; None when no text goes on so."""
        ...

    def end(self, state: Any) -> float | None:
        """The weight of a text that ends here; None when none does."""
        ...

    def following(self, state: Any) -> Iterable[str] | None:
        """The letters that may follow, in lower case; None when any may."""
        ...


@dataclass(frozen=True)
class Search:
    """How wide the search is.

    Attributes:
        strength: what the language's weights count against the reader's.
        width: prefixes kept after each frame.
        floor: letters less probable than this in a frame are not tried.
        letters: letters tried in a frame, the likeliest.
        forced: the floor of letters that alone may follow.
        faint: prefixes this much less likely than the best are given up after each frame.
    """

    strength: float = 0.6
    width: int = 12
    floor: float = 1e-3
    letters: int = 6
    forced: float = 1e-7
    faint: float = 0.0


@dataclass(slots=True, eq=False)
class _Prefix:
    before: _Prefix | None
    letter: int
    state: Any
    factor: float
    blank: float = 0.0
    ink: float = 0.0
    next_blank: float = 0.0
    next_ink: float = 0.0
    frame: int = -1
    peak: float = 0.0
    capital: float = 0.0
    longer: dict[int, _Prefix | None] = field(default_factory=dict)
    following: list[int] | None = None
    score: float = 0.0


_by_score = attrgetter("score")


def search(
    log_probs: LogProbs, charset: Charset, language: Weighing, how: Search
) -> list[tuple[str, float]]:
    """The likeliest texts with the weights that the language gives them, best first.

    Args:
        log_probs: (frames, classes) of one line, class 0 the blank.
    """
    letters, groups, capitals = _folding(charset)
    shares = np.exp(log_probs[~pauses_on(log_probs)].astype(np.float64))
    folded = np.add.reduceat(shares[:, groups[0]], groups[1], axis=1)
    read = np.union1d([BLANK], np.flatnonzero(folded.max(axis=0) >= min(how.floor, how.forced)))
    letters, capitals, folded = [letters[at] for at in read], capitals[read], folded[:, read]
    capital = shares[:, capitals] * (capitals > 0) / np.maximum(folded, 1e-12)
    numbers = {letter: number for number, letter in enumerate(letters)}
    root = _Prefix(None, BLANK, language.start, 1.0, blank=1.0)
    tree = _Tree(language, letters, numbers, how)
    tree.open(root)
    beam = [root]
    tried = _likeliest(folded, how)
    for frame, gains in enumerate(folded.tolist()):
        beam = _advance(beam, frame, gains, tried[frame], capital[frame], tree)
        if frame % _RESCALED == 0:
            top = max(prefix.blank + prefix.ink for prefix in beam)
            for prefix in beam:
                prefix.blank /= top
                prefix.ink /= top
                prefix.peak /= top
    found = []
    for prefix in beam:
        weight = language.end(prefix.state)
        total = prefix.blank + prefix.ink
        if weight is not None and total > 0:
            found.append((math.log(total) + how.strength * weight, weight, prefix))
    found.sort(key=lambda item: -item[0])
    return [(_cased(prefix, letters), weight) for _, weight, prefix in found]


@dataclass(frozen=True)
class _Tree:
    """How prefixes grow."""

    language: Weighing
    letters: list[str]
    numbers: dict[str, int]
    how: Search

    def longer(self, prefix: _Prefix, letter: int) -> _Prefix | None:
        """A prefix with one more letter; None when no text goes on so."""
        if letter in prefix.longer:
            return prefix.longer[letter]
        state = self.language.step(prefix.state, self.letters[letter])
        longer = None
        if state is not None:
            factor = math.exp(self.how.strength * state.weight)
            longer = _Prefix(prefix, letter, state, factor)
            self.open(longer)
        prefix.longer[letter] = longer
        return longer

    def open(self, prefix: _Prefix) -> None:
        """Note which letters may follow."""
        following = self.language.following(prefix.state)
        if following is not None:
            numbers = (self.numbers[one] for one in following if one in self.numbers)
            prefix.following = sorted(numbers)


def _likeliest(folded: NDArray[np.float64], how: Search) -> list[list[int]]:
    """The letters tried in each frame, the likeliest first."""
    order = np.argsort(-folded[:, 1:], axis=1)[:, : how.letters] + 1
    counts = (np.take_along_axis(folded, order, axis=1) > how.floor).sum(axis=1)
    return [row[:count] for row, count in zip(order.tolist(), counts.tolist(), strict=True)]


def _advance(
    beam: list[_Prefix],
    frame: int,
    gains: list[float],
    tried: list[int],
    capital: NDArray[np.float64],
    tree: _Tree,
) -> list[_Prefix]:
    """The beam after one more frame.

    A longer prefix is only begun where it may be among those that are kept: `_RISE` bounds what
    the language can add.
    """
    how = tree.how
    least = _LEAST * max((p.blank + p.ink) * p.factor for p in beam)
    for prefix in beam:
        prefix.frame = frame
        prefix.next_blank = (prefix.blank + prefix.ink) * gains[BLANK]
        prefix.next_ink = prefix.ink * gains[prefix.letter] if prefix.letter else 0.0
    forced = 0.0
    if len(beam) >= how.width:
        rise = math.exp(how.strength * _RISE)
        forced = min((p.next_blank + p.next_ink) * p.factor for p in beam) / rise
    touched = list(beam)
    for prefix in beam:
        total, following = prefix.blank + prefix.ink, prefix.following
        bar = max(least, forced) if following is None else forced
        for letter in tried if following is None else following:
            gain = gains[letter]
            if following is not None and gain < how.forced:
                continue
            reached = gain * (prefix.blank if letter == prefix.letter else total)
            longer = prefix.longer.get(letter)
            if reached * prefix.factor <= bar and (longer is None or longer.frame != frame):
                continue
            longer = longer or tree.longer(prefix, letter)
            if longer is None:
                continue
            if longer.frame != frame:
                longer.frame = frame
                longer.next_blank = longer.next_ink = 0.0
                touched.append(longer)
            longer.next_ink += reached
            if reached > longer.peak:
                longer.peak, longer.capital = reached, float(capital[letter])
    for prefix in touched:
        prefix.blank, prefix.ink = prefix.next_blank, prefix.next_ink
        prefix.score = (prefix.blank + prefix.ink) * prefix.factor
    touched.sort(key=_by_score, reverse=True)
    bar = how.faint * touched[0].score
    kept = min(len(touched), how.width)
    while touched[kept - 1].score < bar:
        kept -= 1
    for prefix in touched[kept:]:
        prefix.blank = prefix.ink = 0.0
    return touched[:kept]


def _cased(prefix: _Prefix, letters: list[str]) -> str:
    """The text of a prefix, each word in the case that its letters were read in."""
    read: list[tuple[str, float]] = []
    at: _Prefix | None = prefix
    while at is not None and at.letter:
        read.append((letters[at.letter], min(max(at.capital, _DOUBT), 1 - _DOUBT)))
        at = at.before
    words: list[list[tuple[str, float]]] = [[]]
    for letter, capital in reversed(read):
        if letter.isalpha():
            words[-1].append((letter, capital))
        else:
            words += [[(letter, 0.0)], []]
    return "".join(_word(word) for word in words)


def _word(word: list[tuple[str, float]]) -> str:
    text = "".join(letter for letter, _ in word)
    if not text.isalpha():
        return text
    small = [math.log(1 - capital) for _, capital in word]
    large = [math.log(capital) for _, capital in word]
    weights = {
        text: sum(small),
        text[0].upper() + text[1:]: large[0] + sum(small[1:]),
    }
    if len(text) > 1:
        weights[text.upper()] = sum(large) - 2.0
    return max(sorted(weights), key=lambda cased: weights[cased])


@lru_cache(maxsize=2)
def _folding(
    charset: Charset,
) -> tuple[list[str], tuple[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]:
    """The letters in lower case; the classes of each, in a row, and where each one's begin; the
    class of its capital, 0 where it has none."""
    classes: dict[str, list[int]] = {"": [BLANK]}
    for number in range(1, len(charset)):
        letter = charset.decode([number])
        small = letter.lower() if len(letter.lower()) == 1 else letter
        classes.setdefault(small, []).append(number)
    letters = list(classes)
    sizes = [len(found) for found in classes.values()]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    order = np.array([number for found in classes.values() for number in found], np.int64)
    capitals = [
        next((n for n in found if charset.decode([n]) != letter), 0) if letter else 0
        for letter, found in classes.items()
    ]
    return letters, (order, starts), np.array(capitals, np.int64)
