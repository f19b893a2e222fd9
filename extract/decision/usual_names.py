"""Names weighed by how usual they are: *Thịnh Đô*, read in doubt, is Trịnh Đô; a clear one stays.

The tables of names (`models/lexicons`) count who bears a syllable as a surname, a middle or a given
name, given names of men and women apart: the column, the record's sex or *Thị* and *Văn* tell
which. A syllable may also be one that differs from what was read by a letter or its marks. Power
and bounds were chosen on 100 development books (seeds 9390, 9395, 9541; 3,880 names: 72 more right,
4 broken; by no command of this repository). Rendered names are drawn from the same tables: in a
real register it will mend fewer.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any, Literal

from common.text import fold, title_case
from extract.decision.choose import Drafted
from extract.decision.evidence import outweighs
from extract.decision.numbering import Drafts
from models import lexicon

Sex = Literal["male", "female", ""]
RULE = "usual names"
KINDS = frozenset({"person_name", "signature"})
"""Kinds of places that hold a name."""
_MARK, _LETTER = 0.02, 0.0006  # share of letters read with another mark, as each other letter
_POWER = 0.8  # of how many bear a name: the reader knows names too
_RARE = 2.0  # bearers that a name in no table is given
_MOST = 200.0  # bearers from which one syllable is as usual as another, *Thị* as *Chí*
_LIKELY = 0.05  # share of a syllable's readings from which others are looked for
_LEAST = 0.02  # share of a syllable that is tried
_SEXES: Mapping[str | None, Sex] = {"Nam": "male", "Nữ": "female"}
_SURE, _KNOWN = 0.9, 20.0  # share of one sex from which middle names tell it; bearers of one
_TRIED, _KEPT = 3, 16  # syllables tried at each place of a name; names kept


def weigh_names(drafted: Sequence[Drafts], roles: Mapping[str, Any]) -> None:
    """Weigh the options of names again, in place, by how usual their syllables are.

    ``roles``: ``men`` and ``women``, columns of their names; ``sexed``, names with the column of
    their bearer's sex.
    """
    for drafts in drafted:
        for code, own in drafts.items():
            now = own.value.value or ""
            named = own.evidence.kind in KINDS and not own.mark and own.options.get(now, 0.0) > 0
            if named and len(_words(now)) > 1:
                drafts[code] = _weighed(own, now, _sex_of(code, drafts, roles) or _told_sex(own))


def _sex_of(code: str, drafts: Drafts, roles: Mapping[str, Any]) -> Sex:
    """The sex of who is named in a column: always the same, or what the record says; "" where
    neither tells."""
    if code in roles.get("men", ()):
        return "male"
    if code in roles.get("women", ()):
        return "female"
    said = (sex for name, sex in roles.get("sexed", ()) if name == code and sex in drafts)
    values = (drafts[sex].value.value for sex in said)
    return next((_SEXES[value] for value in values if value in _SEXES), "")


def _told_sex(own: Drafted) -> Sex:
    """The sex that a name's middle names tell: Thị, Văn; "" where they do not."""
    found: defaultdict[str, float] = defaultdict(float)
    for value, share in own.options.items():
        for word in _words(value)[1:-1]:
            for sex in ("male", "female"):
                found[sex] += share * _middle_share(word, sex)
    men, women = found["male"], found["female"]
    likely: Sex = "male" if men > women else "female"
    return likely if max(men, women) > _SURE * (men + women) else ""


@cache
def _middle_share(word: str, sex: str) -> float:
    """The share of a middle name's bearers that are of this sex; 0 of a rare one's."""
    count = {name.lower(): n for name, n in lexicon.middle_names(sex).items()}.get(word, 0.0)
    both = {name.lower(): n for name, n in lexicon.middle_names().items()}.get(word, 0.0)
    return count / both if both >= _KNOWN else 0.0


def _words(value: str) -> list[str]:
    """The syllables of a name; what stands behind a comma is none of it."""
    return value.partition(",")[0].lower().split()


def _weighed(own: Drafted, now: str, sex: Sex) -> Drafted:
    """The field with the names its syllables make, and another value where one is much likelier."""
    size = len(_words(now))
    alike = {value: share for value, share in own.options.items() if len(_words(value)) == size}
    whole = sum(alike.values())
    _, comma, rest = now.partition(",")
    found: dict[str, float] = {}
    for picked in product(*_syllables(alike, size, sex)):
        value = title_case(" ".join(word for word, _ in picked)) + comma + rest
        found[value] = whole * math.prod(share for _, share in picked)
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_KEPT]
    others = {value: share for value, share in own.options.items() if value not in alike}
    options = {now: _LEAST * alike[now], **others, **dict(ranked)}
    value, share = ranked[0]
    if value != now and not outweighs(RULE, own.evidence.kind, share / options[now]):
        value = now
    first = own.evidence.first and value == now
    evidence = replace(own.evidence, reader=options[value], first=first)
    return replace(own, value=replace(own.value, value=value), evidence=evidence, options=options)


def _syllables(
    options: Mapping[str, float], size: int, sex: Sex
) -> Iterator[list[tuple[str, float]]]:
    """For each place of a name what is likely written there, the likeliest first, with shares."""
    roles = ("surname", *["middle"] * (size - 2), "given")
    for place, role in enumerate(roles):
        read: defaultdict[str, float] = defaultdict(float)
        for value, share in options.items():
            read[_words(value)[place]] += share
        whole = sum(read.values())
        likely = [word for word, share in read.items() if share >= _LIKELY * whole]
        tried = {*read, *(near for word in likely for near in _near(word, role))}
        shares = {
            true: _usual(true, role, sex) * sum(p * _chance(true, word) for word, p in read.items())
            for true in tried
        }
        ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:_TRIED]
        scale = 1 / sum(shares.values())
        kept = [(word, share * scale) for word, share in ranked if share * scale >= _LEAST]
        yield kept or [(ranked[0][0], ranked[0][1] * scale)]


@cache
def _bearers(role: str, sex: Sex = "") -> Mapping[str, float]:
    """How many bear a syllable in this place of a name; given names of one sex where it is told."""
    if role == "surname":
        return {name.lower(): count for name, count in lexicon.surnames().items()}
    of = sex if role == "given" and sex else None
    given = (lexicon.given_names(of), lexicon.given_names(of, old=True))
    found: defaultdict[str, float] = defaultdict(float)
    for names in given if role == "given" else (lexicon.middle_names(), *given):
        for name, count in names.items():
            for part in name.lower().split():
                found[part] += count
    return dict(found)


@cache
def _usual(word: str, role: str, sex: Sex) -> float:
    return math.pow(min(_bearers(role, sex).get(word, 0.0), _MOST) + _RARE, _POWER)


@cache
def _near(word: str, role: str) -> tuple[str, ...]:
    """Syllables of names that differ by one letter."""
    return tuple(
        other
        for other in _bearers(role)
        if len(other) == len(word) and sum(a != b for a, b in zip(word, other, strict=True)) == 1
    )


@cache
def _chance(true: str, read: str) -> float:
    """Probability that a syllable is read so, letter by letter."""
    if len(true) != len(read):
        return 0.0
    pairs = ((a, b) for a, b in zip(true, read, strict=True) if a != b)
    return math.prod(_MARK if fold(a) == fold(b) else _LETTER for a, b in pairs)
