"""Dates of a record that its other dates allow: papers issued, parents born, before it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from extract.decision.agree import lag_cost
from extract.decision.choose import Drafted
from extract.decision.figures import Table
from extract.parse.dates import PartialDate, date_of_value

_AGES = {range(16, 51): 1.0, range(13, 71): 0.2}  # of parents at a birth → how likely
_DECLARANTS = {range(18, 56): 1.0, range(15, 66): 0.4, range(12, 81): 0.1}
_TRIED = 3  # options whose figures may be misread
_NEVER = 0.01  # a date after the registration, or a parent of another age

Drafts = dict[str, Drafted]


def weigh_dates(
    drafts: Drafts, roles: Mapping[str, Any], year: int | None, figures: Table | None = None
) -> None:
    """Weigh the options of dates again, in place, by the day the record was registered, or by the
    book's ``year`` where that is not read. One of their ``figures`` may be taken for another.

    ``roles``: ``registered``, that day's column; ``before``, columns of earlier dates; ``shortly``,
    those that lie but days before; ``parents``, columns of parents' births.
    """
    known = drafts.get(roles.get("registered", ""))
    day = date_of_value(known.value.value) if known else None
    day = day or (PartialDate(year) if year else None)
    if day is None:
        return
    for role in ("before", "shortly", "parents"):
        for code in roles.get(role, ()):
            own = drafts.get(code)
            if own and own.options and own.mark is None and own.value.value in own.options:
                offered = own if figures is None else _with_slips(own, figures)
                drafts[code] = _by(offered, partial(_LIKELY[role], day))


def _with_slips(own: Drafted, figures: Table) -> Drafted:
    """The field with the days that its likeliest options are where one figure was misread."""
    options = dict(own.options)
    likely = sorted(own.options.items(), key=lambda item: (-item[1], item[0]))[:_TRIED]
    for value, probability in likely:
        for at, read in enumerate(value):
            in_century = at in (len(value) - 4, len(value) - 3)
            for true in "0123456789" if read.isdigit() and not in_century else "":
                slip = value[:at] + true + value[at + 1 :]
                share = probability * figures.item(int(true), int(read))
                date = date_of_value(slip)
                if true != read and date and date.valid and share > options.get(slip, 0.0):
                    options[slip] = share
    scale = sum(own.options.values()) / sum(options.values())
    return replace(own, options={value: p * scale for value, p in options.items()})


def weigh_ages(drafts: Drafts, roles: Mapping[str, Any]) -> None:
    """Weigh the options of ages again, in place: who declares a birth is seldom very old."""
    for code in roles.get("ages", ()):
        own = drafts.get(code)
        if own and own.options and own.mark is None and own.value.value in own.options:
            drafts[code] = _by(own, lambda value: _share(int(value), _DECLARANTS))


def _by(own: Drafted, likely: Callable[[str], float]) -> Drafted:
    """The field with its options weighed; their sum stays."""
    options = {value: p * likely(value) for value, p in own.options.items()}
    scale = sum(own.options.values()) / sum(options.values())
    options = {value: p * scale for value, p in options.items()}
    best = max(sorted(options), key=lambda value: options[value])
    first = own.evidence.first and best == own.value.value
    evidence = replace(own.evidence, reader=options[best], first=first)
    return replace(own, value=replace(own.value, value=best), evidence=evidence, options=options)


def _before(day: PartialDate, value: str) -> float:
    date = date_of_value(value)
    return 1.0 if date is None or date.ordinal <= day.latest else _NEVER


def _shortly(day: PartialDate, value: str) -> float:
    date = date_of_value(value)
    if day.month is None and date and date.year == day.year:
        return 1.0  # of a day of which only the year is known, all days of it are as near
    return math.exp(-lag_cost(value, day))


def _born(day: PartialDate, value: str) -> float:
    date = date_of_value(value)
    return 1.0 if date is None else _share(day.year - date.year, _AGES)


_LIKELY: Mapping[str, Callable[[PartialDate, str], float]] = {
    "before": _before,
    "shortly": _shortly,
    "parents": _born,
}
"""By role of a column, how likely a value is before a day."""


def share_of_age(age: int, parent: bool) -> float:
    """How likely an age is, of a parent at a birth or of who declares it."""
    return _share(age, _AGES if parent else _DECLARANTS)


def _share(age: int, ages: Mapping[range, float]) -> float:
    return next((share for known, share in ages.items() if age in known), _NEVER)
