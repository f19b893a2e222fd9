"""What adaptation is worth: unseen hands, before and after a few of their lines were learnt.

Real hands: held-back writers of vn_address_lines and wills_fr, and held-back pages of cursive_fr
(there the page is unseen, its clerk may have written others that were trained on). Rendered
hands: clerks of faces that training never sees. Every hand's test lines are set aside before any
line is learnt, and are the same for every number of lines.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from models.charset import default_charset
from models.handwriting import HandwritingReader
from models.network import LineNetwork
from models.synth.faces import faces
from models.synth.hand import Hand
from models.synth.lines import render_line
from models.synth.texts import random_text
from models.training.adapt import cross_check, open_base, read_with
from models.training.data import Line, held_back_lines
from models.training.metrics import error_rates
from models.training.one_hand import AdaptOptions
from models.training.shards import StoredLine

SETS = {"vn_address_lines": "writer", "wills_fr": "writer", "cursive_fr": "page"}
FEWEST_TESTED, MOST_TESTED = 7, 40


@dataclass(frozen=True)
class Unseen:
    """One hand: ``kind`` (its set), its name, and its lines in a fixed random order."""

    kind: str
    name: str
    lines: tuple[Line, ...]

    def tested(self, smallest: int) -> tuple[Line, ...]:
        """The lines set aside for the test, so that at least ``smallest`` are left to learn."""
        return self.lines[: min(MOST_TESTED, len(self.lines) - smallest)]

    def learnt(self, count: int, smallest: int) -> tuple[Line, ...]:
        """The first ``count`` of the others; empty when there are not so many."""
        others = self.lines[len(self.tested(smallest)) :]
        return others[:count] if len(others) >= count else ()


@dataclass(frozen=True)
class Learnt:
    """What some lines of a hand were worth: CER of its test lines before and after.

    ``kept``: whether the check let the reader pass. ``share``: of the way from the base that was
    taken. ``seconds``: of processor time, the check included.
    """

    before: float
    after: float
    kept: bool
    share: float
    seconds: float

    @property
    def drop(self) -> float:
        """Of the CER, relative; 0 where the check refused, for then the base reads on."""
        return 1 - self.after / self.before if self.before and self.kept else 0.0


@dataclass
class HandFigures:
    """One hand's figures, by number of lines learnt."""

    hand: Unseen
    tested: int
    learnt: dict[int, Learnt] = field(default_factory=dict)


def real_hands(data: Path, smallest: int, most: int | None = None) -> Iterator[Unseen]:
    """The held-back hands of the real sets under ``data`` with enough lines; ``most`` a set."""
    for kind in SETS:
        if not (data / kind / "labels.tsv").is_file():
            continue
        groups: dict[str, list[Line]] = defaultdict(list)
        for line in held_back_lines(data / kind):
            groups[line.group].append(line)
        enough = [name for name in sorted(groups) if len(groups[name]) >= smallest + FEWEST_TESTED]
        for name in enough[:most]:
            yield Unseen(kind, name, _shuffled(groups[name]))


def rendered_hands(count: int, seed: int, severity: str = "moderate") -> Iterator[Unseen]:
    """Clerks of faces that training never sees, a new face each; 104 lines a clerk."""
    every = faces("handwriting", "test")
    order = np.random.default_rng(seed).permutation(len(every))
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        hand = Hand.random(rng, every[order[number % len(every)]])
        lines: list[Line] = []
        while len(lines) < 104:
            text = random_text(rng)
            if len(text) > 3 and default_charset().covers(text):
                lines.append(Line(render_line(text, hand, severity, rng), text, hand.face.name))
        yield Unseen(f"rendered {severity}", hand.face.name, _shuffled(lines))


def evaluate_adapt(
    base: Path,
    hands: Sequence[Unseen],
    counts: Sequence[int],
    options: AdaptOptions,
    replay: Sequence[Line | StoredLine] = (),
    say: Callable[[str], None] = print,
) -> list[HandFigures]:
    """Learn each hand from ``counts`` of its lines; print a row a hand, and the means."""
    reader, network = open_base(base)
    say(f"{reader.source}, case folded; CER of test lines that were neither learnt nor checked on")
    head = "".join(f" | {f'{count} lines':>7} {'drop':>6} {'kept':>4} {'s':>4}" for count in counts)
    say(f"{'set':<18} {'hand':<24} {'n':>3} {'base':>6}{head}")
    found = []
    for hand in hands:
        figures = _figures(reader, network, hand, counts, options, replay)
        say(_row(figures, counts))
        found.append(figures)
    for kind in [*dict.fromkeys(one.hand.kind for one in found), "all"]:
        say(_mean(kind, [one for one in found if kind in ("all", one.hand.kind)], counts))
    return found


def refusal(
    base: Path, hand: Unseen, count: int, options: AdaptOptions, say: Callable[[str], None] = print
) -> bool:
    """Whether lines whose texts were mixed up among them are refused."""
    reader, network = open_base(base)
    lines = hand.lines[:count]
    others = lines[1:] + lines[:1]
    mixed = [replace(one, text=two.text) for one, two in zip(lines, others, strict=True)]
    check = cross_check(reader, network, mixed, options, say=lambda _: None).check
    verdict = "kept" if check.better else "refused"
    say(f"{hand.kind} {hand.name}, texts mixed up: {verdict}; {check}")
    return not check.better


def _figures(
    reader: HandwritingReader,
    network: LineNetwork,
    hand: Unseen,
    counts: Sequence[int],
    options: AdaptOptions,
    replay: Sequence[Line | StoredLine],
) -> HandFigures:
    smallest = min(counts)
    test = hand.tested(smallest)
    texts = [reading.text for reading in reader.read([line.image for line in test])]
    before = _cer(texts, test)
    figures = HandFigures(hand, len(test))
    for count in counts:
        lines = hand.learnt(count, smallest)
        if not lines:
            continue
        started = time.process_time()
        trial = cross_check(reader, network, lines, options, replay, lambda _: None)
        seconds = time.process_time() - started
        after = _cer([read_with(trial.network, reader, line.image).text for line in test], test)
        figures.learnt[count] = Learnt(before, after, trial.check.better, trial.share, seconds)
    return figures


def _cer(texts: Sequence[str], lines: Sequence[Line]) -> float:
    return error_rates(texts, [line.text for line in lines], fold_case=True).cer


def _row(figures: HandFigures, counts: Sequence[int]) -> str:
    first = next(iter(figures.learnt.values()))
    cells = "".join(_cell(figures.learnt.get(count)) for count in counts)
    hand = figures.hand
    return f"{hand.kind:<18} {hand.name[:24]:<24} {figures.tested:>3} {first.before:>6.3f}{cells}"


def _cell(one: Learnt | None) -> str:
    if one is None:
        return f" | {'–':>7} {'–':>6} {'–':>4} {'–':>4}"
    kept = f"{one.share:.1f}" if one.kept else "no"
    return f" | {one.after:>7.3f} {one.drop:>6.1%} {kept:>4} {one.seconds:>4.0f}"


def _mean(kind: str, found: Sequence[HandFigures], counts: Sequence[int]) -> str:
    parts = []
    for count in counts:
        learnt = [one.learnt[count] for one in found if count in one.learnt]
        if learnt:
            drop = float(np.mean([one.drop for one in learnt]))
            seconds = float(np.mean([one.seconds for one in learnt]))
            refused = sum(not one.kept for one in learnt)
            parts.append(
                f"{count} lines: mean drop {drop:.1%} over {len(learnt)} hands, {refused} refused, "
                f"{seconds:.0f} s of processor time each"
            )
    return f"mean {kind}: " + "; ".join(parts)


def _shuffled(lines: Sequence[Line]) -> tuple[Line, ...]:
    order = np.random.default_rng(0).permutation(len(lines))
    return tuple(lines[i] for i in order.tolist())
