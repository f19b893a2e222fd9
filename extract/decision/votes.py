"""What a book says again and again: the villages of one commune, its district, its province.

Every reading of a place votes, with its probability, for its parts (between commas or dashes). A
value whose parts the rest of the book also reads is likelier than one that only this entry would
have; and a part that nobody else reads may be one that many do, with letters misread.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rapidfuzz.distance import Levenshtein

from extract.decision.choose import Drafted
from extract.decision.evidence import outweighs
from extract.parse.tables import table
from extract.reading.likely import is_small
from models import lexicon
from models.language import one_spelling

_STRENGTH = 1.0
_UNSEEN = 0.3  # votes that a part has which nothing else in the book supports
_KINDS = ("place",)
_BETWEEN = re.compile(r",| - ")
_RUN_ON = 0.3  # share of parts that run on without a sign between them
_DASHED = 0.5  # dashes for each comma from which a book is taken to write dashes: they get lost
_OTHER_SIGN = 0.5  # share of parts that another sign is read between
_SLIP = 0.08  # share of letters that are misread, where both readings are known places
_SLIP_NOWHERE = 0.5  # the same where a reading is no known place
_OFTEN = 2.0  # votes from which a part may stand behind a misread one
_APART = 0.34  # letters of it that may differ
_HALF_NAMED = 0.02  # how likely a place over a hamlet has a name of one word
_MARKET = "chợ"
_SHORT = 4  # letters under which a part is not mended
_NAMED = 20.0  # most that a book's own place is likelier for being named in it
_TRIED, _KEPT = 4, 24  # values of a field whose parts are mended; values that are kept


@dataclass(frozen=True)
class _Votes:
    """Votes for each part in one spelling, how it is mostly written, which have many votes, and
    what mostly stands between parts: behind a hamlet, and elsewhere."""

    count: Mapping[str, float]
    written: Mapping[str, str]
    often: frozenset[str]
    between: Mapping[bool, str]

    def joined(self, parts: Sequence[str]) -> str:
        """The parts with what the book mostly writes between them."""
        signs = [self.between[is_hamlet(part)] for part in parts[:-1]]
        return "".join(part + sign for part, sign in zip(parts, [*signs, ""], strict=True))


def vote(drafted: Sequence[dict[str, Drafted]]) -> None:
    """Weigh the options of places again, in place, by the whole book."""
    votes = _counted([own for drafts in drafted for own in drafts.values() if _votes(own)])
    for drafts in drafted:
        for code, own in drafts.items():
            if _votes(own):
                drafts[code] = _weighed(own, votes)


def named_elsewhere(
    drafted: Sequence[dict[str, Drafted]], besides: Collection[str]
) -> Callable[[str], float]:
    """How much likelier a text is the name of the book's own place: it is named in the places of
    its cases too, ``besides`` the columns for it, with a word for its kind before it. A hamlet may
    bear another commune's name."""
    count: defaultdict[str, float] = defaultdict(float)
    others = (own for drafts in drafted for code, own in drafts.items() if code not in besides)
    for own in filter(_votes, others):
        for part, share in _shares(own).items():
            words = [] if is_hamlet(part) else part.lower().split()
            for size in range(2, len(words) + 1):
                count[" ".join(words[-size:])] += share
    return lambda value: 1.0 + min(count.get(value.lower(), 0.0), _NAMED)


def _votes(own: Drafted) -> bool:
    return own.evidence.kind in _KINDS and bool(own.options) and own.mark is None


def _counted(fields: Sequence[Drafted]) -> _Votes:
    count: defaultdict[str, float] = defaultdict(float)
    forms: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for own in fields:
        for part, share in _shares(own).items():
            count[in_one_spelling(part)] += share
            forms[in_one_spelling(part)][part] += share
    written = {
        part: max(sorted(found), key=lambda form: found[form]) for part, found in forms.items()
    }
    often = {part for part, share in count.items() if share >= _OFTEN and len(part) >= _SHORT}
    values = [own.value.value or "" for own in fields]
    return _Votes(count, written, frozenset(often), _usual_signs(values))


def _usual_signs(values: Sequence[str]) -> dict[bool, str]:
    """What mostly stands between parts, behind a hamlet's name and elsewhere; as elsewhere where
    no hamlet is named."""
    signs: Counter[tuple[bool, str]] = Counter()
    for value in values:
        start = 0
        for found in _BETWEEN.finditer(value):
            signs[is_hamlet(value[start : found.start()].strip()), found[0].strip()] += 1
            start = found.end()
    for sign in (",", "-"):
        signs[True, sign] = signs[True, sign] or signs[False, sign]
    return {
        hamlet: " - " if signs[hamlet, "-"] > _DASHED * signs[hamlet, ","] else ", "
        for hamlet in (True, False)
    }


def is_hamlet(part: str) -> bool:
    """Whether a part of a place begins with a word for a hamlet: ``ấp Chợ``."""
    return part.lower().split(" ")[0] in _units("hamlets")


def _shares(own: Drafted) -> Mapping[str, float]:
    """The parts of a field's values with their probabilities."""
    found: defaultdict[str, float] = defaultdict(float)
    whole = sum(own.options.values())
    for value, probability in own.options.items():
        for part in set(parts_of(value)):
            found[part] += probability / whole
    return found


def _weighed(own: Drafted, votes: _Votes) -> Drafted:
    """The field with its options weighed by what others said, its own votes left out."""
    mine: defaultdict[str, float] = defaultdict(float)
    for part, share in _shares(own).items():
        mine[in_one_spelling(part)] += share

    def others(part: str) -> float:
        return max(votes.count.get(in_one_spelling(part), 0.0) - mine[in_one_spelling(part)], 0.0)

    def support(value: str) -> float:
        boosts = [math.log((others(part) + _UNSEEN) / _UNSEEN) for part in parts_of(value)]
        halved = sum(_is_half_named(part) for part in parts_of(value))
        return math.exp(_STRENGTH * sum(boosts)) * math.pow(_HALF_NAMED, halved)

    offered = dict(own.options)
    for value in sorted(own.options, key=lambda value: (-own.options[value], value))[:_TRIED]:
        for mended, cost in _mended(value, votes, others):
            offered[mended] = max(offered.get(mended, 0.0), own.options[value] * cost)
    weights = {value: probability * support(value) for value, probability in offered.items()}
    scale = sum(own.options.values()) / sum(weights.values())
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:_KEPT]
    options = {value: weight * scale for value, weight in ranked}
    best, now = ranked[0][0], own.value.value or ""
    if not outweighs("villages of a book", own.evidence.kind, weights[best] / weights[now]):
        best = now
        options[now] = weights[now] * scale
    evidence = replace(
        own.evidence,
        reader=options[best],
        first=own.evidence.first and best == own.value.value,
        support=_agreed(best, others),
    )
    return replace(own, value=replace(own.value, value=best), evidence=evidence, options=options)


def _mended(
    value: str, votes: _Votes, others: Callable[[str], float]
) -> Iterator[tuple[str, float]]:
    """The value parted where others part it, and with one part that nobody else reads taken for
    one that many do."""
    parts = parts_of(value)
    parted = [piece for part in parts for piece in _parted(part, votes.often)]
    if votes.joined(parts) != value:
        yield votes.joined(parts), _OTHER_SIGN
    if len(parted) > len(parts):
        yield votes.joined(parted), math.pow(_RUN_ON, len(parted) - len(parts))
        parts = parted
    for place, part in enumerate(parts):
        if others(part) >= 1 or len(part) < _SHORT or _numbered(part):
            continue
        for known in sorted(known for known in votes.often if not _numbered(known)):
            letters = int(_APART * len(known))
            apart = Levenshtein.distance(in_one_spelling(part), known, score_cutoff=letters)
            if 0 < apart <= letters:
                changed = [*parts[:place], votes.written[known], *parts[place + 1 :]]
                slip = _SLIP if _is_place(part) else _SLIP_NOWHERE
                yield votes.joined(changed), math.pow(slip, apart)


def _numbered(part: str) -> bool:
    """Whether a part has a number: one is as usual as another."""
    return any(ch.isdigit() for ch in part)


@lru_cache(maxsize=50_000)
def in_one_spelling(text: str) -> str:
    """One form of a text for ``Hoá`` and ``Hóa``, and for any capitals."""
    return " ".join(map(one_spelling, text.lower().split()))


def _is_place(part: str) -> bool:
    """Whether a part ends in the name of a place that the lexicon knows."""
    words = part.lower().split()
    return any(" ".join(words[-size:]) in _places() for size in (2, 3))


@cache
def _places() -> frozenset[str]:
    return frozenset(name.lower() for name in lexicon.places())


def _parted(part: str, often: Collection[str]) -> list[str]:
    """A part that ends in parts the book often reads, cut before each of them; what comes before
    must name a place too: "xã", "BV", "bệnh viện" alone belong to the name behind them."""
    words = part.split()
    for size in range(2, len(words) - 1):
        if words[0].lower() in _units("hamlets") and words[size].lower() in _units("communes"):
            return [" ".join(words[:size]), *_parted(" ".join(words[size:]), often)]
    for size in range(1, len(words)):
        if (
            _is_named(words[:size])
            and not _in_a_name(words, size)
            and not _leads(words[:size], words[size])
            and in_one_spelling(" ".join(words[size:])) in often
        ):
            return [*_parted(" ".join(words[:size]), often), " ".join(words[size:])]
    return [part]


@cache
def _units(kind: str) -> frozenset[str]:
    """Words for places of this kind."""
    return frozenset(table("places")[kind])


def named_by(words: Sequence[str]) -> Sequence[str]:
    """The words of a place behind those for its kind, and behind an abbreviation: ``BV``."""
    kinds = ((word.isupper() and len(word) > 1) or _is_kind(word) for word in words)
    return words[next((at for at, kind in enumerate(kinds) if not kind), len(words)) :]


def _is_kind(word: str) -> bool:
    """A market names its place: Chợ Gạo."""
    return is_small(word) and word.lower() != _MARKET


def _is_named(words: Sequence[str]) -> bool:
    """Whether a place is named: a hamlet by one word or a number, others by two words."""
    return len(named_by(words)) >= (1 if words[0].lower() in _units("hamlets") else 2)


def _is_half_named(part: str) -> bool:
    """Whether but one word, and no number, names a place over a hamlet: ``xã Mỹ``."""
    words = part.split()
    names = named_by(words)
    half = len(names) == 1 < len(words) and not names[0][0].isdigit()
    return half and not is_hamlet(part)


def _leads(words: Sequence[str], name: str) -> bool:
    """Whether words in small letters belong to the name behind them: "bệnh viện đa khoa" to one
    in capitals; a hamlet may be named in small letters."""
    return words[-1].islower() and name[:1].isupper() and not is_hamlet(words[0])


def _in_a_name(words: Sequence[str], at: int) -> bool:
    """Whether a cut before this word goes through the name of one place of three words."""
    names = (words[start : start + 3] for start in range(max(0, at - 2), at))
    return any(" ".join(name).lower() in _places() for name in names)


def _agreed(value: str, others: Callable[[str], float]) -> float:
    """How much of a value others in the book say too, -1 to 1."""
    said = [min(others(part), 1.0) for part in parts_of(value)]
    return 2 * sum(said) / len(said) - 1 if said else 0.0


def parts_of(value: str) -> list[str]:
    """The parts of a place: what stands between commas, or between dashes."""
    return [part for part in (piece.strip() for piece in _BETWEEN.split(value)) if part]
