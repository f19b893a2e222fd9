"""Which form of which register the printed words show, and how surely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extract.form.decode import Decoded, Found, decode
from extract.form.words import Row
from extract.form.wordings import LAYOUTS, State, find_occurrences, states_of
from extract.registers import Generation, Register


@dataclass(frozen=True)
class Candidate:
    """How well one generation of one register explains the printed words.

    Attributes:
        cases: the labels found, case by case; what is printed once a page stands in the first.
        coverage: share of the generation's labels found in the fullest case, each weighted by
            how few other forms print it, 0..1.
        count: distinct labels found in that case.
    """

    register: str
    generation: Generation
    decoded: Decoded
    cases: tuple[tuple[Found, ...], ...]
    coverage: float
    count: int

    @property
    def rank(self) -> float:
        return self.coverage * self.decoded.value


def rank_forms(
    rows: Sequence[Row], registers: Iterable[Register], size: tuple[int, int]
) -> list[Candidate]:
    """Every generation of every register against the printed words, the likeliest first."""
    forms = [(r.code, g) for r in registers for g in r.generations]
    printed = Counter(key for _, generation in forms for key in _all_keys(generation))
    found = [_candidate(code, g, rows, size, printed) for code, g in forms]
    return sorted(found, key=lambda candidate: -candidate.rank)


def _candidate(
    code: str,
    generation: Generation,
    rows: Sequence[Row],
    size: tuple[int, int],
    printed: Counter[str],
) -> Candidate:
    tables = any(section.columns for section in generation.sections)
    best, states = Decoded((), 0.0), states_of(generation, LAYOUTS[0])
    for layout in LAYOUTS if tables else LAYOUTS[:1]:
        tried = states_of(generation, layout)
        decoded = decode(find_occurrences(rows, tried), tried, size)
        if decoded.value > best.value:
            best, states = decoded, tried
    once = {section.id for section in generation.sections if section.once}
    cases = split_cases(best.found, once)
    scores = [_coverage(case, states, printed) for case in cases]
    coverage, count = max(scores, default=(0.0, 0))
    return Candidate(code, generation, best, cases, coverage, count)


def split_cases(found: Sequence[Found], once: set[str]) -> tuple[tuple[Found, ...], ...]:
    """The path cut into cases: a label seen again begins the next.

    A case with less than 40 % of the labels of the fullest one is a stray reading, left out.
    """
    cases: list[list[Found]] = [[]]
    seen: set[int] = set()
    page: list[Found] = []
    for item in found:
        if item.state.label is None or item.state.section in once:
            page.append(item)
            continue
        if item.index in seen:
            cases.append([])
            seen = set()
        cases[-1].append(item)
        seen.add(item.index)
    fullest = max(len(case) for case in cases)
    kept = [case for case in cases if len(case) >= 0.4 * fullest]
    kept[0] = [*page, *kept[0]]
    return tuple(tuple(case) for case in kept)


def _coverage(
    case: Sequence[Found], states: Sequence[State], printed: Counter[str]
) -> tuple[float, int]:
    weights = {
        index: _weight(state, printed) for index, state in enumerate(states) if state.required
    }
    found = {item.index: item.score for item in case if item.state.label is not None}
    reached = sum(weight * found.get(index, 0.0) for index, weight in weights.items())
    return reached / max(1e-9, sum(weights.values())), len(found)


def _weight(state: State, printed: Counter[str]) -> float:
    key = state.keys[0]
    return min(1.0, len(key) / 8) / max(1, printed[key]) ** 0.5


def _all_keys(generation: Generation) -> set[str]:
    return {key for state in states_of(generation, LAYOUTS[0]) for key in state.keys}
