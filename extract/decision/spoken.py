"""Dates that a case has in figures and in words: what they say together, and of the hand.

Where words say March and the figures are read 09 in case after case, the hand's 3 looks like a 9:
how often its figures are taken for each other is counted from the dates that both make likely, and
weighs them again (expectation and maximisation, Dempster et al. 1977).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from extract.decision.agree import likeliest
from extract.decision.choose import options_of
from extract.decision.figures import Table, counted, of_counts
from extract.decision.numbering import Case
from extract.parse.dates import Era, parse_date
from extract.parse.field import Context
from extract.registers import Register

_TRIED = 8  # dates of an event
_ROUNDS = 3


class Written(NamedTuple):
    """The dates of one event with their probabilities: read in figures, and said in words."""

    figures: Mapping[str, float]
    words: Mapping[str, float]

    def likely(self, hand: Table | None = None) -> dict[str, float]:
        """Its dates with weights, by both where both are read."""
        if not self.words:
            return dict(self.figures)
        ranked = likeliest(self.figures, self.words, None, hand)[:_TRIED]
        return {date: math.exp(ranked[0][1] - cost) for date, cost in ranked}


def written_twice(
    case: Case, register: Register, roles: Mapping[str, Any], context: Context
) -> Written:
    """The date of what a case registers, in figures and in words."""
    event, words = next(iter(roles.get("events", {}).items()), ("", ""))
    read, spoken = (
        options_of(register.column(code), case.slots[code], context) if code in case.slots else {}
        for code in (event, words)
    )
    return Written(read, dates_said(spoken))


def dates_said(words: Mapping[str, float]) -> dict[str, float]:
    """The dates that texts in words say, with their probabilities."""
    said: dict[str, float] = defaultdict(float)
    for text, probability in words.items():
        date = parse_date(text, Era(1, 9999))
        if date:
            said[date.text] += probability
    return dict(said)


def hand_by_words(events: Sequence[Written]) -> Table:
    """How often a book's figures are taken for each other, by its dates in words."""
    both = [event for event in events if event.figures and event.words]
    hand = of_counts(counted(()))
    for _ in range(_ROUNDS):
        found = [(event.likely(hand), event.figures) for event in both]
        known = [
            (
                day_of(date),
                [(day_of(read), p) for read, p in figures.items()],
                share / sum(own.values()),
            )
            for own, figures in found
            for date, share in own.items()
        ]
        hand = of_counts(counted(known, hand))
    return hand


def day_of(value: str) -> str:
    """The four figures of a day and its month; fewer of a value without them."""
    return value[:-4].replace(".", "")
