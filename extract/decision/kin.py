"""What the people of one record share: a surname, a home, and often the very same person.

A child bears its father's surname; who declares a birth is mostly a parent; a family lives at one
place. Where two fields probably say the same, a value that both may say is worth more than two
that differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import product
from typing import Any

from rapidfuzz import fuzz

from common.text import fold
from extract.decision.choose import Drafted, chosen
from extract.decision.evidence import outweighs
from extract.parse.dates import date_of_value
from extract.parse.names import middle_names, same_syllable, surname
from models import lexicon

_TRIED = 8  # values of each field that are paired
_SEXED = 20.0  # odds, at most, that a middle name tells its bearer's sex
_NAMESAKE = 75.0  # likeness, of 100, of a name read twice
_SAME, _SURNAME = 12.0, 8.0  # odds by which agreement is likelier than chance allows

Drafts = dict[str, Drafted]


def agree_between_people(drafts: Drafts, roles: Mapping[str, Sequence[Sequence[str]]]) -> None:
    """Choose again, in place, the values of fields that probably say the same.

    ``roles``: ``same``, pairs of columns that often hold one value; ``surname``, pairs of names
    of which the first bears the second's surname; ``sexed``, a name and its bearer's sex.
    """
    for first, second in roles.get("same", ()):
        _choose_pair("said twice", drafts, first, second, _one_value)
    for child, parent in roles.get("surname", ()):
        _choose_pair("a family's surname", drafts, child, parent, _one_surname)
    for name, sex in roles.get("sexed", ()):
        _choose_pair("middle names and sex", drafts, name, sex, _bears)


def agree_on_age(drafts: Drafts, roles: Mapping[str, Any]) -> None:
    """Choose again, in place, the age of one who is probably the other person named, and when
    that one was born: ``namesakes``, a name and an age, and a name and a birth."""
    registered = drafts.get(roles.get("registered", ""))
    day = date_of_value(registered.value.value) if registered else None
    for name, age, other, born in roles.get("namesakes", ()):
        one, two = drafts.get(name), drafts.get(other)
        if day and one and two and _alike(one.value.value, two.value.value):
            _choose_pair("one person's age", drafts, age, born, partial(_one_age, day.year))


def _alike(name: str | None, other: str | None) -> bool:
    return bool(name and other) and fuzz.ratio(fold(name or ""), fold(other or "")) >= _NAMESAKE


def _one_age(year: int, age: str, born: str) -> float:
    return _SAME if age.isdigit() and year - int(age) == int(born[-4:]) else 1.0


def _one_value(one: str, other: str) -> float:
    return _SAME if one == other else 1.0


def _one_surname(child: str, parent: str) -> float:
    one, other = surname(child), surname(parent)
    return _SURNAME if one and other and same_syllable(one, other) else 1.0


def _bears(name: str, sex: str) -> float:
    """How likely who bears these middle names (Thị, Văn) is of this sex, as odds against a name
    that tells nothing."""
    odds = math.prod(_middle_odds(word, sex) for word in middle_names(name))
    return 2 * odds / (1 + odds)


@cache
def _middle_odds(word: str, sex: str) -> float:
    shares = []
    for one in ("male", "female"):
        counts = lexicon.middle_names(one)
        shares.append((counts.get(word, 0.0) + 1) / sum(counts.values()))
    odds = shares[0] / shares[1] if sex == "Nam" else shares[1] / shares[0]
    return min(max(odds, 1 / _SEXED), _SEXED)


def _choose_pair(
    rule: str, drafts: Drafts, first: str, second: str, odds: Callable[[str, str], float]
) -> None:
    one, other = drafts.get(first), drafts.get(second)
    if not one or not other or not one.options or not other.options:
        return
    if one.mark or other.mark:
        return
    pairs = {
        (a, b): one.options[a] * other.options[b] * odds(a, b)
        for a, b in product(_best(one), _best(other))
    }
    a, b = max(sorted(pairs), key=lambda pair: pairs[pair])
    support = 1.0 if odds(a, b) > 1 else 0.0
    drafts[first] = _settled(rule, _weighed(one, pairs, 0), a, support)
    drafts[second] = _settled(rule, _weighed(other, pairs, 1), b, support)


def _settled(rule: str, own: Drafted, value: str, support: float) -> Drafted:
    """The field with a value that its pair makes likely, where that is enough to change it."""
    now = own.value.value
    odds = own.options[value] / max(own.options.get(now or "", 0.0), 1e-12)
    kept = now is not None and not outweighs(rule, own.evidence.kind, odds)
    return chosen(own, str(now) if kept else value, max(support, own.evidence.support))


def _weighed(own: Drafted, pairs: Mapping[tuple[str, str], float], side: int) -> Drafted:
    """The field with the options that were paired weighed by what the other field says of them,
    so that what is paired next knows it; their sum stays."""
    together: dict[str, float] = {}
    for pair, weight in pairs.items():
        together[pair[side]] = together.get(pair[side], 0.0) + weight
    before = sum(own.options[value] for value in together)
    scale = before / max(sum(together.values()), 1e-12)
    return replace(own, options={**own.options, **{v: scale * w for v, w in together.items()}})


def _best(drafted: Drafted) -> list[str]:
    ranked = sorted(drafted.options, key=lambda value: (-drafted.options[value], value))
    kept = ranked[:_TRIED]
    now = drafted.value.value
    return kept if now is None or now in kept or now not in drafted.options else [*kept, now]
