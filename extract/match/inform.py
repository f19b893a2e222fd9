"""What existing records say of a book's readings: evidence beside the reader's, no more.

A person found in the list by everything else on the page makes those readings of a name likelier
that agree with the list. Only what the reader itself offered can be chosen; a name of the list that
it never saw is shown beside, as an alternative, and the difference is told. Where it chose another
reading than the reader's first, that is told too, and a person looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.tables import yaml_table
from extract.checks.rules import check_book
from extract.confidence.review import mark_for_review
from extract.match.evidence import FIELDS
from extract.match.index import PeopleIndex
from extract.match.list_value import Listed, Odds, agreement, learnt_odds, weighed
from extract.match.people import Person, person_of
from extract.match.present import Present
from extract.match.score import DEFAULTS, Match, Matcher, MatchOptions, Scored, resolve
from extract.record import MACHINE, Issue, Record
from extract.record import Match as Found
from extract.registers import Register

_TABLE = Path(__file__).with_name("inform.yaml")
_LEAST = 1e-3  # probability under which a candidate informs nothing
RULE = "M01"


def against(
    index: PeopleIndex, register: Register, options: MatchOptions = DEFAULTS
) -> Callable[[Sequence[Record]], list[Record]]:
    """What `run_book` takes as its matcher: records informed, their rules and review anew."""

    def informed(records: Sequence[Record]) -> list[Record]:
        if not records:
            return []
        generation = register.generation(records[0].form)
        known, found = inform(records, index, options)
        checked = check_book(known, register, generation)
        told = [_told(record, index, own) for record, own in zip(checked, found, strict=True)]
        marked = [mark_for_review(record, register) for record in told]
        return [_chosen_told(one, old) for one, old in zip(marked, records, strict=True)]

    return informed


def inform(
    records: Sequence[Record], index: PeopleIndex, options: MatchOptions = DEFAULTS
) -> tuple[list[Record], list[list[Match]]]:
    """The records with their matches, and with the readings that those make likelier."""
    matcher = Matcher(index, options)
    people = [person_of(record.as_json()) for record in records]
    scored = [matcher.candidates(person) for person in people]
    found = resolve(matcher, scored)
    present = matcher.present(scored)
    known = [
        replace(
            record.with_fields(
                {
                    code: weighed(record.get(code), said, odds_of(code))
                    for code, said in list_says(record, person, own, matcher, present)
                }
            ),
            matches=tuple(Found(match.id, match.score) for match in matches),
        )
        for record, person, own, matches in zip(records, people, scored, found, strict=True)
    ]
    return known, found


def odds_of(code: str) -> Odds:
    """What a list's word is worth in a column."""
    return learnt_odds(yaml_table(_TABLE)["fields"][code]["odds"])


def list_says(
    record: Record, person: Person, scored: Scored, matcher: Matcher, present: Present
) -> Iterator[tuple[str, Listed]]:
    """What the list says of each value that the reader read, by who the record is about as far as
    everything else on the page tells."""
    for code, about in yaml_table(_TABLE)["fields"].items():
        own = record.get(code)
        if own.status != "read" or not own.value or own.author != MACHINE:
            continue  # what a person said stands
        chances = _without(about["columns"], person, scored, matcher, present)
        listed = _listed(about["field"], scored.rows, chances, matcher.index)
        if listed.texts:
            yield code, listed


def _without(
    columns: Sequence[str], person: Person, scored: Scored, matcher: Matcher, present: Present
) -> NDArray[np.float64]:
    """The probability of each candidate from everything but these columns."""
    if not len(scored.rows):
        return np.zeros(0)
    _, said = matcher.evidence.compare(person, matcher.index.rows[scored.rows])
    said[:, [FIELDS.index(column) for column in columns]] = 0.0
    odds = matcher.evidence.total(said)
    mass = float(np.logaddexp.reduce(odds))
    return np.asarray(np.exp(odds - mass) * present.chance(mass))


def _listed(
    field: str, rows: NDArray[np.int64], chances: NDArray[np.float64], index: PeopleIndex
) -> Listed:
    found: dict[str, float] = {}
    for row, chance in zip(rows.tolist(), chances.tolist(), strict=True):
        if chance >= _LEAST:
            text = getattr(index.person(row), field)
            if text:
                found[text] = found.get(text, 0.0) + chance
    return Listed(found, max(1.0 - sum(found.values()), 0.0))


def _chosen_told(record: Record, before: Record) -> Record:
    """A value that the list made another one is told, and a person looks at it."""
    shares = yaml_table(_TABLE)
    changes, issues = {}, []
    for code, about in shares["fields"].items():
        own, old = record.get(code), before.get(code).value
        if old and own.value != old:
            others = [other for other in own.alternatives if other[0] != old]
            kept = sum(p for text, p in own.alternatives if text == old)
            changes[code] = replace(own, review=True, alternatives=((old, kept), *others))
            message = shares["chosen"].format(label=about["label"], text=own.value, old=old)
            issues.append(Issue(RULE, (code,), message))
    return replace(record.with_fields(changes), issues=(*record.issues, *issues))


def _told(record: Record, index: PeopleIndex, matches: Sequence[Match]) -> Record:
    """The record with every difference from the person found told to the clerk."""
    if not matches:
        return record
    shares = yaml_table(_TABLE)
    there = index.person(matches[0].row)
    issues = []
    for code, about in shares["fields"].items():
        own, text = record.get(code).value, getattr(there, about["field"])
        if own and text and agreement(own, text) != "same":
            message = shares["message"].format(id=there.id, label=about["label"], text=text)
            issues.append(Issue(RULE, (code,), message))
    return replace(record, issues=(*record.issues, *issues))
