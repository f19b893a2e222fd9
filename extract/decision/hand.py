"""How one clerk's figures are misread, learnt from figures that the book knows otherwise.

Numbers of entries and pages run on, and the year of registration is the book's: there a figure is
known, and what the reader saw in it tells how this hand's figures look. A table of how often each
figure is taken for another, begun from what is usual, is counted from them, then from the ages that
it explains (expectation and maximisation, Dempster et al. 1977), and weighs every age again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from extract.decision.choose import Drafted
from extract.decision.figures import Table, Texts, chance, counted, of_counts
from extract.decision.numbering import Case, Drafts
from extract.decision.plausible import share_of_age
from extract.decision.spoken import day_of
from extract.parse.dates import date_of_value
from extract.parse.numbers import leading_number

_ROUNDS = 4
_AGES = range(12, 90)


def weigh_ages_by_hand(
    cases: Sequence[Case], drafted: Sequence[Drafts], roles: Mapping[str, Any]
) -> None:
    """Weigh the options of ages in figures again, in place, by how this book's hand is misread."""
    ages = list(_ages(cases, drafted, roles))
    if not ages:
        return
    known = counted(_known(cases, drafted, roles))
    table = of_counts(known)
    for _ in range(_ROUNDS):
        likely = [_posterior(texts, parent, table) for _, _, texts, _, parent in ages]
        seen = (
            (str(age), texts, share)
            for (_, _, texts, _, parent), own in zip(ages, likely, strict=True)
            for age, share in own.items()
            if parent  # who declares may be old
        )
        table = of_counts(known + counted(seen, table))
    for drafts, code, texts, year, parent in ages:
        own = drafts[code]
        found = _posterior(texts, None, table)  # what is likely is weighed later
        options = {str(year - age) if parent else str(age): p for age, p in found.items()}
        drafts[code] = _replaced(own, options)


def figures_of_hand(
    cases: Sequence[Case], drafted: Sequence[Drafts], roles: Mapping[str, Any]
) -> Table:
    """How often this book's figures are taken for each other, by its numbers, its years, and its
    days and months of registration, which run on."""
    known = (*_known(cases, drafted, roles), *_days(drafted, roles.get("registered", "")))
    return of_counts(counted(known))


def _days(drafted: Sequence[Drafts], code: str) -> Iterator[tuple[str, Texts, float]]:
    """Days and months that the book tells, the figures read for them, and how sure that is."""
    for drafts in drafted:
        own = drafts.get(code)
        told = date_of_value(own.value.value) if own else None
        if own and told and told.day and own.evidence.support > 0:
            read = [(day_of(value), p) for value, p in own.options.items()]
            yield day_of(told.text), read, own.evidence.support


def _ages(
    cases: Sequence[Case], drafted: Sequence[Drafts], roles: Mapping[str, Any]
) -> Iterator[tuple[Drafts, str, Texts, int, bool]]:
    """Ages of two figures: the drafts, the column, the texts, the year of registration, and
    whether the value is a parent's year of birth."""
    for case, drafts in zip(cases, drafted, strict=True):
        date = drafts.get(roles.get("registered", ""))
        day = date_of_value(date.value.value) if date else None
        for code in (*roles.get("ages", ()), *roles.get("parents", ())):
            own, slots = drafts.get(code), case.slots.get(code, ())
            if not own or not day or not own.options or own.mark or len(slots) != 1:
                continue
            texts = [(_figures(text), p) for text, p in slots[0].candidates]
            pairs = [(figures, p) for figures, p in texts if len(figures) == 2]
            parent = code not in roles.get("ages", ())
            if slots[0].kind == "age" and sum(p for _, p in pairs) > 0.5:
                yield drafts, code, pairs, day.year, parent


def _figures(text: str) -> str:
    """The figures of an age; empty where there are letters besides "tuổi"."""
    bare = text.lower().replace("tuổi", "").strip(" .,-")
    return bare if bare.isdigit() else ""


def _known(
    cases: Sequence[Case], drafted: Sequence[Drafts], roles: Mapping[str, Any]
) -> Iterator[tuple[str, Texts, float]]:
    """Figures that are known otherwise, the texts read for them, and how sure that is."""
    for case, drafts in zip(cases, drafted, strict=True):
        for role in ("number", "page"):
            code = roles.get(role, "")
            own = drafts.get(code)
            number = leading_number(own.value.value) if own else None
            if own and number is not None and own.evidence.support > 0:
                for slot in case.slots.get(code, ()):
                    yield str(number), slot.candidates, own.evidence.support
        date = drafts.get(roles.get("registered", ""))
        day = date_of_value(date.value.value) if date else None
        for slot in case.slots.get(roles.get("registered", ""), ()):
            if day:
                yield str(day.year), [(text[-4:], p) for text, p in slot.candidates], 1.0


def _posterior(texts: Texts, parent: bool | None, table: Table) -> dict[int, float]:
    """Ages with probabilities that sum to what was read, weighed by how likely an age is of a
    parent, or of a declarant; None: not weighed so."""
    weights = {age: sum(p * chance(str(age), t, table) for t, p in texts) for age in _AGES}
    if parent is not None:
        weights = {age: share_of_age(age, parent) * weight for age, weight in weights.items()}
    scale = sum(p for _, p in texts) / max(sum(weights.values()), 1e-12)
    return {age: scale * weight for age, weight in weights.items() if weight * scale > 1e-4}


def _replaced(own: Drafted, options: Mapping[str, float]) -> Drafted:
    best = max(sorted(options), key=lambda value: options[value])
    first = own.evidence.first and best == own.value.value
    evidence = replace(own.evidence, reader=options[best], first=first)
    return replace(own, value=replace(own.value, value=best), evidence=evidence, options=options)
