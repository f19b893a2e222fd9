"""What is written in registers, as languages built from the lexicons: names, places, phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import cycle

from models import lexicon
from models.language import (
    COMMA,
    NUMBER,
    Context,
    Habits,
    Language,
    Letters,
    Masses,
    NGrams,
    masses,
)
from models.lexicon import bare_unit

Sequences = Iterator[tuple[list[str], float]]

_PLACE_BREAKS = {" ": 0.0, "-": -3.0, ".": -3.0}
_NAME_BREAKS = {" ": 0.0, "-": -1.0}
_HAMLETS = ("ấp", "khóm", "thôn", "khu phố", "tổ", "tổ dân phố", "xóm", "làng", "đội", "khu", "bản")
_HAMLET_NAMES = "chánh thượng hạ trung đông tây nam bắc đình chợ giữa mới nhứt nhì nhất nhị a b c"
_OFFICES = ("ubnd", "ủy ban nhân dân", "ubhc")
_UNITS = ("xã", "phường", "thị trấn", "quận", "huyện", "thị xã", "thành phố", "tỉnh")
_SHORT = {
    "thành phố": "tp",
    "thị trấn": "tt",
    "thị xã": "tx",
    "phường": "p",
    "quận": "q",
    "xã": "x",
    "huyện": "h",
    "tỉnh": "t",
    "khu phố": "kp",
    "tổ dân phố": "tdp",
}
_CAPITALS = {"hồ chí minh": ("hcm", "tp hcm"), "hà nội": ("hn", "tp hn")}  # and their initials
_MARKS = ("nt", "như trên", "như cha", "như mẹ", "không rõ", "không", "không biết")
_ANY = "*"  # stands for what is not known
_SURE = 0.98  # of a name, the share that the tables of names explain


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case; numbers as `NUMBER`, commas as `COMMA`."""
    found = re.findall(r",|[^\s,.;:()\-]+", text.lower())
    return [NUMBER if word[0].isdigit() else word for word in found]


@cache
def letters() -> Letters:
    """How Vietnamese syllables are spelt, after the syllables of names and places."""
    tables: tuple[Mapping[str, float], ...] = (
        lexicon.surnames(),
        lexicon.middle_names(),
        lexicon.given_names(),
        lexicon.given_names(old=True),
        lexicon.places(),
    )
    syllables = {word for names in tables for name in names for word in words_of(name)}
    return Letters(sorted(word for word in syllables if word.isalpha()))


@cache
def places() -> Language:
    """Addresses and birthplaces: hamlets, communes in their districts and provinces, hospitals."""
    habits = Habits(depth=4, foreign=0.02, figures=0.05, breaks=_PLACE_BREAKS)
    return Language(NGrams(_place_sequences(), 4), letters(), habits)


@cache
def phrases(*kinds: str) -> Language:
    """Set phrases of these kinds of `lexicons/phrases.tsv`, any word of them in other order too."""
    habits = Habits(depth=2, foreign=0.05, figures=0.02, breaks=_PLACE_BREAKS)
    sequences = [*_phrase_sequences(*kinds), *_marks(0.3)]
    return Language(NGrams(sequences, 2), letters(), habits)


@cache
def names(sex: str | None = None, old: bool = False) -> Language:
    """Names of people: surname, middle names, given name; after a comma their age and work.

    Args:
        sex: ``male``, ``female``, or None for both.
        old: people born before about 1960.
    """
    habits = Habits(depth=4, foreign=1 - _SURE, figures=1e-4, breaks=_NAME_BREAKS)
    return Language(_Names(sex, old), letters(), habits, tail=phrases("occupation", "relation"))


@cache
def signers() -> Language:
    """A name with its office after it: ``Bùi Quốc Mẫn - Chủ tịch``."""
    habits = Habits(depth=4, foreign=1 - _SURE, figures=1e-4, breaks={**_NAME_BREAKS, " ": 0.0})
    offices = NGrams(_phrase_sequences("official"), 2)
    return Language(_Mixed((0.6, _Names(None, False)), (0.4, offices)), letters(), habits)


@cache
def papers() -> Language:
    """An identity paper: its kind, its number, who issued it and when."""
    habits = Habits(foreign=0.02, figures=0.02, breaks=_PLACE_BREAKS)
    return Language(NGrams(_paper_sequences()), letters(), habits)


@cache
def aged(spoken: tuple[str, ...]) -> Language:
    """An age with the work behind it: ``32 tuổi, làm ruộng``; ``spoken``: ages in words."""
    habits = Habits(depth=3, foreign=0.02, figures=0.02, breaks=_PLACE_BREAKS)
    works = list(_phrase_sequences("occupation"))
    sequences: list[tuple[list[str], float]] = []
    for age, weight in [([NUMBER], 2.0), *((words_of(age), 1 / len(spoken)) for age in spoken)]:
        sequences += [(age, weight), ([*age, "tuổi"], weight), ([*age, COMMA, _ANY], weight)]
        sequences.append(([*age, "tuổi", COMMA, _ANY], 3 * weight))
    for work, weight in works:
        share = 6 * weight / len(works)
        sequences += [(["tuổi", COMMA, *work], share), ([NUMBER, COMMA, *work], share)]
    return Language(NGrams(sequences, 3), letters(), habits)


class _Mixed:
    """What may follow in any of several contexts."""

    def __init__(self, *contexts: tuple[float, Context]) -> None:
        self._contexts = contexts

    def __call__(self, before: tuple[str, ...]) -> tuple[tuple[float, Masses], ...]:
        return tuple(
            (share * weight, known)
            for share, context in self._contexts
            for weight, known in context(before)
        )


class _Names:
    """Which names may follow: by place in the name, and whether that sex bears them."""

    def __init__(self, sex: str | None, old: bool) -> None:
        self._middle = masses(_syllables(lexicon.middle_names(sex)))
        now, then = lexicon.given_names(sex), lexicon.given_names(sex, old=True)
        self._given = (0.3, masses(_lower(now))), (0.7, masses(_lower(then)))
        if not old:
            self._given = (0.7, self._given[0][1]), (0.3, self._given[1][1])
        self._surname = masses(_lower({**lexicon.surnames(), "không": 60.0}))
        self._unknown = masses({"rõ": 9.0, "biết": 1.0})

    def __call__(self, before: tuple[str, ...]) -> tuple[tuple[float, Masses], ...]:
        if not before:
            return ((_SURE, self._surname),)
        if before == ("không",):
            return ((_SURE, self._unknown),)
        middle = (0.85, 0.25, 0.1)[min(len(before), 3) - 1]
        given = tuple((share * (_SURE - middle), known) for share, known in self._given)
        return ((middle, self._middle), *given)


def _lower(counts: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, count in counts.items():
        found[name.lower()] = found.get(name.lower(), 0.0) + count
    return found


def _syllables(counts: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, count in counts.items():
        for word in words_of(name):
            found[word] = found.get(word, 0.0) + count
    return found


def _place_sequences() -> Sequences:
    hamlets = cycle([word.split() for word in _HAMLETS])
    for unit in lexicon.units():
        whole = [words_of(name) for name in unit]
        bare = [
            w if b.isdigit() else words_of(b)
            for w, b in zip(whole, map(bare_unit, unit), strict=True)
        ]
        hamlet = [*next(hamlets), *bare[2]]
        short = [_shortened(words) for words in whole]
        for parts in (bare, whole, [*bare[:2], whole[2]], [bare[0], whole[1], bare[2]], short):
            yield _joined(parts[::-1]), 1.0
            yield _joined(parts[::-1], COMMA), 1.0
        yield _joined([hamlet, whole[2], bare[0]], COMMA), 0.3
    for unit in lexicon.units_2025():
        for name in (unit.commune, bare_unit(unit.commune)):
            parts = [words_of(name), words_of(bare_unit(unit.province))]
            yield _joined(parts), 0.5
            yield _joined(parts, COMMA), 0.5
    for name in lexicon.provinces():
        yield words_of(name), 50.0
        yield ["tỉnh", *words_of(name)], 50.0
        yield [_ANY, COMMA, *words_of(name)], 100.0
    for word in (*_HAMLETS, "phường", "quận", "số", "số nhà", "đường"):
        yield [*word.split(), NUMBER], 300.0
    for word in _HAMLETS:
        for name in _HAMLET_NAMES.split():
            yield [*word.split(), name], 5.0
    for kind, initials in _SHORT.items():
        yield [initials], 300.0
        yield [initials, NUMBER], 100.0
        yield kind.split(), 100.0
    for capital, written in _CAPITALS.items():
        for name in (f"tp {capital}", *written):
            yield name.split(), 200.0
    for office in _OFFICES:
        for kind in _UNITS:
            yield words_of(f"{office} {kind}"), 30.0
    yield from _phrase_sequences("hospital", "unit_old", weight=20.0)
    yield from _marks(40.0)


def _shortened(words: list[str]) -> list[str]:
    """The words of a unit with the initials of its kind: ``thị xã ngã năm`` → ``tx ngã năm``."""
    for size in (2, 1):
        initials = _SHORT.get(" ".join(words[:size]))
        if initials:
            return [initials, *words[size:]]
    return words


def _joined(parts: Iterable[list[str]], *between: str) -> list[str]:
    words = [word for part in parts for word in (*between, *part)]
    return words[len(between) :]


def _phrase_sequences(*kinds: str, weight: float = 1.0) -> Sequences:
    """The words of set phrases, up to what is filled in."""
    for kind in kinds:
        for text, share in lexicon.phrases(kind).items():
            for part in re.split(r"\{(?!place)\w+\}", text):
                if "{place}" in part:
                    yield from _filled(part, share * weight)
                elif words_of(part):
                    yield words_of(part), share * weight


def _filled(part: str, weight: float) -> Sequences:
    known = [name for name, count in lexicon.provinces().items() if count > 1]
    for name in known:
        yield words_of(part.replace("{place}", name)), weight / len(known)


def _marks(weight: float) -> Sequences:
    """What is written in place of a value."""
    for mark in _MARKS:
        yield mark.split(), weight


def _paper_sequences() -> Sequences:
    issuers = [words for words, _ in _phrase_sequences("issuer")]
    dates = [[NUMBER], [NUMBER, "tháng", NUMBER, "năm", NUMBER], [NUMBER, NUMBER, NUMBER]]
    for kind in ("cmnd", "cccd", "giấy cmnd", "hộ chiếu", "cm"):
        for issuer in issuers:
            for date in dates:
                yield [*kind.split(), "số", NUMBER, "do", *issuer, "cấp", "ngày", *date], 1.0
                yield [*kind.split(), NUMBER, "cấp", "ngày", *date, "tại", *issuer], 0.2
