"""Hands that the reader was never taught: real ones held back, and clerks of unseen faces.

Real hands: held-back writers of vn_address_lines and wills_fr. Held-back pages of cursive_fr are
none: other pages of the same registers were trained on, mostly the facing ones, so that their
hands are known. Rendered hands: clerks of faces that training never sees, each with the births of
a commune of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator

from models.synth.entry import fill
from models.synth.faces import faces
from models.synth.hand import Hand
from models.synth.lines import render_line
from models.synth.plan import BookOptions, plan_book
from models.synth.press import forms_of
from models.training.data import Line, clean_label, held_back_lines

SETS = ("vn_address_lines", "wills_fr")
FEWEST_TESTED, MOST_TESTED = 7, 40
_BIRTHS, _LINES = 40, MOST_TESTED + 64
_SHORTEST = 4
"""Letters of a rendered text at least: a sex or a day alone says little of a hand."""


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


def real_hands(data: Path, smallest: int, most: int | None = None) -> Iterator[Unseen]:
    """The held-back hands of the real sets under ``data`` with enough lines.

    Args:
        most: so many of each set, spread evenly over their sorted names.
    """
    for kind in SETS:
        if not (data / kind / "labels.tsv").is_file():
            continue
        groups: dict[str, list[Line]] = defaultdict(list)
        for line in held_back_lines(data / kind):
            groups[line.group].append(line)
        enough = [name for name in sorted(groups) if len(groups[name]) >= smallest + FEWEST_TESTED]
        count = min(len(enough), len(enough) if most is None else most)
        for place in np.linspace(0, len(enough) - 1, count).round().astype(int).tolist():
            name = enough[place]
            order = np.random.default_rng(0).permutation(len(groups[name])).tolist()
            yield Unseen(kind, name, tuple(groups[name][i] for i in order))


def rendered_hands(count: int, seed: int, severity: str = "moderate") -> Iterator[Unseen]:
    """Clerks of faces that training never sees, a new face each; 104 lines a clerk.

    Each writes what stands in a book of births of one commune, forms by turns; no text stands
    twice, but families, villages and officers recur as they do in a book.
    """
    every = faces("handwriting", "test")
    order = np.random.default_rng(seed).permutation(len(every)).tolist()
    forms = forms_of("KS")
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        face, form = every[order[number % len(every)]], forms[number % len(forms)]
        hand = Hand.random(rng, face)
        texts = _texts(BookOptions(form=form, seed=seed + number, split="test"), rng)
        lines = (Line(render_line(text, hand, severity, rng), text, face.name) for text in texts)
        yield Unseen(f"rendered {severity}", f"{seed}.{number} {face.name}", tuple(lines))


def _texts(book: BookOptions, rng: Generator) -> list[str]:
    """What a clerk writes into a book, in random order, each text once, case folded."""
    plan = plan_book(book)
    found: dict[str, str] = {}
    for case in plan.community.cases(_BIRTHS, plan.first_number):
        for written in fill(plan.clerks[0], case, plan.parts).values():
            for text in filter(None, map(clean_label, written.texts.values())):
                if len(text) >= _SHORTEST:
                    found.setdefault(text.lower(), text)
    texts = list(found.values())
    return [texts[i] for i in rng.permutation(len(texts))[:_LINES].tolist()]
