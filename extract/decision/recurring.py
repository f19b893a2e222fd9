"""Values that a book repeats: its office, its officers. Read often, each time a little wrong."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from common.text import fold

Favour = Callable[[str], float]
Likely = Callable[[str], float]

SLIP = 0.08  # share of letters that are misread
NEW = 0.002
"""Share of values that stand only once in a book where one value is the rule."""
_TRIED = 6  # values of each reading that may be the book's
_MOST = 60  # values that are tried for the book
_ROUNDS = 20
_LETTERS = 3  # of so many letters of a known value one may be misread
_UNKNOWN = 0.05  # how likely a value is that is in no list, beside those that are
_ALONE = 0.9  # readings that a value must explain beyond its own
_MARK, _MARK_OF_NAME = 0.5, 0.8  # what a wrong mark counts, of a letter; names differ by marks
_LEAST, _EITHER = 0.01, 0.05  # least probability of a value; of two, for a reading to be of either
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))  # of decomposed letters
_SCRAWL = 3e-5  # probability of any reading at all of a value that was scrawled: a signature's


def recurring(
    readings: Sequence[Mapping[str, float]],
    new: float = NEW,
    favour: Favour | None = None,
    known: Set[str] = frozenset(),
    likely: Likely | None = None,
) -> list[dict[str, float]]:
    """What each reading most likely says, when few values stand behind all of them.

    A mixture fitted by expectation and maximisation (Dempster et al. 1977): every reading is one
    of the book's values, its letters now and then misread, or a value of its own.

    Args:
        readings: for each place of the book its values with their probabilities.
        new: share of values that stand in the book only once.
        favour: how much likelier than others a value is the book's, by what else is known.
        known: values that such a column often has; others that stand once are unlikely.
        likely: of values that are written fast, how likely such a text is one that stands once;
            what is none of the book's values and not likely at all was scrawled.

    Returns:
        For each reading the probabilities of the book's values and of its own.
    """
    as_read, readings = readings, [_listed(own, known) for own in readings]
    pooled: Counter[str] = Counter()
    for own in readings:
        for value, probability in _best(own):
            pooled[value] += probability  # type: ignore[assignment]
    values = [value for value, _ in pooled.most_common(_MOST)]
    scrawl, mark = (_SCRAWL, _MARK_OF_NAME) if likely else (0.0, _MARK)
    chances = [{v: scrawl + likelihood(v, own, mark) for v in values} for own in readings]
    shares = {value: pooled[value] / sum(pooled.values()) for value in values}
    favours = {value: favour(value) if favour else 1.0 for value in values}
    if likely:
        favours = {value: odds * likely(value) for value, odds in favours.items()}
    if known:
        favours = {v: f if v in known else _UNKNOWN * f for v, f in favours.items()}
    for _ in range(_ROUNDS):
        counts = dict.fromkeys(values, 0.0)
        for own in chances:
            whole = sum(shares[value] * own[value] for value in values)
            if whole > 0:
                for value in values:
                    counts[value] += shares[value] * own[value] / whole
        shared = {v: favours[v] * max(count - _ALONE, 0.0) for v, count in counts.items()}
        total = max(sum(shared.values()), 1e-9)
        shares = {value: count / total for value, count in shared.items()}
    once = [
        {value: new * (likely(value) if likely else 1.0) * p for value, p in own.items()}
        for own in readings
    ]
    found = [
        _posterior(own, {v: (1 - new) * shares[v] * p for v, p in mine.items()}) or dict(reading)
        for own, mine, reading in zip(once, chances, readings, strict=True)
    ]
    if known:
        capital = _always_capital(readings, known)
        large = _begins_large(readings)
        return [
            _as_read(_as_listed(values, known - capital, large), own, known)
            for values, own in zip(found, as_read, strict=True)
        ]
    return [_cased(values, own) for values, own in zip(found, readings, strict=True)]


def _always_capital(readings: Sequence[Mapping[str, float]], known: Set[str]) -> frozenset[str]:
    """Values in small letters that the list has with a capital too, and so all of the book."""
    forms = [value for own in readings for value, _ in _best(own)[:1]]
    return frozenset(
        value
        for value in known
        if value.capitalize() in known and value.capitalize() in forms and value not in forms
    )


def _begins_large(readings: Sequence[Mapping[str, float]]) -> bool:
    """Whether most readings begin with a capital."""
    begins = [value[:1].isupper() for own in readings for value, _ in _best(own)[:1]]
    return sum(begins) > len(begins) / 2


def _as_listed(found: Mapping[str, float], known: Set[str], large: bool) -> dict[str, float]:
    """Values with the capitals of the list, the first letter as in most of the book."""
    small = {value for value in known if value == value.lower()}
    cased: dict[str, float] = {}
    for value, probability in found.items():
        form = value.lower() if value.lower() in small else value
        form = form[:1].upper() + form[1:] if large and form != value else form
        cased[form] = cased.get(form, 0.0) + probability
    return cased


def _listed(own: Mapping[str, float], known: Set[str]) -> Mapping[str, float]:
    """A reading with known values near it, those that are not known less likely."""
    if not known:
        return own
    near = {value: likelihood(value, own) for value in known if _is_near(value, own)}
    listed = {value: p if value in known else _UNKNOWN * p for value, p in own.items()}
    for value, probability in near.items():
        listed[value] = max(listed.get(value, 0.0), probability)
    scale = sum(own.values()) / max(sum(listed.values()), 1e-9)
    return {value: p * scale for value, p in listed.items()}


def _is_near(value: str, own: Mapping[str, float]) -> bool:
    most = max(1, len(value) // _LETTERS)
    return any(apart(value.lower(), read.lower()) <= most for read, _ in _best(own))


def _cased(found: Mapping[str, float], own: Mapping[str, float]) -> dict[str, float]:
    """Values with the capitals of the reading itself, where it reads them at all."""
    forms = {value.lower(): value for value, _ in sorted(own.items(), key=lambda item: item[1])}
    cased: dict[str, float] = {}
    for value, probability in found.items():
        form = forms.get(value.lower(), value)
        cased[form] = cased.get(form, 0.0) + probability
    return cased


def _as_read(
    found: Mapping[str, float], own: Mapping[str, float], known: Set[str]
) -> dict[str, float]:
    """Values that the list has with a capital and without, in the form that the reading itself
    gives them: the one is as usual as the other."""
    read: dict[str, float] = {}
    for value, probability in found.items():
        small, large = value.lower(), value.capitalize()
        both = {form: own.get(form, 0.0) for form in (small, large) if small != large}
        free = {small, large} <= known and value in both and max(both.values()) > 0
        form = max(both, key=lambda form: both[form]) if free else value
        read[form] = read.get(form, 0.0) + probability
    return read


def _posterior(once: Mapping[str, float], book: Mapping[str, float]) -> dict[str, float]:
    """Values that stand once and the book's, with the weights of both, as probabilities; none
    where letters are too improbable for a float."""
    found = dict(book)
    for value, weight in once.items():
        found[value] = found.get(value, 0.0) + weight
    whole = sum(found.values())
    return {value: weight / whole for value, weight in found.items() if weight > 1e-4 * whole}


def differ_by_marks(one: str, other: str) -> bool:
    """Whether two values differ only in the marks of their letters: Phúc, Phục."""
    return one != other and _fold(one.lower()) == _fold(other.lower())


def lacks_tones(value: str, read: str) -> bool:
    """Whether a value is the reading without some of its tones: Lưu of Lựu."""
    one, other = (unicodedata.normalize("NFD", text.lower()) for text in (value, read))
    return len(one) < len(other) and one.translate(_TONES) == other.translate(_TONES)


def preference(value: str, other: str, readings: Sequence[Mapping[str, float]]) -> float:
    """How many times likelier one value is than another in a reading of either, on the geometric
    mean: readings of one hand are wrong together, so that their number tells little."""
    pairs = [(own.get(value, 0.0), own.get(other, 0.0)) for own in readings]
    logs = [math.log((p + _LEAST) / (q + _LEAST)) for p, q in pairs if p + q > _EITHER]
    return math.exp(sum(logs) / max(len(logs), 1))


def likelihood(value: str, own: Mapping[str, float], mark: float = _MARK) -> float:
    """Probability of a reading where this value is written."""
    return sum(
        probability * math.pow(SLIP, apart(value.lower(), read.lower(), mark))
        for read, probability in _best(own)
    )


@lru_cache(maxsize=100_000)
def apart(one: str, other: str, mark: float = _MARK) -> float:
    """Letters by which two texts differ; one that differs in its marks alone counts ``mark``."""
    bare = Levenshtein.distance(_fold(one), _fold(other))
    return mark * Levenshtein.distance(one, other) + (1 - mark) * bare


@lru_cache(maxsize=10_000)
def _fold(text: str) -> str:
    return fold(text)


def _best(own: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(own.items(), key=lambda item: (-item[1], item[0]))[:_TRIED]
