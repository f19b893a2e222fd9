"""What a reader must not forget when it learns one hand: rendered dates, numbers, names, places.

Corrected lines of a book are names, places and notes; a network taught on these alone reads dates
and numbers worse than before. So a small set of rendered lines lies beside the weights: every
other line is mixed into the teaching, the rest show whether anything was lost.
``python -m models.training.known`` writes it, in faces of the training side (``synth`` extra).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from models.charset import default_charset
from models.normalise import HEIGHT
from models.training.data import Line
from models.training.shards import StoredLine, limit_height, read_stored, write_shard

FILE = Path(__file__).parents[1] / "weights" / "known" / "lines.npz"
_COUNTS = {
    "date_figures": 40,
    "date_words": 24,
    "number": 24,
    "id_number": 12,
    "age": 12,
    "sex": 4,
    "person_name": 24,
    "place": 12,
    "address": 12,
    "occupation": 4,
}
_SEED = 20261122


@dataclass(frozen=True)
class Known:
    """The lines to be mixed in, and those to be checked on."""

    taught: tuple[StoredLine, ...]
    checked: tuple[Line, ...]


@cache
def known_lines() -> Known:
    """The set as it lies beside the weights.

    Raises:
        InputError: it is missing or damaged.
    """
    stored = read_stored(FILE)
    rest = (Line(line.image, line.text, line.group) for line in stored[1::2])
    return Known(tuple(stored[::2]), tuple(rest))


def write_known(path: Path) -> None:
    """Render the set, a new clerk for every line, clean and moderate decay by turns."""
    from models.synth.lines import random_hand, render_line
    from models.synth.texts import random_text

    rng = np.random.default_rng(_SEED)
    images, texts, groups = [], [], []
    kinds = [kind for kind, count in _COUNTS.items() for _ in range(count)]
    for number, kind in enumerate(kinds):
        text = random_text(rng, kind)
        while not default_charset().covers(text):
            text = random_text(rng, kind)
        hand = random_hand(rng, "train")
        severity = ("clean", "moderate")[number // 2 % 2]
        images.append(limit_height(render_line(text, hand, severity, rng), HEIGHT))
        texts.append(text)
        groups.append(f"{kind}/{hand.face.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_shard(path, images, texts, groups)


if __name__ == "__main__":
    write_known(FILE)
