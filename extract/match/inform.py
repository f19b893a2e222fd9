"""What existing records say of a book's readings: evidence beside the reader's, no more.

A person found in the list by everything else on the page makes those readings of a name likelier
that agree with the list. Only what the reader itself offered can be chosen; a name of the list that
it never saw is shown beside, as an alternative, and the difference is told. Where it chose another
reading than the reader's first, that is told too, and a person looks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.tables import yaml_table
from extract.match.evidence import FIELDS
from extract.match.index import PeopleIndex
from extract.match.levels import part_level
from extract.match.names import parse_name
from extract.match.people import Date, Person, parse_date, person_of
from extract.match.score import Match, Matcher, Scored, resolve
from extract.record import MACHINE, FieldValue, Issue, Record
from extract.record import Match as Found
from extract.registers import Register
from extract.review import mark_for_review
from extract.rules import check_book

_TABLE = Path(__file__).with_name("inform.yaml")
_KEPT = 5  # alternatives a record keeps
_LEAST = 1e-3  # probability under which a candidate informs nothing
RULE = "M01"


def against(index: PeopleIndex, register: Register) -> Callable[[Sequence[Record]], list[Record]]:
    """What `run_book` takes as its matcher: records informed, their rules and review anew."""

    def informed(records: Sequence[Record]) -> list[Record]:
        if not records:
            return []
        generation = register.generation(records[0].form)
        known, found = inform(records, index)
        checked = check_book(known, register, generation)
        told = [_told(record, index, own) for record, own in zip(checked, found, strict=True)]
        marked = [mark_for_review(record, register) for record in told]
        return [_chosen_told(one, old) for one, old in zip(marked, records, strict=True)]

    return informed


def inform(records: Sequence[Record], index: PeopleIndex) -> tuple[list[Record], list[list[Match]]]:
    """The records with their matches, and with the readings that those make likelier."""
    matcher = Matcher(index)
    people = [person_of(record.as_json()) for record in records]
    scored = [matcher.candidates(person) for person in people]
    found = resolve(matcher, scored)
    known = [
        replace(
            _informed(record, person, own, matcher),
            matches=tuple(Found(match.id, match.score) for match in matches),
        )
        for record, person, own, matches in zip(records, people, scored, found, strict=True)
    ]
    return known, found


def _informed(record: Record, person: Person, scored: Scored, matcher: Matcher) -> Record:
    changes = {}
    for code, about in yaml_table(_TABLE)["fields"].items():
        own = record.get(code)
        if own.status != "read" or not own.value or own.author != MACHINE:
            continue  # what a person said stands
        others = _without(about["columns"], person, scored, matcher)
        listed = _listed(about["field"], scored.rows, others, matcher.index)
        if listed:
            changes[code] = _chosen(own, listed, 1.0 - float(others.sum()), about["frequency"])
    return record.with_fields(changes) if changes else record


def _without(
    columns: Sequence[str], person: Person, scored: Scored, matcher: Matcher
) -> NDArray[np.float64]:
    """The probability of each candidate from everything but these columns."""
    if not len(scored.rows):
        return np.zeros(0)
    _, said = matcher.evidence.compare(person, matcher.index.rows[scored.rows])
    said[:, [FIELDS.index(column) for column in columns]] = 0.0
    present = matcher.evidence.learnt.present
    odds = matcher.evidence.total(said) + math.log(present / (1 - present))
    return np.asarray(np.exp(odds - np.logaddexp(np.logaddexp.reduce(odds), 0.0)))


def _listed(
    field: str, rows: NDArray[np.int64], chances: NDArray[np.float64], index: PeopleIndex
) -> dict[str, float]:
    """What the list says in a field of who this may be, with probabilities."""
    found: dict[str, float] = {}
    for row, chance in zip(rows.tolist(), chances.tolist(), strict=True):
        if chance >= _LEAST:
            text = getattr(index.person(row), field)
            if text:
                found[text] = found.get(text, 0.0) + chance
    return found


def _chosen(
    own: FieldValue, listed: Mapping[str, float], nobody: float, frequency: float
) -> FieldValue:
    """The reader's option that is likeliest with the list known.

    Bayes: the reader's probability of an option, times how likely the list would say what it says
    if the option were right, over how likely of just anybody.
    """
    shares = yaml_table(_TABLE)
    assert own.value is not None
    rest = 1.0 - own.confidence
    offered = sum(p for _, p in own.alternatives)
    reader = {own.value: own.confidence} | {
        text: rest * shares["offered"] * p / offered for text, p in own.alternatives if p > 0
    }
    unseen = rest * (1 - shares["offered"] * bool(offered))
    silent = nobody + max(1 - nobody - sum(listed.values()), 0.0)

    def likely(option: str) -> float:
        said = silent
        for text, chance in listed.items():
            agreement = _agreement(option, text)
            by_chance = 1.0 if agreement == "differ" else frequency
            said += chance * float(shares["agree"][agreement]) / by_chance
        return said

    weights = {option: p * likely(option) for option, p in reader.items()}
    for text, chance in listed.items():
        if not any(_agreement(option, text) == "same" for option in reader):
            weights[text] = unseen * chance * shares["agree"]["same"]
    whole = sum(weights.values()) + unseen * (silent + shares["agree"]["differ"])
    own_share = likely(own.value)
    led = [own.value, *(option for option in reader if likely(option) > own_share)]
    best = max(led, key=lambda option: weights[option])
    others = sorted(
        ((text, w / whole) for text, w in weights.items() if text != best), key=lambda one: -one[1]
    )
    return replace(
        own,
        value=best,
        confidence=weights[best] / whole,
        alternatives=tuple(others[:_KEPT]),
        source=own.source if best == own.value else f"{own.source}+list",
    )


def _agreement(option: str, listed: str) -> str:
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
        if own and text and _agreement(own, text) != "same":
            message = shares["message"].format(id=there.id, label=about["label"], text=text)
            issues.append(Issue(RULE, (code,), message))
    return replace(record, issues=(*record.issues, *issues))
