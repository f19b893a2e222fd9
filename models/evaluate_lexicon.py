"""What the lexicon of a field is worth: rendered names and places, read without and with it.

Lines of faces that no training saw, a new clerk each. Their texts are drawn from the same tables
that the lexicons are made of, so the gain is that of a book whose names and places are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from models import vietnamese
from models.charset import default_charset
from models.handwriting import HandwritingReader, ReaderOptions
from models.lexicon_reader import LexiconReader, places_reader
from models.synth.lines import MIX, random_hand, render_line
from models.synth.texts import random_text
from models.training.data import Line
from models.training.metrics import error_rates


def evaluate_lexicon(
    weights: Path | None, lines: int, seed: int, say: Callable[[str], None] = print
) -> None:
    """Print, for each decay and kind of field, the CER of ``lines`` lines, case folded: the best
    path of the network, the reader with its character n-grams, and with the field's lexicon."""
    alone, usual = HandwritingReader(weights, ReaderOptions(beam=0)), HandwritingReader(weights)
    places = places_reader(alone)
    names = LexiconReader(alone, vietnamese.names())
    say(f"{usual.source}; rendered lines of unseen faces, seed {seed}, case folded; fewer errors")
    say("with the lexicon than the network alone makes, and than the reader with n-grams")
    say(f"{'decay':<10}{'kind':<12} {'n':>5}{'alone':>8} {'n-grams':>8} {'lexicon':>8}   fewer")
    for severity in MIX:
        every: list[tuple[str, ...]] = []
        for kind, wise in (("person_name", names), ("place", places), ("address", places)):
            drawn = list(rendered_fields(kind, severity, lines, seed))
            images = [line.image for line in drawn]
            read = [[one.text for one in each.read(images)] for each in (alone, usual, wise)]
            rows = list(zip([line.text for line in drawn], *read, strict=True))
            say(_row(severity, kind, rows))
            every += rows
        say(_row(severity, "all", every))


def _row(severity: str, kind: str, rows: Sequence[tuple[str, ...]]) -> str:
    """The figures of (truth, text of each reader), a row a line."""
    truths, *read = (list(column) for column in zip(*rows, strict=True))
    *others, helped = (error_rates(texts, truths, fold_case=True).cer for texts in read)
    rates = " ".join(f"{cer:>8.4f}" for cer in (*others, helped))
    fewer = " ".join(f"{1 - helped / cer if cer else 0:>6.1%}" for cer in others)
    return f"{severity:<10}{kind:<12} {len(rows):>5}{rates}  {fewer}"


def rendered_fields(kind: str, severity: str, count: int, seed: int) -> Iterator[Line]:
    """So many lines of texts of one kind (`models.synth.texts.KINDS`), a new clerk each."""
    rng = np.random.default_rng([seed, *f"{kind} {severity}".encode()])
    while count:
        text = random_text(rng, kind)
        if default_charset().covers(text):
            hand = random_hand(rng, "test")
            yield Line(render_line(text, hand, severity, rng), text, hand.face.name)
            count -= 1
