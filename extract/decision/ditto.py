"""Values that come from another field: what a ditto mark points to, the province of a place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rapidfuzz import fuzz

from common.text import fold
from extract.decision.choose import Drafted
from extract.parse.places import province_near, province_of
from extract.record import Status

_NAME = "HoTen"  # end of the code of a person's name
_NAMESAKE = 75.0  # likeness, of 100, of a name read twice

Drafts = dict[str, Drafted]


def province_drafted(origin: Drafted, code: str) -> Drafted:
    """The province that a place ends in; blank when it names none, unread when it is unread.

    Where the chosen reading names none, another reading of the place may, or its last part is
    nearly a province's name.
    """
    likely = sorted(origin.options, key=lambda option: (-origin.options[option], option))
    province = next(
        filter(None, map(province_of, (origin.value.value, *likely))),
        province_near(origin.value.value),
    )
    hidden = origin.value.status == "illegible"
    status: Status = "illegible" if hidden else "derived" if province else "blank"
    value = replace(
        origin.value, raw=None, value=province, status=status, source=f"derived from {code}"
    )
    evidence = replace(origin.evidence, kind="province", support=1.0 if province else -1.0)
    return Drafted(value, evidence)


def resolve_dittos(drafted: Sequence[Drafts], roles: Mapping[str, Any]) -> None:
    """Give every ditto mark, in place, the value it stands for.

    ``như cha`` points to that parent's field; ``nt`` to the same field of the person named
    before on the form, else of the case before. ``//`` is a ditto only in a home that is not the
    first person's. In a field that no other person has, every mark means blank.
    """
    pairs: Mapping[str, str] = roles.get("pairs", {})
    people: Sequence[str] = roles.get("people", ())
    for place, drafts in enumerate(drafted):
        for code, own in list(drafts.items()):
            if own.mark is None:
                continue
            person = next((p for p in people if re.match(rf"{p}[A-Z]", code)), "")
            rest = code.removeprefix(person)
            if not any(p + rest in drafts for p in people if person and p != person):
                drafts[code] = _blank(own)
                continue
            if own.mark == "either" and not (rest == "NoiCuTru" and person != people[0]):
                continue
            if own.mark not in ("ditto", "either", *pairs):
                continue
            named = pairs.get(own.mark)
            earlier = [named] if named else _namesake_first(drafts, person, people, code)
            source = next(
                (p + rest for p in earlier if p + rest in drafts and p + rest != code), None
            )
            target = drafts[source] if source else None
            if target is None and place:
                target, source = drafted[place - 1].get(code), f"{code} of the case before"
            if target and target.value.value is not None:
                drafts[code] = _as_ditto(own, target, str(source))


def _namesake_first(drafts: Drafts, person: str, people: Sequence[str], code: str) -> list[str]:
    """The people before a field, the nearest first; before them who bears this person's name: a
    father who declares the birth is named again."""
    nearest = _before(drafts, code, people)[::-1]
    own = _name(drafts, person)
    alike = {p: fuzz.ratio(own, _name(drafts, p)) for p in nearest if p != person}
    best = max(alike, key=lambda p: alike[p], default="")
    return [best, *nearest] if own and alike.get(best, 0.0) >= _NAMESAKE else nearest


def _name(drafts: Drafts, person: str) -> str:
    own = drafts.get(f"{person}{_NAME}")
    return fold((own.value.value or "") if own else "")


def _blank(own: Drafted) -> Drafted:
    """A mark where nothing can be repeated: nobody else has such a field."""
    return replace(own, value=replace(own.value, status="blank"))


def _before(drafts: Drafts, code: str, people: Sequence[str]) -> list[str]:
    """People whose fields stand before this one on the form."""
    codes = list(drafts)[: list(drafts).index(code)]
    found = [p for c in codes for p in people if re.match(rf"{p}[A-Z]", c)]
    return list(dict.fromkeys(found))


def _as_ditto(own: Drafted, target: Drafted, source: str) -> Drafted:
    value = replace(
        own.value, value=target.value.value, status="ditto", source=f"ditto of {source}"
    )
    evidence = replace(target.evidence, kind="ditto", weakest=own.evidence.weakest)
    return Drafted(value, evidence, mark=own.mark)
