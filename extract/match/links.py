"""The same person within and across books: registered twice, twins, birth – marriage – death.

Everyone whom a record names in a leading role is looked for among all others. Twins share parents
and day and differ in their own names: they are told apart from one child registered twice by the
same mixture that keeps parents alone from making a match.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from common.tables import yaml_table
from extract.match.build import index_of
from extract.match.evidence import others
from extract.match.people import Person, parse_date, people_of
from extract.match.present import Present
from extract.match.score import Matcher
from extract.record import Record

_TABLE = Path(__file__).with_name("links.yaml")


@dataclass(frozen=True)
class Mention:
    """Someone whom a record names: where, in which role, and as whom."""

    record: Record
    role: str
    person: Person

    @property
    def where(self) -> str:
        """``book/page/entry``."""
        return f"{self.record.book}/{self.record.page}/{self.record.entry}"


@dataclass(frozen=True)
class Link:
    """Two mentions of one person, or of twins, with the probability of that."""

    kind: str
    label: str
    one: Mention
    other: Mention
    probability: float


def mentions(records: Iterable[Record]) -> list[Mention]:
    """Everyone whom records name in a role that links may have."""
    found = []
    for record in records:
        values = {code: own.value for code, own in record.fields.items() if own.value}
        for role, person in people_of(record.register, values).items():
            found.append(Mention(record, f"{record.register}.{role}", person))
    return found


def link_mentions(people: Sequence[Mention], threshold: float = 0.5) -> list[Link]:
    """The links among mentions, the surest first; each pair once."""
    index = index_of(
        replace(mention.person, id=str(number)) for number, mention in enumerate(people)
    )
    matcher = Matcher(index)
    found = [_Candidates.of(number, people, matcher) for number in range(len(people))]
    present = _shares(people, found)
    best: dict[tuple[int, int], Link] = {}
    for number, own in enumerate(found):
        for other, kind, label, probability in own.links(present):
            pair = (min(number, other), max(number, other))
            known = best.get(pair)
            if probability >= threshold and (not known or known.probability < probability):
                best[pair] = Link(kind, label, people[pair[0]], people[pair[1]], probability)
    return sorted(best.values(), key=lambda link: -link.probability)


def _shares(people: Sequence[Mention], found: Sequence[_Candidates]) -> dict[str, float]:
    """By each link's label, the share of mentions that have one, as they themselves tell."""
    table = yaml_table(_TABLE)
    shares = {}
    for link in table["links"]:
        roles = link["one"], link["other"]
        masses = [
            one.mass(link["label"])
            for mention, one in zip(people, found, strict=True)
            if mention.role in roles
        ]
        shares[link["label"]] = Present.learnt(masses, float(table["present"])).share
    return shares


class _Candidates:
    """Who else may be one mention's person, or its twin."""

    def __init__(self, rows: list[tuple[int, dict[str, str]]], odds: Any, twins: Any) -> None:
        self.rows, self._odds, self._twins = rows, odds, twins

    def mass(self, label: str) -> float:
        """Log of the summed odds of the candidates of one link of ``links.yaml``."""
        odds = [
            one
            for (_, kind), one in zip(self.rows, self._odds, strict=True)
            if kind["label"] == label
        ]
        return float(np.logaddexp.reduce(odds)) if odds else -math.inf

    @classmethod
    def of(cls, number: int, people: Sequence[Mention], matcher: Matcher) -> _Candidates:
        own = people[number]
        near = [
            (row, kind)
            for row in matcher.index.candidates(own.person).tolist()
            if people[row].record.key != own.record.key
            or people[row].record.book != own.record.book
            if (kind := kind_of(own.role, people[row].role))
        ]
        if not near:
            return cls([], np.zeros(0), np.zeros(0))
        rows = np.array([row for row, _ in near])
        _, said = matcher.evidence.compare(own.person, matcher.index.rows[rows])
        learnt, size = matcher.evidence.learnt, len(matcher.index)
        by_chance, twin = others(said, learnt, size, float(yaml_table(_TABLE)["same_middle"]))
        odds = (said * learnt.weight).sum(axis=1) - by_chance - math.log(size)
        full = _full(own) & np.array([_full(people[row]) for row, _ in near])
        return cls(near, odds, np.exp(twin - by_chance) * full)

    def links(self, present: Mapping[str, float]) -> Iterator[tuple[int, str, str, float]]:
        """(mention, kind, label, probability) of each candidate, as the same and as a twin.

        Args:
            present: by a link's label, the share of mentions that have one.
        """
        if not self.rows:
            return
        shares = np.array([present[kind["label"]] for _, kind in self.rows])
        prior = np.log(shares / (1 - shares))
        # every candidate by itself: one person may stand in many books
        same = 1 / (1 + np.exp(-np.clip(self._odds + prior, -700, 700)))
        twins = yaml_table(_TABLE)["twins"]
        for (row, kind), p, twin in zip(
            self.rows, same.tolist(), self._twins.tolist(), strict=True
        ):
            yield row, kind["kind"], kind["label"], p
            if kind["kind"] == "twice":
                yield row, twins["kind"], twins["label"], (1 - p) * twin


@cache
def kind_of(one: str, other: str) -> dict[str, str] | None:
    """The row of ``links.yaml`` for two roles; None when they have nothing to tell."""
    for link in yaml_table(_TABLE)["links"]:
        if {one, other} == {link["one"], link["other"]} and (one == other) == (
            link["one"] == link["other"]
        ):
            return dict(link)
    return None


def _full(mention: Mention) -> bool:
    """Whether the day of birth is known in full."""
    date = parse_date(mention.person.birth)
    return bool(date and date.day)
