"""What the lexicon of a field is worth: rendered names and places, read without and with it.

Lines of faces that no training saw, a new clerk each. Their texts are drawn from the same tables
that the lexicons are made of, so the gain is that of a book whose names and places are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from models import vietnamese
from models.charset import default_charset
from models.handwriting import HandwritingReader
from models.lexicon_reader import LexiconReader, places_reader
from models.synth.lines import MIX, random_hand, render_line
from models.synth.texts import random_text
from models.training.data import Line
from models.training.metrics import error_rates


def evaluate_lexicon(
    reader: HandwritingReader, lines: int, seed: int, say: Callable[[str], None] = print
) -> None:
    """Print, for each decay and kind of field, the CER of ``lines`` lines, case folded."""
    names = LexiconReader(reader, vietnamese.names())
    readers = {"person_name": names, "place": (places := places_reader(reader)), "address": places}
    say(f"{reader.source}; rendered lines of unseen faces, seed {seed}, case folded")
    say(f"{'decay':<10} {'kind':<12} {'n':>5} {'alone':>7} {'lexicon':>8} {'fewer':>6}")
    for severity in MIX:
        for kind, wise in readers.items():
            drawn = list(rendered_fields(kind, severity, lines, seed))
            images, truths = [line.image for line in drawn], [line.text for line in drawn]
            alone, helped = (
                error_rates([one.text for one in each.read(images)], truths, fold_case=True).cer
                for each in (reader, wise)
            )
            fewer = 1 - helped / alone if alone else 0.0
            say(f"{severity:<10} {kind:<12} {lines:>5} {alone:>7.4f} {helped:>8.4f} {fewer:>6.1%}")


def rendered_fields(kind: str, severity: str, count: int, seed: int) -> Iterator[Line]:
    """So many lines of texts of one kind (`models.synth.texts.KINDS`), a new clerk each."""
    rng = np.random.default_rng([seed, *f"{kind} {severity}".encode()])
    while count:
        text = random_text(rng, kind)
        if default_charset().covers(text):
            hand = random_hand(rng, "test")
            yield Line(render_line(text, hand, severity, rng), text, hand.face.name)
            count -= 1
