"""Capitals that a clerk puts or does not put on words for places: one habit for a whole book."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from extract.decision.choose import Drafted
from extract.parse.tables import table
from extract.reading.likely import is_small

_SURE = 0.6  # share of one way of writing from which the book is taken to keep to it
_CAPITAL = 0.8  # the same of a capital within a place, where the rules of spelling have none
_WORD = re.compile(r"[^\W\d_]+")

Habits = Mapping[tuple[str, bool], str]


def one_case(drafted: Sequence[dict[str, Drafted]]) -> None:
    """Write words as ``ấp``, ``xã``, in place, as the book mostly does: at the start of a place,
    and within it."""
    counts: defaultdict[tuple[str, bool], defaultdict[str, float]] = defaultdict(
        lambda: defaultdict(float)
    )
    places = [
        (drafts, code, own)
        for drafts in drafted
        for code, own in drafts.items()
        if own.evidence.kind == "place" and own.mark is None and own.value.value
    ]
    for _, _, own in places:
        for found in _WORD.finditer(own.value.value or ""):
            if is_small(found[0]):
                counts[found[0].lower(), found.start() == 0][found[0]] += own.evidence.reader
    habits = _habits(counts)
    for drafts, code, own in places:
        options: dict[str, float] = {}
        for value, probability in own.options.items():
            cased = _cased(value, habits)
            options[cased] = options.get(cased, 0.0) + probability
        chosen = replace(own.value, value=_cased(own.value.value or "", habits))
        drafts[code] = replace(own, value=chosen, options=options)


def _habits(counts: Mapping[tuple[str, bool], Mapping[str, float]]) -> Habits:
    """How each word is written; of *xã*, whose capital looks the same, the words tell
    that look otherwise, where there are any."""
    words = table("places")
    small = large = 0.0
    for (word, _), forms in counts.items():
        if word in words["capital_shows"]:
            small += forms.get(word, 0.0)
            large += sum(forms.values()) - forms.get(word, 0.0)
    habits: dict[tuple[str, bool], str] = {}
    for (word, starts), forms in counts.items():
        best = max(sorted(forms), key=lambda form: forms[form])
        if word in words["capital_alike"] and small + large:
            habits[word, starts] = word if small >= large else word[0].upper() + word[1:]
        elif forms[best] >= (_SURE if starts or best == word else _CAPITAL) * sum(forms.values()):
            habits[word, starts] = best
    return habits


def _cased(value: str, habits: Habits) -> str:
    return _WORD.sub(
        lambda found: habits.get((found[0].lower(), found.start() == 0), found[0]), value
    )
