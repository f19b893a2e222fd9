"""What may be written in a place: word graphs that a beam search walks letter by letter.

A graph is made of tries; the end of a word leads to other tries (a separator, the next word), so
that names, dates and addresses of any length are described by small tables. Words carry weights
(log probabilities); letters are compared in lower case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Node:
    """A place in a word graph.

    Attributes:
        children: the next letters.
        end: weight of the word that ends here; None when no word does.
        then: tries that may follow that word.
        final: the text may end with that word.
    """

    children: dict[str, Node] = field(default_factory=dict)
    end: float | None = None
    then: tuple[Node, ...] = ()
    final: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where in the graph a text may stand, each place with the weight of the words behind it."""

    places: tuple[tuple[Node, float], ...]

    @property
    def weight(self) -> float:
        """The weight of the likeliest way so far."""
        return max(weight for _, weight in self.places)


@dataclass(frozen=True)
class Grammar:
    """The texts that may be written in a place. ``starts`` are the tries of the first word."""

    starts: tuple[Node, ...]

    @property
    def start(self) -> State:
        """Before the first letter."""
        return State(tuple((node, 0.0) for node in self.starts))

    def step(self, state: State, letter: str) -> State | None:
        """Where the graph stands after one more letter; None when it does not go on so."""
        reached: dict[Node, float] = {}
        key = letter.lower()
        for node, weight in state.places:
            _reach(reached, node.children.get(key), weight)
            if node.end is not None:
                for root in node.then:
                    _reach(reached, root.children.get(key), weight + node.end)
        return State(tuple(reached.items())) if reached else None

    def following(self, state: State) -> set[str]:
        """The letters that may follow."""
        found: set[str] = set()
        for node, _ in state.places:
            found.update(node.children)
            if node.end is not None:
                for root in node.then:
                    found.update(root.children)
        return found

    def end(self, state: State) -> float | None:
        """The weight of a text that ends here; None when it may not."""
        ends = [
            weight + node.end
            for node, weight in state.places
            if node.final and node.end is not None
        ]
        return max(ends, default=None)


def trie(words: Mapping[str, float], *, final: bool = False) -> Node:
    """A trie of weighted words; `follow` says what comes after them."""
    root = Node()
    for word, weight in words.items():
        node = root
        for letter in word.lower():
            node = node.children.setdefault(letter, Node())
        node.end = weight if node.end is None else max(node.end, weight)
        node.final = final
    return root


def follow(root: Node, then: Iterable[Node]) -> Node:
    """Let these tries follow every word of ``root``."""
    following = tuple(then)
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.end is not None:
            node.then = following
        waiting += node.children.values()
    return root


def sequence(*slots: Mapping[str, float]) -> Node:
    """One word of each slot after the other; the last ends the text. An empty word is no word."""
    following: tuple[Node, ...] = ()
    final = True
    for words in reversed(slots):
        written = {word: weight for word, weight in words.items() if word}
        root = follow(trie(written, final=final), following)
        optional = "" in words
        following = (root, *following) if optional else (root,)
        final = final and optional
    return following[0]


def _reach(reached: dict[Node, float], node: Node | None, weight: float) -> None:
    if node is not None and weight > reached.get(node, float("-inf")):
        reached[node] = weight
