"""Which form of which register the printed words show, and how surely."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from common.geometry import Box
from extract.form.decode import Found, decode
from extract.form.occurrences import Occurrence, find_occurrences, spans_in, spans_of
from extract.form.wordings import State, layouts_of, states_of
from extract.form.words import Row, key_of
from extract.registers import Generation, Register
from models.rules import Segment

_TABLE_ROWS = 2  # fewest rows that show a table under its heads
_CODED = 2.0  # what a form counts for whose code is printed, beside one whose code is not
_STRAYED = 0.2  # of the step between cases, by which a label may stand off it
_SURE = 3  # letters of a wording that dirt is not read as
_CODE = 1  # letters of a form's code that may be misread


@dataclass(frozen=True)
class Candidate:
    """How well one generation of one register explains the printed words.

    Attributes:
        states: the generation's wordings in printed order, in the layout that explains most.
        cases: the labels found, case by case; what is printed once a page stands in the first.
        coverage: share of the generation's labels found in the fullest case, each weighted by
            how few other forms print it, 0..1.
        count: distinct labels found in that case.
        worth: what the labels kept explain, longer ones more.
        coded: whether the code of this generation is printed.
    """

    register: str
    generation: Generation
    states: tuple[State, ...]
    cases: tuple[tuple[Found, ...], ...]
    coverage: float
    count: int
    worth: float
    coded: bool = False

    @property
    def rank(self) -> float:
        return self.coverage * self.worth * (_CODED if self.coded else 1.0)


def rank_forms(
    readings: Sequence[Sequence[Row]],
    registers: Iterable[Register],
    size: tuple[int, int],
    cells: Sequence[Box] = (),
    walls: Sequence[Segment] = (),
) -> list[Candidate]:
    """Every generation of every register against the printed words, the likeliest first.

    ``cells``: where a ledger's headings may stand; ``walls``: upright rules between cells.
    """
    forms = [(r.code, g) for r in registers for g in r.generations]
    printed = Counter(key for _, generation in forms for key in _all_keys(generation))
    spans = [*spans_of(readings, walls), *spans_in(cells, readings)]
    found = [_candidate(code, g, spans, size, printed) for code, g in forms]
    return sorted(found, key=lambda candidate: -candidate.rank)


def _candidate(
    code: str,
    generation: Generation,
    spans: Sequence[Occurrence],
    size: tuple[int, int],
    printed: Counter[str],
) -> Candidate:
    once = {section.id for section in generation.sections if section.once}
    coded = any(is_code(span.key, generation) for span in spans)
    tried: list[tuple[bool, float, Candidate]] = []
    for layout in layouts_of(generation):
        states = states_of(generation, layout)
        seen = find_occurrences(spans, states)
        decoded = decode(seen, states, size)
        cases = split_cases(_with_heads(decoded.found, states, seen), once)
        if layout in ("columns", "table") and not _side_by_side(cases, generation):
            continue
        if tried and not any(map(_heads, cases)) and len(cases) > len(tried[0][2].cases):
            continue  # labels named twice a case are no table's, whose heads would be unread
        coverage, count = max(_coverage(case, states, printed) for case in cases)
        worth = sum(item.score * (1 + len(item.occurrence.key) / 8) for c in cases for item in c)
        candidate = Candidate(code, generation, states, cases, coverage, count, worth, coded)
        if layout == "table" and any(_rows_left_of_heads(case, seen) for case in cases):
            return candidate
        tried.append((_named_in_each(cases), decoded.value, candidate))
    return max(tried, key=lambda item: item[:2])[2]


def is_code(key: str, generation: Generation) -> bool:
    """Whether words begin with a code of a generation (``STP/HT-2006-KS.1``), but for a letter."""
    codes = [key_of(code) for code in generation.form_codes]
    return any(
        Levenshtein.distance(key[: len(code)], code, score_cutoff=_CODE) <= _CODE for code in codes
    )


def _side_by_side(cases: Sequence[Sequence[Found]], generation: Generation) -> bool:
    """Whether the columns' heads stand side by side, in the cases where two of them were read.

    A form that is always printed in columns may have unread heads; one that seldom is may not.
    """
    rows = [heads for heads in map(_heads, cases) if len({i.state.column for i in heads}) > 1]
    if not rows:
        return not any(section.table for section in generation.sections)
    return any(_level([item.occurrence.box for item in heads]) for heads in rows)


def _named_in_each(cases: Sequence[Sequence[Found]]) -> bool:
    """Whether most labels printed once a column were read so, or none; where a few were, they stand
    beside a table, and their print was read twice."""
    found = {
        (number, item.state.section, item.state.label, item.state.column)
        for number, case in enumerate(cases)
        for item in case
        if item.state.label and item.state.column >= 0 and "" not in item.state.label.codes
    }
    columns = Counter(key[:3] for key in found)
    often = sum(times > 1 for times in columns.values())
    return not often or 2 * often >= len(columns)


def _level(boxes: Sequence[Box]) -> bool:
    middles = [box.centre[1] for box in boxes]
    return max(middles) - min(middles) < 2 * max(box.height for box in boxes)


def _heads(found: Sequence[Found]) -> list[Found]:
    return [item for item in found if item.state.is_head]


def _with_heads(
    found: Sequence[Found], states: Sequence[State], seen: Sequence[Occurrence]
) -> list[Found]:
    """What was found, with the heads of columns where they stand level above their section.

    Read in another order than the form's, a head is taken for a signature of the same name.
    """
    sections: dict[str, list[tuple[int, State]]] = {}
    for index, state in enumerate(states):
        if state.is_head:
            sections.setdefault(state.section, []).append((index, state))
    before: dict[Found, list[Found]] = {}
    for section, columns in sections.items():
        for first in (o for o in seen if o.key in columns[0][1].keys):
            heads = _level_heads(first, columns, seen)
            foot = max((head.occurrence.box.y1 for head in heads), default=0.0)
            below = [
                item
                for item in found
                if item.occurrence.box.y0 > foot
                and not (item.state.is_head and item.state.section == section)
            ]
            under = min(below, key=lambda item: item.occurrence.box.y0, default=None)
            if heads and under and under.state.section == section:
                before[under] = _nearer(before.get(under, heads), heads)
    moved = {head.occurrence for heads in before.values() for head in heads}
    headed = {under.state.section for under in before}
    rest = [
        item
        for item in found
        if item.occurrence not in moved
        and not (item.state.is_head and item.state.section in headed)  # the table's own title
    ]
    return [item for after in rest for item in (*before.get(after, ()), after)]


def _nearer(heads: list[Found], others: list[Found]) -> list[Found]:
    """The lower of two rows of heads; of level ones, that which begins farther right: the table's
    own title may end in the name of its first column (*Phần khai về cha*)."""
    first, other = heads[0].occurrence.box, others[0].occurrence.box
    if _level([first, other]):
        return max(heads, others, key=lambda row: row[0].occurrence.box.x0)
    return heads if first.y0 > other.y0 else others


def _level_heads(
    first: Occurrence, columns: Sequence[tuple[int, State]], seen: Sequence[Occurrence]
) -> list[Found]:
    """The heads of all columns, left to right, level with that of the first; else none."""
    heads = [Found(columns[0][1], columns[0][0], first, 1.0)]
    for index, state in columns[1:]:
        last = heads[-1].occurrence.box
        right = [o for o in seen if o.key in state.keys and o.box.x0 > last.x1]
        level = [o for o in right if _level([o.box, last])]
        if not level:
            return []
        next_to = min(o.box.x0 for o in level) + last.height
        same = [o for o in level if o.box.x0 <= next_to]  # print that was read twice, once in part
        middle = last.centre[1]
        heads.append(
            Found(state, index, min(same, key=lambda o: abs(o.box.centre[1] - middle)), 1.0)
        )
    return heads


def _rows_left_of_heads(case: Sequence[Found], seen: Sequence[Occurrence]) -> bool:
    """Whether a table is seen: two heads side by side, and rows below that begin left of both.

    The rows are named once: named again under a head, they are lines in columns.
    """
    heads = _heads(case)
    if len({item.state.column for item in heads}) < 2:
        return False
    left = min(item.occurrence.box.x0 for item in heads)
    foot = max(item.occurrence.box.y1 for item in heads)
    if max(item.occurrence.box.y0 for item in heads) >= min(i.occurrence.box.y1 for i in heads):
        return False  # one below the other: blocks, each under its own head
    rows = [item for item in case if len(item.state.codes) > 1]
    named = [box for i in rows if (box := i.occurrence.box).x1 < left and box.y0 > foot]
    if len(named) < max(_TABLE_ROWS, len(rows)):
        return False
    keys = {key for item in rows for key in item.state.keys}
    end = max(box.y1 for box in named)
    again = [o for o in seen if o.key in keys and o.box.x0 > left and foot < o.box.y0 < end]
    return len(again) < _TABLE_ROWS


def split_cases(found: Sequence[Found], once: set[str]) -> tuple[tuple[Found, ...], ...]:
    """The labels found, parted into the cases on the page.

    As many cases stand on the page as a third of the labels are seen times. Of a label seen twice
    in one case, and of what is printed once a page, the likeliest stays.
    """
    inside = [i for i in found if _of_a_case(i.state) and i.state.section not in once]
    page = [i for i in found if not _of_a_case(i.state) or i.state.section in once]
    seen = Counter(item.index for item in inside if item.state.label is not None)
    often = sorted(seen.values(), reverse=True)
    count = often[max(2, round(0.35 * len(often)))] if len(often) > 3 else 1
    cases = _apart(inside, count)
    fullest = max(len(case) for case in cases)
    kept = [_likeliest(case) for case in cases if len(case) >= 0.4 * fullest]
    kept[0] = [*_likeliest(page, by_reader=True), *kept[0]]
    return tuple(tuple(case) for case in kept)


def _apart(items: Sequence[Found], count: int) -> list[list[Found]]:
    """What the cases of a page show, each in its own list; one list where they are not told apart.

    Cases are one print set several times, each a fixed step from the first: labels seen as often
    as there are cases and standing so are anchors. Everything belongs to the case whose anchors
    it stands among, or nearest to.
    """
    seen: dict[int, list[Found]] = {}
    for item in items:
        if not item.state.is_head:
            seen.setdefault(item.index, []).append(item)
    places = np.array(
        [[i.occurrence.box.centre for i in each] for each in seen.values() if len(each) == count]
    ).reshape(-1, count, 2)
    if count == 1 or not len(places):
        return [list(items)]
    steps = places - places[:, :1]
    usual = np.median(steps, axis=0)
    off = np.abs(steps - usual).max(axis=(1, 2))
    anchors = places[off < _STRAYED * np.abs(usual).max()]
    if len(anchors) < len(places) / 2:
        return [list(items)]
    low, high = anchors.min(axis=0), anchors.max(axis=0)
    numbers = [index for index, each in seen.items() if len(each) == count]
    cases: list[list[Found]] = [[] for _ in range(count)]
    for item in items:
        x = np.array(item.occurrence.box.centre)
        away = np.hypot(*np.maximum(np.maximum(low - x, x - high), 0).T)
        first, second = sorted(away.argsort(kind="stable")[:2])
        between = _is_between(x, low[first] + high[first], low[second] + high[second])
        alone = away.min() > 0 and not any(_same_row(item, other) for other in items)
        if between and alone and item.index > max(numbers) and _flush(item, items):
            away[second] = np.inf  # printed last, and no note beside: it closes the case above
        cases[int(away.argmin())].append(item)
    return cases


def _flush(item: Found, others: Sequence[Found]) -> bool:
    """Whether it begins where the labels farthest left do."""
    box = item.occurrence.box
    return box.x0 - min(other.occurrence.box.x0 for other in others) < 2 * box.height


def _same_row(item: Found, other: Found) -> bool:
    box, beside = item.occurrence.box, other.occurrence.box
    return item is not other and abs(box.centre[1] - beside.centre[1]) < box.height


def _is_between(
    x: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64]
) -> bool:
    """Whether a point lies between two others, given doubled."""
    step = second - first
    return bool(0 < (2 * x - first) @ step < step @ step)


def _of_a_case(state: State) -> bool:
    """Labels, columns' heads and headings of sections belong to a case; titles to the page."""
    return bool(state.section)


def _likeliest(items: Sequence[Found], by_reader: bool = False) -> list[Found]:
    """Each state once: the likest wording, then the longest; ``by_reader``, the surest read.

    Where two are alike, it is the one whose row is nearer to the rest of its section, then the one
    that was read more often: dirt seldom is. Two letters that were read once (*xã*) may be dirt and
    yield to any longer wording.
    """
    best: dict[int, Found] = {}
    for item in items:
        if item.index not in best or _rank(item, items, by_reader) > _rank(
            best[item.index], items, by_reader
        ):
            best[item.index] = item
    return list(best.values())


def _rank(
    item: Found, items: Sequence[Found], by_reader: bool
) -> tuple[bool, float, float, float, int]:
    words, key = item.occurrence.words, item.occurrence.key
    read = min(word.confidence for word in words) if by_reader else len(key)
    box = item.occurrence.box
    rows = [
        other.occurrence.box.centre[1]
        for other in items
        if other.state.section == item.state.section and other.index != item.index
    ]
    away = min((abs(y - box.centre[1]) for y in rows), default=0.0)
    near = -round(away / max(1.0, box.height))
    sure = len(key) >= _SURE or item.occurrence.times > 1
    return sure, round(item.score, 2), read, near, item.occurrence.times


def _coverage(
    case: Sequence[Found], states: Sequence[State], printed: Counter[str]
) -> tuple[float, int]:
    weights = {
        index: _weight(state, printed) for index, state in enumerate(states) if state.required
    }
    found = {item.index: item.score for item in case if item.state.label is not None}
    reached = sum(weight * found.get(index, 0.0) for index, weight in weights.items())
    return float(reached / max(1e-9, sum(weights.values()))), len(found)


def _weight(state: State, printed: Counter[str]) -> float:
    key = state.keys[0]
    return min(1.0, len(key) / 8) / math.sqrt(max(1, printed[key]))


def _all_keys(generation: Generation) -> set[str]:
    return {key for state in states_of(generation, "blocks") for key in state.keys}
