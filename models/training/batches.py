"""Batches for the trainer: lines drawn from the sources, augmented, normalised, of like width."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset

from models.charset import default_charset
from models.normalise import normalise
from models.training.augment import augment, empty_line
from models.training.data import Source

WIDTH_STEP = 32
"""Batches are padded to a multiple of this many pixels."""
RENDERED_STRENGTH = 0.4
"""Rendered lines are decayed already: they are augmented less."""

Ink = NDArray[np.uint8]


class Batches(IterableDataset[dict[str, Tensor]]):  # type: ignore[misc]
    """Endless batches: ``ink`` (N, 1, H, W) uint8, ``targets`` (sum of lengths), ``lengths`` (N).

    Args:
        sources: folder → weight; a folder without lines yet is passed over until it has some.
        columns: total width of a batch, padding included, in pixels.
        empty: share of lines with nothing written.
        strength: of the augmentation.
        aside: a real set, and its groups that no source may show (spliced lines bear them too);
            other real sets hold back by their rule.
        seed: of everything random; another process or another restart takes another seed.
    """

    def __init__(
        self,
        sources: Mapping[Path, float],
        *,
        columns: int = 16_000,
        pool: int = 16,
        empty: float = 0.04,
        strength: float = 1.0,
        aside: tuple[Path, frozenset[str]] | None = None,
        seed: int = 0,
    ) -> None:
        self.weights, self.aside = dict(sources), aside
        self.columns, self.pool, self.empty = columns, pool, empty
        self.strength, self.seed = strength, seed

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        cv2.setNumThreads(0)
        torch.set_num_threads(1)
        rng = np.random.default_rng(self.seed)
        sources = [Source(folder, self._aside(folder)) for folder in self.weights]
        looked = 0.0
        while True:
            if time.monotonic() - looked > 120:
                for source in sources:
                    source.refresh()
                looked = time.monotonic()
            batches = list(self._pool(sources, rng))
            rng.shuffle(batches)  # type: ignore[arg-type]
            yield from batches

    def _aside(self, folder: Path) -> frozenset[str] | None:
        """The groups a source leaves out; None where a real set's own rule stands."""
        if self.aside is None or (folder != self.aside[0] and (folder / "labels.tsv").is_file()):
            return None
        return self.aside[1]

    def _pool(self, sources: Sequence[Source], rng: Generator) -> Iterator[dict[str, Tensor]]:
        drawn: list[tuple[Ink, str]] = []
        wanted = self.columns * self.pool
        while sum(ink.shape[1] for ink, _ in drawn[::8]) * 8 < wanted:
            drawn += [self._draw(sources, rng) for _ in range(64)]
        drawn.sort(key=lambda item: item[0].shape[1])
        batch: list[tuple[Ink, str]] = []
        for ink, text in drawn:
            if batch and (len(batch) + 1) * ink.shape[1] > self.columns:
                yield collate(batch)
                batch = []
            batch.append((ink, text))
        yield collate(batch)

    def _draw(self, sources: Sequence[Source], rng: Generator) -> tuple[Ink, str]:
        ready = [source for source in sources if source.lines]
        weights = np.array([self.weights[source.folder] for source in ready])
        source = ready[int(rng.choice(len(ready), p=weights / weights.sum()))]
        line = source.lines[int(rng.integers(len(source.lines)))]
        image, text = line.image, line.text
        if rng.random() < self.empty:
            image, text = empty_line(image, rng), ""
        if rng.random() < 0.9:
            mild = RENDERED_STRENGTH if source.rendered else 1.0
            image = augment(image, rng, self.strength * mild)
        return normalise(image), text


def collate(lines: Sequence[tuple[Ink, str]]) -> dict[str, Tensor]:
    """One batch, every line padded on the right with paper."""
    charset = default_charset()
    widest = max(ink.shape[1] for ink, _ in lines)
    width = -(-widest // WIDTH_STEP) * WIDTH_STEP
    ink = np.zeros((len(lines), 1, lines[0][0].shape[0], width), np.uint8)
    for row, (line, _) in enumerate(lines):
        ink[row, 0, :, : line.shape[1]] = line
    labels = [charset.encode(text) for _, text in lines]
    return {
        "ink": torch.from_numpy(ink),
        "targets": torch.tensor([label for one in labels for label in one], dtype=torch.long),
        "lengths": torch.tensor([len(one) for one in labels], dtype=torch.long),
    }
