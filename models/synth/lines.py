"""Rendered lines: what the extractor would cut from a scanned register, with its text.

``python -m models.synth.lines --out FOLDER --shards N --seed S`` writes shards of 2,000 lines
for training; ``--split test`` writes held-back faces, one group a severity.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.random import Generator

from models.reading import Image
from models.synth.decay import (
    bleed_through,
    faded,
    fold,
    legible,
    paper,
    scanned,
    severity_named,
    stains,
)
from models.synth.faces import faces
from models.synth.hand import Hand, Ink
from models.synth.pen import Layer
from models.synth.slot import paste, slot
from models.synth.texts import random_text
from models.training.shards import write_shard

FEWEST = 13.0  # pixels of a capital's height below which marks cannot be told apart
SHARD = 2000
EMPTY = 0.03
TYPED = 0.04
USUAL_CAP = 1.5  # height of a capital in x-heights; scripts with taller ones are written larger
LUMA = (0.299, 0.587, 0.114)
MIX = {"clean": 0.25, "moderate": 0.45, "severe": 0.3}


def render_line(text: str, hand: Hand, severity: str, rng: Generator) -> Image:
    """Render one field slot with its writing, decayed and scanned.

    Args:
        text: what is written; empty for a slot nothing is written in.
        hand: the clerk's (or a typewriter's) habits.
        severity: ``clean``, ``moderate`` or ``severe``.
        rng: everything that is not fixed by the hand; the same state gives the same image.

    Returns:
        Grey (H, W) uint8, 28 to 72 px high.
    """
    degree = severity_named(severity)
    cap = float(rng.uniform(19, 36))
    x_height = cap / USUAL_CAP * (USUAL_CAP / hand.face.outlines.cap) ** 0.6
    ink = hand.write(text or random_text(rng, "place"), x_height, rng)
    window, baseline, ends = _window(ink, cap, rng)
    height, width = window.shape
    writing = window if text else np.zeros_like(window)
    writing = np.maximum(writing, _neighbours(window, cap, rng, text == ""))
    image = paper(rng, height, width, degree)
    if rng.random() < degree.stains:
        image *= stains(rng, height, width)
    under = slot(rng, height, width, baseline, hand.face.split, ends)
    image = _laid(image, faded(under, rng, degree), float(rng.uniform(15, 110)))
    tone = float(np.dot(LUMA, ink.colour))
    written = legible(faded(writing, rng, degree), float(image.mean()) - tone)
    if rng.random() < degree.bleed:
        image = _laid(image, bleed_through(written if text else window, rng, degree), 90)
    image = _laid(image, written, tone)
    if rng.random() < degree.folds:
        image *= fold(rng, height, width)
    return scanned(image, rng, degree, FEWEST / cap)


def _window(ink: Ink, cap: float, rng: Generator) -> tuple[Layer, float, tuple[int, int]]:
    """The crop around the ink: its alpha, the baseline's row, the writing's first and last column.

    Usually with room for the row of the form, sometimes tight, now and then cutting an ascender
    or a descender off.
    """
    above, below = ink.baseline, ink.alpha.shape[0] - ink.baseline
    roll = rng.random()
    if roll < 0.55:  # the row of a form, whatever the ink's own height
        up = max(cap * float(rng.uniform(1.25, 1.9)), above * float(rng.uniform(0.85, 1.1)))
        down = max(cap * float(rng.uniform(0.35, 0.8)), below * float(rng.uniform(0.7, 1.05)))
    else:
        up = above * float(rng.uniform(0.92, 1.15)) + float(rng.uniform(-1, 4))
        down = below * float(rng.uniform(0.85, 1.2)) + float(rng.uniform(-1, 4))
    up, down = min(up, 3.2 * cap), min(down, 2 * cap)
    left = int(rng.uniform(0, 6) if rng.random() < 0.5 else rng.uniform(4, 2.5 * cap))
    right = int(rng.uniform(0, 6) if rng.random() < 0.4 else rng.exponential(2.5 * cap) + 4)
    height, width = max(16, round(up + down)), max(16, left + ink.alpha.shape[1] + right)
    layer = np.zeros((height, width), np.float32)
    paste(layer, ink.alpha, up - ink.baseline, left)
    return layer, up, (left, left + ink.alpha.shape[1])


def _neighbours(window: Layer, cap: float, rng: Generator, surely: bool) -> Layer:
    """Ascenders and descenders of the lines above and below: the same hand, moved sideways."""
    layer = np.zeros_like(window)
    height, width = window.shape
    for direction in (-1, 1):
        if rng.random() < (0.5 if surely else 0.3):
            pitch = int(cap * rng.uniform(1.5, 2.6))
            pitch = max(pitch, int(0.72 * height))
            moved = np.roll(window, int(rng.integers(width)), axis=1)
            if direction < 0 and pitch < height:
                layer[: height - pitch] = np.maximum(layer[: height - pitch], moved[pitch:])
            elif pitch < height:
                layer[pitch:] = np.maximum(layer[pitch:], moved[: height - pitch])
    return layer


def _laid(image: Layer, alpha: Layer, tone: float) -> Layer:
    return np.asarray(image * (1 - alpha) + np.float32(tone) * alpha, np.float32)


def random_hand(rng: Generator, split: str, block_letters: bool = False) -> Hand:
    """A clerk's hand in a random handwriting face, or now and then a typewriter.

    ``block_letters`` asks for a face that is not joined: nobody joins words in capitals.
    """
    look = "typewriter" if rng.random() < TYPED else "handwriting"
    every = faces(look, split)
    if block_letters:
        every = tuple(face for face in every if not face.outlines.connected)
    return Hand.random(rng, every[int(rng.integers(len(every)))])


def _shouts(text: str) -> bool:
    """Whether a word of three letters or more is all in capitals."""
    return any(len(word) > 2 and word.isalpha() and word.isupper() for word in text.split())


def random_line(rng: Generator, split: str, severity: str | None = None) -> tuple[Image, str, str]:
    """A line by a new clerk: image, text, and its group (severity and face)."""
    text = "" if rng.random() < EMPTY else random_text(rng)
    hand = random_hand(rng, split, _shouts(text))
    degree = severity or str(rng.choice(list(MIX), p=list(MIX.values())))
    return render_line(text, hand, degree, rng), text, f"{degree}/{hand.face.name}"


def write_lines(
    out: Path, shards: int, seed: int, split: str, lines: int = SHARD, severity: str | None = None
) -> None:
    """Write shards of random lines; a shard depends only on the seed and its own number."""
    out.mkdir(parents=True, exist_ok=True)
    for index in range(shards):
        path = out / f"{split}{'-' + severity if severity else ''}-{seed}-{index:04d}.npz"
        if path.exists():
            continue
        rng = np.random.default_rng([seed, index, split == "test"])
        drawn = [random_line(rng, split, severity) for _ in range(lines)]
        images, texts, groups = zip(*drawn, strict=True)
        write_shard(path, images, texts, groups)
        sys.stdout.write(f"{path.name}: {lines} lines\n")
        sys.stdout.flush()


def main() -> None:
    """Render training shards, or the held-back test lines (``--lines`` of each severity)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--lines", type=int, default=SHARD)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", choices=("train", "test"), default="train")
    options = parser.parse_args()
    for severity in MIX if options.split == "test" else (None,):
        write_lines(
            options.out, options.shards, options.seed, options.split, options.lines, severity
        )


if __name__ == "__main__":
    main()
