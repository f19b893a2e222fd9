"""One value of a record with what a list says of it: the reader's options weighed anew.

Bayes: the reader's probability of an option, times how likely the list would say what it says if
the option were right, over how likely of anybody. The numbers are learnt (``list_odds.yaml``,
`fit_list`). For choosing, the list's word counts at most `Odds.trust` times: an option that the
reader holds for so many times less likely never wins, whatever a list says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from common.tables import yaml_table
from extract.match.levels import part_level
from extract.match.names import parse_name
from extract.match.people import Date, parse_date
from extract.record import FieldValue

TABLE = Path(__file__).with_name("list_odds.yaml")
_KEPT = 5  # alternatives a record keeps


@dataclass(frozen=True)
class Odds:
    """What a list's word is worth, for names or for dates.

    Attributes:
        same, close, differ: how much likelier a list says what it says of the person found if an
            option is right that agrees so with it, than of anybody.
        new: of wrong options, how often what the list says instead is right.
        offered: when the reader's first option is wrong, the share where another one is right.
        trust: the most times that the list makes another option likelier than the first.
    """

    same: float
    close: float
    differ: float
    new: float
    offered: float
    trust: float


@lru_cache(maxsize=4)
def learnt_odds(kind: str) -> Odds:
    """The package's own: of ``names`` or ``dates``."""
    return Odds(**yaml_table(TABLE)[kind])


@dataclass(frozen=True)
class Listed:
    """What a list says in a field of whom a record may be about.

    Attributes:
        texts: what stands there, with probabilities.
        silent: the probability that it says nothing: the person is not in it, or the field empty.
    """

    texts: Mapping[str, float]
    silent: float


def weighed(own: FieldValue, listed: Listed, odds: Odds) -> FieldValue:
    """The value with the likeliest option that the reader offered, its probability, and what else
    it may be; a text of the list that the reader never offered may only be an alternative."""
    assert own.value is not None
    reader = _options(own, odds.offered)
    told = {option: _likely(option, listed, odds) for option in reader}
    led = [own.value, *(option for option in reader if told[option] > told[own.value])]
    most = odds.trust * told[own.value]
    best = max(led, key=lambda option: reader[option] * min(told[option], most))
    chances = posterior(own, listed, odds)
    others = sorted(((t, p) for t, p in chances.items() if t != best), key=lambda one: -one[1])
    return replace(
        own,
        value=best,
        confidence=chances[best],
        alternatives=tuple(others[:_KEPT]),
        source=own.source if best == own.value else f"{own.source}+list",
    )


def posterior(own: FieldValue, listed: Listed, odds: Odds) -> dict[str, float]:
    """The probability of each of the reader's options, and of what only the list says; what lacks
    to 1 is something else."""
    reader = _options(own, odds.offered)
    unseen = 1.0 - sum(reader.values())
    weights = {option: p * _likely(option, listed, odds) for option, p in reader.items()}
    for text, chance in listed.texts.items():
        if not any(agreement(option, text) == "same" for option in reader):
            weights[text] = unseen * chance * odds.new
    elsewhere = unseen * (listed.silent + (1 - listed.silent) * odds.differ)
    whole = sum(weights.values()) + elsewhere
    return {text: weight / whole for text, weight in weights.items()}


def _options(own: FieldValue, share: float) -> dict[str, float]:
    """The reader's options with their probabilities; ``share``: `Odds.offered`."""
    assert own.value is not None
    offered = sum(p for _, p in own.alternatives)
    return {own.value: own.confidence} | {
        text: (1.0 - own.confidence) * share * p / offered for text, p in own.alternatives if p > 0
    }


def _likely(option: str, listed: Listed, odds: Odds) -> float:
    """How likely the list says what it says if the option is right, over of anybody."""
    return listed.silent + sum(
        chance * float(getattr(odds, agreement(option, text)))
        for text, chance in listed.texts.items()
    )


@lru_cache(maxsize=1 << 14)
def agreement(option: str, listed: str) -> str:
    """``same``, ``close`` (marks or sound) or ``differ``; dates by the parts that both know."""
    dates = parse_date(option), parse_date(listed)
    if dates[0] or dates[1]:
        return "same" if _dates_agree(*dates) else "differ"
    one, other = parse_name(option), parse_name(listed)
    if one is None or other is None:
        return "differ"
    levels = {part_level(a, b) for a, b in zip(one, other, strict=True) if a or b}
    if levels == {"same"}:
        return "same"
    return "close" if levels <= {"same", "marks", "sound"} else "differ"


def _dates_agree(option: Date | None, listed: Date | None) -> bool:
    """Known parts are equal; a 1 January of the list may be any day."""
    if option is None or listed is None:
        return False
    if option == listed or (listed.month, listed.day) == (1, 1):
        return option.year == listed.year
    return all(a == b for a, b in zip(option, listed, strict=True) if a and b)
