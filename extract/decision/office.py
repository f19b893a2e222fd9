"""The office that keeps a book: one on all its pages, mostly known by the country's units.

Its name is written at the head of every page, small, over other print and into the next place.
So all pages' readings are held against the offices that there are, each letter now and then
misread, and what is left over behind the name hardly counts.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise, product

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from extract.decision.choose import Drafted, chosen
from extract.decision.recurring import SLIP, Favour, apart
from extract.parse.tables import table
from models import lexicon

Readings = Sequence[Mapping[str, float]]

_TRIED = 3  # values of each reading
_PAGES = 24  # readings that the office is told from, spread over the book
_NEAREST = 8  # known offices near each reading
_VOICES = 3.0  # readings that a book's are worth together: one hand is misread alike
_SCRAWL = 1e-6  # probability of any reading at all
_BEHIND, _HIDDEN = 0.25, 0.4  # what each letter behind the name, and each that is not seen, costs
_SHORTEST = 0.5  # lengths of the usual reading that an office's name has at least
_GLUED = 2  # letters that count at most of those that go on where a name ends, for a lost space
_COMMA = 0.2  # letters that a comma counts
_UNKNOWN = 0.02  # how likely an office is that the lexicon does not know
_READ, _OF_PAGES = 0.2, 0.25  # share of its letters that may be misread, on this share of the pages
_READ_WELL, _OFTEN = 0.1, 3  # the same of an unknown one, and on how many pages
_CLEAR = 0.5  # probability from which a page that names another known office names that
_ENDS = ((0, 0), (0, 1), (1, 0))  # letters more of a name, and of a text, that are compared


def choose_office(places: Sequence[tuple[dict[str, Drafted], str]], favour: Favour) -> bool:
    """Give places that name the book's office that office, in place; whether there is one.

    Args:
        places: drafts of cases, each with the column that names the office.
        favour: how much likelier a name is one of the book's, by where else it stands.
    """
    readings = [_best(drafts[code].options) for drafts, code in places]
    office = office_of(readings, favour)
    if office is None:
        return False
    for (drafts, code), own in zip(places, readings, strict=True):
        value = drafts[code].value.value or ""
        near = apart(value.lower(), office.lower()) <= _READ_WELL * len(office)
        if not near and value in offices() and own.get(value, 0.0) >= _CLEAR:
            continue
        cased = next((text for text in own if text.lower() == office.lower()), office)
        drafts[code] = chosen(drafts[code], cased, 2 * math.exp(-_letters(office, own)) - 1)
    return True


def office_of(readings: Readings, favour: Favour) -> str | None:
    """The office that the readings name; None where they name none that is likely.

    An office that no list has must be read often, and well.
    """
    step = max(1, math.ceil(len(readings) / _PAGES))
    some = [own for own in readings[::step] if own]
    read = sorted({text for own in some for text in own})
    if not read:
        return None
    least = _SHORTEST * float(np.median([len(next(iter(own))) for own in some]))
    costs = {
        name: _cost(name, some) - math.log(_prior(name, favour))
        for name in sorted({*read, *_nearest(read)})
        if len(name) >= least and _is_read(name, some)
    }
    return min(costs, key=lambda name: costs[name], default=None)


def _is_read(name: str, readings: Readings) -> bool:
    """Whether enough readings are nearly of this name."""
    least, share = (1, _READ) if name in offices() else (_OFTEN, _READ_WELL)
    near = sum(_letters(name, own) <= share * len(name) for own in readings)
    return near >= max(least, _OF_PAGES * len(readings))


def _best(options: Mapping[str, float]) -> dict[str, float]:
    ranked = sorted(options.items(), key=lambda item: (-item[1], item[0]))[:_TRIED]
    whole = sum(p for _, p in ranked)
    return {value: p / whole for value, p in ranked}


def _cost(name: str, readings: Readings) -> float:
    """What it costs (minus log) that the readings are of this name, on the average of them."""
    costs = []
    for own in readings:
        share = sum(p * math.exp(-_misfit(name, text)) for text, p in own.items())
        costs.append(-math.log(share + _SCRAWL))
    return min(_VOICES, len(costs)) * float(np.mean(costs))


def _misfit(name: str, text: str) -> float:
    """What it costs that a text is read where a name stands: it may begin with the name, or break
    off in it."""
    more = len(text) - len(name)
    rest = _BEHIND * more if more > 0 else -_HIDDEN * more
    begun, whole = _apart(name, text)
    return min(rest - math.log(SLIP) * begun, -math.log(SLIP) * whole)


def _letters(name: str, own: Mapping[str, float]) -> float:
    """Letters of the name that a reading gets wrong, or does not show."""
    found = 0.0
    for text, p in own.items():
        begun, whole = _apart(name, text)
        found += p * min(begun + max(0, len(name) - len(text)), whole)
    return found


@lru_cache(maxsize=20_000)
def _apart(name: str, text: str) -> tuple[float, float]:
    """Letters by which a name differs from as much of a text, or as much of it from a text; and
    by which both differ as they are. A comma is easily lost."""
    name, text = name.lower(), text.lower()
    commas = _COMMA * abs(name.count(",") - text[: len(name)].count(","))
    name, text = name.replace(",", ""), text.replace(",", "")
    size = min(len(name), len(text))
    begun = min(apart(name[: size + one], text[: size + other]) for one, other in _ENDS)
    glued = len(text[size:].split(" ")[0])  # of a longer word: Phương is not Phú
    return commas + begun + min(glued, _GLUED), commas + apart(name, text)


def _prior(name: str, favour: Favour) -> float:
    """How likely an office is: a known one by where else its units are named."""
    known = offices().get(name, ())
    return max((math.prod(map(favour, units)) for units in known), default=_UNKNOWN)


def _nearest(texts: Sequence[str]) -> set[str]:
    """The known offices that are nearest to each of the texts."""
    found: list[list[tuple[float, str]]] = [[] for _ in texts]
    for size, names in _by_length().items():
        begun = [text[:size].lower() for text in texts]
        wrong = cdist(begun, [name.lower() for name in names], scorer=Levenshtein.distance) / size
        for near, row in zip(found, wrong, strict=True):
            first = np.argsort(row, kind="stable")[:_NEAREST]
            near += [(float(row[at]), names[at]) for at in first]
    return {name for near in found for _, name in sorted(near)[:_NEAREST]}


@cache
def _by_length() -> Mapping[int, Sequence[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for name in offices():
        found[len(name)].append(name)
    return found


@cache
def offices() -> Mapping[str, frozenset[tuple[str, ...]]]:
    """Offices as they are written, with the bare names of the units that each may be of: of
    communes, of districts and of today's communes; and communes by their names alone.

    A ward may have been a commune, a town's district a rural one.
    """
    found: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    words = table("values")["offices"]
    heads: list[str] = words["names"]
    for unit in {*lexicon.units(), *lexicon.units_2025()}:
        names = zip((unit.commune, unit.district, unit.province), words["ranks"], strict=True)
        known = [(lexicon.bare_unit(name), name, kind) for name, kind in names if name]
        for (one, *below), (other, *above) in pairwise(known):
            for low, high in product(_written(one, *below), _written(other, *above)):
                for head in heads:
                    found[f"{head} {low}, {high}"].add((one, other))
        found[known[0][0]].add(tuple(bare for bare, _, _ in known[:2]))
    return {name: frozenset(units) for name, units in found.items()}


def _written(bare: str, name: str, kind: str) -> set[str]:
    """A unit with the word for its kind in small letters, and with the one it may have had."""
    now = name.removesuffix(bare).strip().lower()
    return {f"{now} {bare}".strip(), name if name == bare else f"{kind} {bare}"}
