"""Numbers of twelve figures, weighed by what else the record says of their holder.

The first three figures are the province that the number was given for, the fourth the century and
the sex, the fifth and sixth the year of birth (`extract.parse.identity`). A figure that a reader
often takes for another is the other where the province, the sex or the birth say so.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from extract.decision.choose import Drafted
from extract.decision.evidence import outweighs
from extract.decision.figures import usual_misreadings
from extract.decision.numbering import Drafts
from extract.parse.dates import date_of_value
from extract.parse.identity import holder_of, person_of, province_codes, sex_of

RULE = "the holder of a number"
_KIND = "id_number"
_TOLD = 6  # figures that tell of the holder
_SEEN = 0.002  # least share of a figure that is read as another, for the other to be tried
_OTHER = 0.001  # how likely the year is one that the birth was not read for, whatever is misread
_SEX = 0.02  # how likely the sex is not the record's
_NONE = 1e-4  # how likely a number is of no province, or of a century to come
_LAST = 2099  # year of birth that a number may tell
_WEIGHT = 0.1  # of each province that no other number of the book names
_LEAST = 1e-4  # share of the probability of a value that is kept


def weigh_identity(drafted: Sequence[Drafts]) -> None:
    """Weigh the options of numbers of twelve figures again, in place."""
    numbers = list(_numbers(drafted))
    named = Counter(own.value.value[:3] for _, _, own in numbers if own.value.value)
    for drafts, code, own in numbers:
        others = named - Counter([str(own.value.value)[:3]])
        drafts[code] = _weighed(own, code, drafts, others)


def _numbers(drafted: Sequence[Drafts]) -> Iterator[tuple[Drafts, str, Drafted]]:
    for drafts in drafted:
        for code, own in drafts.items():
            value = own.value.value or ""
            read = own.evidence.kind == _KIND and not own.mark and own.options.get(value, 0.0) > 0
            if read and holder_of(value):
                yield drafts, code, own


def _weighed(own: Drafted, code: str, drafts: Drafts, named: Counter[str]) -> Drafted:
    """The field with the numbers it may be, and another value where one is much likelier."""
    person = person_of(code)
    born, sexes = _years(drafts.get(f"{person}NgaySinh")), _sexes(person, drafts)
    shares: defaultdict[str, float] = defaultdict(float)
    for read, share in own.options.items():
        for number, alike in _near(read):
            likely = _of_province(number, named) * _of_person(number, born, sexes)
            shares[number] += share * alike * likely
    now = str(own.value.value)
    best = max(sorted(shares), key=lambda value: shares[value])
    if best != now and not outweighs(RULE, own.evidence.kind, shares[best] / shares[now]):
        best = now
    whole = sum(shares.values())
    scale = sum(own.options.values()) / whole
    kept = (value for value in sorted(shares) if value == best or shares[value] > _LEAST * whole)
    options = {value: shares[value] * scale for value in kept}
    first = own.evidence.first and best == now
    evidence = replace(own.evidence, reader=options[best], first=first)
    return replace(own, value=replace(own.value, value=best), evidence=evidence, options=options)


def _near(read: str) -> Iterator[tuple[str, float]]:
    """A number as it was read, and with another of the figures that tell of the holder: how likely
    each is read so."""
    yield read, 1.0
    if holder_of(read):
        for told, share in _misread(read[:_TOLD]):
            yield told + read[_TOLD:], share


def _misread(figures: str) -> Iterator[tuple[str, float]]:
    """Figures one of which is read so: how likely, beside figures that are read as they are."""
    table = usual_misreadings()
    for place, seen in enumerate(map(int, figures)):
        for true in range(10):
            share = table.item(true, seen) / table.item(seen, seen)
            if true != seen and share >= _SEEN:
                yield f"{figures[:place]}{true}{figures[place + 1 :]}", share


def _of_province(number: str, named: Counter[str]) -> float:
    """How likely a number is of its province, by the book's others."""
    if not re.fullmatch(r"\d{12}", number):
        return _NONE  # as much as a number of no province: of which length a number is, stays
    codes = province_codes()
    if number[:3] not in codes:
        return _NONE
    return (named[number[:3]] + _WEIGHT) / (named.total() + _WEIGHT * len(codes))


def _of_person(number: str, born: Mapping[int, float], sexes: Mapping[str, float]) -> float:
    """How likely a number is of a person of these sexes and years of birth; 1 of one unknown."""
    holder = holder_of(number)
    if holder is None:
        return 1.0
    if holder.year > _LAST:
        return _NONE
    sex = max(sexes.get(holder.sex, 0.0), _SEX) if sexes else 1.0
    year = max(born.get(holder.year, 0.0), _OTHER) if born else 1.0
    return sex * year


def _years(own: Drafted | None) -> dict[int, float]:
    """How likely each year of birth is, where the date was read: as it was, or misread by a figure
    of the last two."""
    found: defaultdict[int, float] = defaultdict(float)
    for value, share in own.options.items() if own and not own.mark else ():
        date = date_of_value(value)
        if date:
            century, year = divmod(date.year, 100)
            found[date.year] += share
            for true, alike in _misread(f"{year:02}"):
                found[100 * century + int(true)] += share * alike
    return dict(found)


def _sexes(person: str, drafts: Drafts) -> dict[str, float]:
    """Sexes of a person with probabilities, where the column or the form says them."""
    own = drafts.get(f"{person}GioiTinh")
    known = sex_of(person)
    if known:
        return {known: 1.0}
    return dict(own.options) if own and not own.mark else {}
