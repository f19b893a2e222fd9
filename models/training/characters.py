"""Count the character n-grams of `models.characters`: French transcriptions, Vietnamese fields.

``python -m models.training.characters DATA`` takes the French sets under DATA (their training side
only) and Vietnamese texts as `models.synth` writes them into fields; no label of a Vietnamese set.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from models.characters import FOLDER, LANGUAGES, CharacterNGrams, count_ngrams
from models.synth.texts import random_text
from models.training.data import read_labels

FRENCH = ("cursive_fr", "wills_fr")


def french(data: Path) -> CharacterNGrams:
    """Of the transcriptions that the reader may train on.

    Raises:
        InputError: a set is missing.
    """
    return count_ngrams(
        [text for name in FRENCH for _, text, _ in read_labels(data / name, held_back=False)]
    )


def vietnamese(texts: int, seed: int) -> CharacterNGrams:
    """Of fields as the synthesiser fills them."""
    rng = np.random.default_rng(seed)
    return count_ngrams([random_text(rng) for _ in range(texts)])


def main() -> None:
    """Write the n-grams of both languages."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    both = (french(options.data), vietnamese(options.texts, options.seed))
    for name, ngrams in zip(LANGUAGES, both, strict=True):
        path = options.out / f"{name}.npz"
        ngrams.save(path)
        known = sum(len(keys) for keys, _ in ngrams.tables)
        sys.stdout.write(f"{path.name}: {known} sequences, {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
