"""Where a form's wordings stand among the printed words: runs of words that match one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from common.geometry import Box
from extract.form.wordings import State
from extract.form.words import Row, Word, around, in_rows
from models.rules import Segment

_MOST_WORDS = 24
_MOST_LINES = 3
_UNSTEADY = 14  # fewest letters of a label that some pages do not show
_PAIR = 5  # the same of one of two words that half of the readings have
_EDIT = 1.6  # letters that a wrong one costs
_LEVEL = 0.4  # of a line's height, by which a word rises above it or reaches below, at most
_OF_ITS_OWN = 0.7  # share of the line below that a label beginning there must explain
_BEHIND = (1, 2)  # letters read behind a label
_WHOLE = 4  # fewest letters of a label known by being read exactly
_READINGS = 3  # that must agree on it
_WRAPPED = (1.0, 0.8, 0.75)  # what a label on one line, on two and on three counts for


@dataclass(frozen=True)
class Occurrence:
    """Words that may be a label: all its words, and the box of its last printed line.

    Attributes:
        breaks: positions of the words that begin its second and third line, where it wraps.
        times: how many readings of the form read it so.
    """

    words: tuple[Word, ...]
    key: str
    breaks: tuple[int, ...] = ()
    times: int = 1

    @property
    def box(self) -> Box:
        return around(self.words)

    @property
    def last_line(self) -> Box:
        """The words of the label's last line; it differs from `box` where the label wraps, and
        where one of three words or more is far higher or lower than most of them: misread."""
        last = self.words[-1].box
        middle = (last.y0 + last.y1) / 2
        line = [w for w in self.words if w.box.y0 < middle < w.box.y1 and w.box.x0 <= last.x0]
        y0, y1 = np.median([(w.box.y0, w.box.y1) for w in line], axis=0)
        level = [w for w in line if max(y0 - w.box.y0, w.box.y1 - y1) < _LEVEL * (y1 - y0)]
        high = around(level or line)
        return around(line)._replace(y0=high.y0, y1=high.y1)

    @property
    def lines(self) -> tuple[Row, ...]:
        """Its words line by line."""
        ends = (0, *self.breaks, len(self.words))
        return tuple(self.words[start:end] for start, end in pairwise(ends))

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def spans_of(readings: Iterable[Sequence[Row]], walls: Sequence[Segment] = ()) -> list[Occurrence]:
    """Every run of words that may be a label, of one or more readings of the same form.

    No label runs through one of the ``walls``, upright rules: what stands behind is in the next
    cell.

    Handwriting that many pages share may look like a short label, or like the last word of one:
    only a long label may begin or end with words that are not steady, or one of two words that
    half of the readings have: a stamp hides *Hộ lại* on some pages.
    """
    readings = list(readings)
    printed = [w for rows in readings for row in rows for w in row if w.steady and len(w.key) > 1]
    ends = np.array([(*w.box, _READINGS if w.confidence > 0.5 else 1) for w in printed])
    ends = ends.reshape(-1, 5)
    found: list[Occurrence] = []
    doubtful: list[Occurrence] = []
    for rows in readings:
        cut = [[piece for chunk in chunks(row) for piece in _parted(chunk, walls)] for row in rows]
        for index, row in enumerate(cut):
            for chunk in row:
                for span in _spans(_lines(chunk, cut[index + 1 : index + 7]), ends):
                    (found if _is_sure(span) else doubtful).append(span)
    known = Counter(span.key for span in doubtful)
    enough = max(_READINGS, len(readings) // 2)
    often = [span for span in doubtful if known[span.key] >= enough]
    return found + [span for span in often if _agreed(span, often).times >= enough]


def spans_in(cells: Sequence[Box], readings: Iterable[Sequence[Row]]) -> list[Occurrence]:
    """What each reading has in each cell of a table's head: all its words, line by line."""
    found: list[Occurrence] = []
    for rows in readings:
        words = [word for row in rows for word in row]
        for cell in cells:
            own = in_rows(word for word in words if cell.contains(*word.box.centre))
            if own:
                run = tuple(chain(*own))
                found.append(Occurrence(run, "".join(word.key for word in run)))
    return found


def _parted(row: Row, walls: Sequence[Segment]) -> Iterator[Row]:
    """A row's words, parted where a wall stands between two."""
    start = 0
    for at, (left, right) in enumerate(pairwise(row), start=1):
        top, foot = min(left.box.y0, right.box.y0), max(left.box.y1, right.box.y1)
        between = left.box.x1 - 1, right.box.x0 + 1
        if any(
            wall.y0 <= top
            and foot <= wall.y1
            and between[0] <= (wall.x0 + wall.x1) / 2 <= between[1]
            for wall in walls
        ):
            yield row[start:at]
            start = at
    yield row[start:]


def find_occurrences(spans: Sequence[Occurrence], states: Iterable[State]) -> list[Occurrence]:
    """Spans (`spans_of`) whose words match some wording, longest and likest first.

    No place is in two of them. Labels broken over lines are followed to the third.
    """
    keys = sorted({key for state in states for key in state.keys})
    if not spans or not keys:
        return []
    edits = cdist([span.key for span in spans], keys, scorer=Levenshtein.distance, dtype=np.int32)
    lengths = np.array([len(key) for key in keys])
    allowed = np.where(lengths <= 5, 0, np.where(lengths < 8, 1, lengths // 4))[None, :]
    pairs = np.array([len(span.words) == 2 for span in spans])[:, None]
    allowed = np.where(pairs & (lengths >= 4), np.maximum(allowed, 1), allowed)  # "Số bộ"
    gains = np.where(edits <= allowed, lengths - _EDIT * edits, -1.0)
    best = gains.max(axis=1) * np.array([_WRAPPED[len(span.breaks)] for span in spans])
    starts = _starts(spans, best)
    exact = [span for span, fewest in zip(spans, edits.min(axis=1), strict=True) if not fewest]
    found: list[Occurrence] = []
    claimed = np.zeros((0, 4))
    for index in np.argsort(-best, kind="stable"):
        if best[index] <= 0:
            break
        span = spans[int(index)]
        if any(_is_label(line, starts) for line in span.lines[1:]):
            continue  # a label of its own begins a line below
        boxes = np.array([word.box for word in span.words])
        if _overlap(boxes, claimed):
            continue
        agreed = _agreed(span, spans)
        if edits[index].min() and agreed.times == 1 and _is_run_on(span, exact):
            continue
        found.append(agreed)
        claimed = np.concatenate([claimed, boxes])
    return found


def _agreed(span: Occurrence, spans: Iterable[Occurrence]) -> Occurrence:
    """A span, with how many readings have its words in its place; it ends where two of them do.

    One reading may take the first letters of what every page has written there into its last
    word.
    """
    x, y = span.words[0].box.centre
    alike = [other for other in spans if other.key == span.key and _at(other.words[0].box, x, y)]
    last = span.words[-1]
    ends = sorted(o.words[-1].box.x1 for o in alike if _at(last.box, *o.words[-1].box.centre))
    end = min(last.box.x1, ends[1] if len(ends) > 1 else last.box.x1)
    words = (*span.words[:-1], replace(last, box=last.box._replace(x1=end)))
    return replace(span, words=words, times=len(alike))


def _at(box: Box, x: float, y: float) -> bool:
    return box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1


def _is_run_on(span: Occurrence, exact: Sequence[Occurrence]) -> bool:
    """Whether a run is a label that several readings have and what stands behind it: *Trang* and
    a page number make *Trang số* but for a letter."""
    x, y = span.words[0].box.centre
    shorter = {span.key[:-more] for more in _BEHIND if len(span.key) - more >= _WHOLE}
    alike = [o.key for o in exact if o.key in shorter and _at(o.words[0].box, x, y)]
    return max(map(alike.count, alike), default=0) >= _READINGS


def _starts(spans: Sequence[Occurrence], worth: NDArray[np.float64]) -> dict[Word, float]:
    """The words that begin a label on one line, and what the best such label is worth."""
    starts: dict[Word, float] = {}
    for index in np.flatnonzero(worth > 0):
        if not spans[index].breaks:
            first = spans[index].words[0]
            starts[first] = max(starts.get(first, 0.0), float(worth[index]))
    return starts


def _is_label(line: Row, starts: Mapping[Word, float]) -> bool:
    """Whether a label of its own explains most of a line, in its own reading or in two others."""
    least = _OF_ITS_OWN * sum(len(word.key) for word in line)
    x, y = line[0].box.centre
    here = [word for word, worth in starts.items() if worth >= least and _at(word.box, x, y)]
    return line[0] in here or len(here) > 1


def _overlap(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Whether two words (N, 4), (M, 4) claim the same print."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (first, second)]
    return bool((shared > 0.3 * np.minimum(areas[0][:, None], areas[1][None, :])).any())


def likeness(occurrences: Sequence[Occurrence], states: Sequence[State]) -> NDArray[np.float64]:
    """(occurrences, states) likeness 0..1 of the words to the state's nearest wording."""
    keys = sorted({key for state in states for key in state.keys})
    if not occurrences or not keys:
        return np.zeros((len(occurrences), len(states)))
    table = cdist(
        [item.key for item in occurrences], keys, scorer=Levenshtein.normalized_similarity
    )
    place = {key: index for index, key in enumerate(keys)}
    columns = [
        table[:, [place[key] for key in state.keys]].max(axis=1)
        if state.keys
        else np.zeros(len(occurrences))
        for state in states
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def _spans(lines: Sequence[Row], printed: NDArray[np.float64]) -> Iterable[Occurrence]:
    """Every run of words that starts in the first of these lines, wrapped to those below it.

    A very short label stands free: words ``printed`` (N, 5) right before it make it part of them,
    one surely read or what several readings have there.
    """
    words = tuple(chain(*lines))
    keys = [word.key for word in words]
    ends = list(accumulate(len(line) for line in lines))
    for start in range(ends[0]):
        least = 2 if _free(words[start].box, printed) else 6
        for end in range(start + 1, min(len(words), start + _MOST_WORDS) + 1):
            run = words[start:end]
            key = "".join(keys[start:end])
            pair = _PAIR if len(run) > 1 or "-" in run[0].text else _UNSTEADY
            if len(key) >= (least if run[0].steady and run[-1].steady else pair):
                yield Occurrence(run, key, tuple(at - start for at in ends if at < end))


def _is_sure(span: Occurrence) -> bool:
    """Whether a run ends and begins in print, or is too long for writing that looks like it."""
    words = span.words
    return (words[0].steady and words[-1].steady) or len(span.key) >= _UNSTEADY


def _free(box: Box, printed: NDArray[np.float64]) -> bool:
    """Whether no printed word ends right before a word: boxes (N, 4) and what each counts for."""
    gaps = box.x0 - printed[:, 2]
    beside = (printed[:, 1] < box.centre[1]) & (box.centre[1] < printed[:, 3])
    worn = printed[:, 4] < _READINGS  # its letters' feet may be all that is left of the label
    high = np.where(worn, np.maximum(printed[:, 3] - printed[:, 1], box.height), box.height)
    before = beside & (gaps < 0.9 * high) & (gaps > -0.3 * box.height)
    return bool(printed[before, 4].sum() < _READINGS)


def chunks(row: Row) -> list[Row]:
    """A row cut at gaps wider than a label's word space."""
    cut: list[list[Word]] = []
    for word in row:
        if cut and word.box.x0 - cut[-1][-1].box.x1 < 2.0 * word.box.height:
            cut[-1].append(word)
        else:
            cut.append([word])
    return [tuple(chunk) for chunk in cut]


def _lines(chunk: Row, rows: Sequence[list[Row]]) -> list[Row]:
    """A chunk and the two that may go on under it."""
    lines = [chunk]
    for _ in range(_MOST_LINES - 1):
        after = next((at for at, row in enumerate(rows) if lines[-1] in row), -1) + 1
        below = _below(lines[-1], rows[after : after + 3])
        if not below:
            break
        lines.append(below)
    return lines


def _below(chunk: Row, rows: Iterable[list[Row]]) -> Row:
    """The chunk of the next rows that could be this one's second line, or nothing."""
    box = around(chunk)
    height = float(np.median([word.box.height for word in chunk]))
    for row in rows:
        for other in row:
            under = around(other)
            gap = (under.y0 + under.y1) / 2 - (box.y0 + box.y1) / 2
            starts = abs(under.x0 - box.x0) < 3 * height or (
                under.x0 > box.x0 - 3 * height and under.x1 < box.x1 + 3 * height
            )
            if 0.8 * height < gap < 3.2 * height and starts:
                return other
    return ()
