"""New lines from real hands: a writer's words, cut apart where CTC found them, in another order.

A few thousand labelled lines teach their own word order by heart; spliced lines keep the hands
and take the order away. Needs a reader that already reads the set passably.
python -m models.training.splice DATA/vn_address_lines --out DATA/spliced --shards 12
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
from numpy.random import Generator

from models import ctc
from models.handwriting import HandwritingReader
from models.reading import Image
from models.training.augment import paper_level
from models.training.data import Line, load_line, read_labels
from models.training.shards import limit_height, write_shard

FRAME = 4
"""Pixels of the normalised line for one frame of the network."""


@dataclass(frozen=True)
class Word:
    """One word of a line: its part of the line (H, W) at full height, and its text."""

    image: Image
    text: str


def cut_words(
    reader: HandwritingReader, lines: Sequence[Line], least: float = -1.2
) -> dict[str, list[Word]]:
    """The words of each group (writer); lines whose text has a log probability a character
    under ``least`` are left out, for their cuts would be wrong."""
    words: dict[str, list[Word]] = defaultdict(list)
    images = [line.image for line in lines]
    for line, log_probs in zip(lines, reader.log_probs(images), strict=True):
        labels = reader.charset.encode(line.text)
        if labels and ctc.score(log_probs, labels) / len(labels) > least:
            image = limit_height(line.image)
            scale = FRAME * image.shape[0] / (reader.manifest.height * reader.manifest.stretch)
            spans = ctc.align(log_probs, labels)
            words[line.group] += _cut(image, line.text, [(a * scale, b * scale) for a, b in spans])
    return dict(words)


def splice(words: Mapping[str, Sequence[Word]], rng: Generator, longest: int = 9) -> Iterator[Line]:
    """Endless lines of a random writer's words in random order, one to ``longest`` of them."""
    groups = sorted(group for group, members in words.items() if len(members) > longest)
    while True:
        group = groups[int(rng.integers(len(groups)))]
        count = int(rng.integers(1, longest + 1))
        chosen = [words[group][i] for i in rng.choice(len(words[group]), count, replace=False)]
        image = _join([word.image for word in chosen], rng)
        yield Line(image, " ".join(word.text for word in chosen), group)


def _cut(image: Image, text: str, spans: Sequence[tuple[float, float]]) -> Iterator[Word]:
    """Cut between words in the middle of the widest gap between their nearest characters."""
    height = image.shape[0]
    body = image[height // 8 : -height // 8].astype(np.float32)
    breadth = max(3, height // 6)
    ink = (paper_level(image) - body).clip(0).sum(axis=0)
    ink = np.convolve(np.pad(ink, breadth, "edge"), np.hanning(breadth + 2), "same")
    ink = ink[breadth:-breadth]
    spaces = [i for i, character in enumerate(text) if character == " "]
    cuts = [0]
    for i in spaces:
        low, high = int(spans[i - 1][0]), int(spans[i + 1][1])
        start = max(cuts[-1] + 1, low)
        window = ink[start:high]
        cuts.append(start + int(window.argmin()) if window.size else start)
    cuts.append(min(image.shape[1], int(spans[-1][1]) + height // 4))
    cuts[0] = max(0, int(spans[0][0]) - height // 4)
    for word, (left, right) in zip(text.split(" "), pairwise(cuts), strict=True):
        part = image[:, left:right]
        if part.shape[1] >= 6:  # the last spans may lie in the padding, beyond the image
            yield Word(part, word)


def _join(parts: Sequence[Image], rng: Generator) -> Image:
    """Parts side by side on one shade of paper, each a little up or down, with small gaps."""
    height = max(part.shape[0] for part in parts)
    shade = int(np.median([paper_level(part) for part in parts]))
    placed: list[Image] = []
    for part in parts:
        level = part.astype(np.int16) + (shade - paper_level(part))
        top = int(np.clip((height - part.shape[0]) // 2 + rng.normal(0, 1.5), 0, height))
        canvas = np.full((height, part.shape[1] + int(rng.integers(0, 7))), shade, np.uint8)
        rows = min(part.shape[0], height - top)
        canvas[top : top + rows, : part.shape[1]] = level[:rows].clip(0, 255)
        placed.append(canvas)
    return np.concatenate(placed, axis=1)


def write_spliced(folder: Path, out: Path, shards: int, lines: int, seed: int) -> None:
    """Shards of spliced lines from the training side of a real set; each line bears its writer.

    Raises:
        InputError: ``folder`` is no labelled set.
    """
    rows = read_labels(folder, held_back=False)
    words = cut_words(
        HandwritingReader(), [Line(load_line(path), text, group) for path, text, group in rows]
    )
    out.mkdir(parents=True, exist_ok=True)
    mixed = splice(words, np.random.default_rng(seed))
    for index in range(shards):
        drawn = list(islice(mixed, lines))
        images, texts, groups = zip(
            *((line.image, line.text, line.group) for line in drawn), strict=True
        )
        write_shard(out / f"spliced-{seed}-{index:04d}.npz", images, texts, groups)
        sys.stdout.write(f"{index + 1} of {shards} shards\n")


def main() -> None:
    """Write shards of spliced lines for `hotich train`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shards", type=int, default=12)
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write_spliced(options.set, options.out, options.shards, options.lines, options.seed)


if __name__ == "__main__":
    main()
