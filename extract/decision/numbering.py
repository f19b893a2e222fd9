"""Numbers of a book: of its entries and pages, which run on, and of the volume."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from extract.decision.choose import Drafted, chosen, suggested, texts_of
from extract.decision.runon import run_on_numbers
from extract.decision.years import confused
from extract.parse.numbers import as_digits
from extract.reading.readings import SlotReading

Drafts = dict[str, Drafted]
YEARLY = "with_year"
"""How numbers are delivered that bear their year."""
_UNREAD = 0.01  # what nothing read of a date says for a year, and against it


@dataclass(frozen=True)
class Case:
    """One entry with its fields as drafted so far."""

    page: int
    entry: int
    slots: Mapping[str, tuple[SlotReading, ...]]


def number_entries(
    cases: Sequence[Case], drafted: Sequence[Drafts], roles: Mapping[str, Any]
) -> None:
    """Choose the running number of every entry, in place, with the year of its registration."""
    code = roles.get("number", "")
    places = [place for place, drafts in enumerate(drafted) if code in drafts]
    numbers, clear = _run_on([cases[place].slots[code] for place in places])
    for at, (place, number) in enumerate(zip(places, numbers, strict=True)):
        value = drafted[place][code].value.value
        date = drafted[place].get(roles.get("registered", ""))
        year = date.value.value[-4:] if date and date.value.value else (value or "")[-4:]
        if number is None or not year:
            continue
        own, run_on = drafted[place][code], f"{number:02d}/{year}"
        if own.value.raw is None:
            drafted[place][code] = suggested(own, run_on, 0.5)
        else:
            told = 1.0 if date is None or year in own.value.raw else _tells(date, year)
            kept = chosen(own, run_on, min(_support(numbers, at), clear))
            evidence = replace(kept.evidence, reader=kept.evidence.reader * told)
            drafted[place][code] = replace(kept, evidence=evidence)


def _tells(date: Drafted, year: str) -> float:
    """Share of what was read of a date that is of this year; a half where nothing was."""
    own = sum(probability for value, probability in date.options.items() if value.endswith(year))
    return (own + _UNREAD) / (sum(date.options.values()) + 2 * _UNREAD)


def _run_on(places: Sequence[Sequence[SlotReading]]) -> tuple[list[int | None], float]:
    """The running numbers of a book that all are written, or all printed, as more of what was
    read runs on; and how clearly they are these, −1 to 1."""
    written = [_figures(slots) for slots in places]
    printed = [
        [(str(int(text)), p) for slot in slots for text, p in slot.printed] for slots in places
    ]
    runs = [(run_on_numbers(read), read) for read in (written, printed)]
    (numbers, _), apart = max(((run, _apart(*run)) for run in runs), key=lambda run: run[1][0])
    own, other = apart.pop(0), max(apart.values(), default=0.0)
    return numbers, (own - other) / (own + other + 1)


def _apart(
    numbers: Sequence[int | None], readings: Sequence[Sequence[tuple[str, float]]]
) -> dict[int, float]:
    """Probability that was read for the numbers of a run, at 0, and for those of every run that
    lies so far from it everywhere."""
    found: dict[int, float] = defaultdict(float, {0: 0.0})
    for number, own in zip(numbers, readings, strict=True):
        for text, probability in own:
            if number is not None:
                found[int(text) - number] += probability
    return found


def _figures(slots: Sequence[SlotReading]) -> list[tuple[str, float]]:
    found = []
    for text, probability in texts_of(slots):
        number = re.search(r"\d{1,4}", as_digits(text.replace(" ", "")))
        if number:
            found.append((str(int(number[0])), probability))
    return found


def _support(numbers: Sequence[int | None], at: int) -> float:
    """How many of the four nearest numbers fit this one, −1 (none) to 1 (all)."""
    steps = Counter(two - one for one, two in pairwise(numbers) if one is not None and two)
    by = max(sorted(steps), key=lambda step: steps[step], default=1)
    around = [
        numbers[other] == (numbers[at] or 0) + by * (other - at)
        for other in range(max(0, at - 2), min(len(numbers), at + 3))
        if other != at
    ]
    return 2 * sum(around) / len(around) - 1 if around else 0.0


def number_pages(
    cases: Sequence[Case], drafted: Sequence[Drafts], roles: Mapping[str, Any]
) -> None:
    """Choose the number of every page, in place; all entries of a page bear the same."""
    code = roles.get("page", "")
    places: dict[int, list[int]] = defaultdict(list)
    for place, case in enumerate(cases):
        if code in case.slots:
            places[case.page].append(place)
    numbers, clear = _run_on([cases[own[0]].slots[code] for own in places.values()])
    for at, (own, number) in enumerate(zip(places.values(), numbers, strict=True)):
        for place in own:
            read = drafted[place][code]
            seen = read.value.raw is not None or any(s.printed for s in cases[place].slots[code])
            if number is not None and seen and read.mark is None:
                drafted[place][code] = chosen(read, str(number), min(_support(numbers, at), clear))


def keep_to_year(drafted: Sequence[Drafts], code: str, year: int) -> None:
    """Numbers that bear the book's year bear no other, though a figure of it was misread."""
    for drafts in drafted:
        if code not in drafts or not drafts[code].options:
            continue
        options: dict[str, float] = defaultdict(float)
        for value, probability in drafts[code].options.items():
            options[f"{value[:-4]}{year}"] += probability * confused(value[-4:], year)
        drafts[code] = replace(drafts[code], options=dict(options))
