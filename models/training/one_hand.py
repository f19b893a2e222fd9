"""One clerk's hand: the network taught further on a few corrected lines of it.

Few lines are soon known by heart. Against that stand augmentation, lines spliced from the hand's
own words in another order, and, where there are any, lines that the base was trained on.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from pydantic import Field

from common.options import Options
from models.handwriting import HandwritingReader
from models.network import LineNetwork
from models.normalise import normalise
from models.training.augment import augment
from models.training.batches import collate
from models.training.data import Line
from models.training.schedule import descend
from models.training.shards import StoredLine
from models.training.splice import cut_words, splice
from models.training.train import ctc_loss

Drawn = tuple[NDArray[np.uint8], str]
_POOL = 48
"""Lines drawn at a time and sorted by width, so that a batch wastes little on padding."""


class AdaptOptions(Options):
    """How one hand is learnt. The defaults are what was best (docs/training.md)."""

    passes: float = Field(default=8, gt=0, description="how often each line is drawn, on average")
    fewest: int = Field(default=192, ge=0, description="lines drawn at least")
    most: int = Field(default=2500, ge=1, description="lines drawn at most")
    rate: float = Field(default=1.2e-3, gt=0, description="the highest learning rate")
    columns: int = Field(default=1500, ge=64, description="total width of a batch in px")
    strength: float = Field(default=0.7, ge=0, description="of the augmentation")
    spliced: float = Field(default=0.3, ge=0, lt=1, description="share of spliced lines")
    replayed: float = Field(default=0.2, ge=0, lt=1, description="share of the base's own lines")
    average_decay: float = Field(default=0.98, ge=0, lt=1, description="of the averaged weights")
    frozen: int = Field(default=5, ge=0, description="layers, from the image on, left as they are")
    folds: int = Field(default=4, ge=2, description="parts of the lines, each held back once")
    gain: float = Field(default=0.05, ge=0, lt=1, description="drop of errors worth a file")
    forget: float = Field(
        default=0.01, ge=0, lt=1, description="of CER, that known dates and numbers may lose"
    )
    seed: int = 1


def taught(
    reader: HandwritingReader,
    base: LineNetwork,
    lines: Sequence[Line],
    options: AdaptOptions,
    replay: Sequence[Line | StoredLine] = (),
) -> LineNetwork:
    """A copy of ``base`` taught on ``lines``, in eval mode; one thread, the same for a seed.

    Args:
        reader: the reader of these very weights; it finds the words to splice.
        replay: lines that the base was trained on.
    """
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    network = copy.deepcopy(base).to(memory_format=torch.channels_last)
    for layer in list(network.features)[: options.frozen]:
        layer.requires_grad_(False)
    learnt = [weight for weight in network.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(learnt, options.rate, weight_decay=0.01)
    average: LineNetwork = copy.deepcopy(network)
    batches = _batches(
        _draws(reader, lines, options, replay, network.config.stretch, rng), options.columns, rng
    )
    wanted = min(max(options.passes * len(lines), options.fewest), options.most)
    done = 0
    while done < wanted:
        batch = collate(next(batches))
        network.train()
        network.features.eval()  # the base's statistics: a few lines give none worth having
        loss = ctc_loss(network, batch)
        descend(network, optimiser, loss, options.rate * _share(done / wanted))
        _follow(average, network, options.average_decay)
        done += len(batch["lengths"])
    average.eval()
    return average


def _share(at: float) -> float:
    """Of the learning rate: up over the first tenth, then a cosine down to a hundredth."""
    return min(1.0, 0.05 + 10 * at) * (0.01 + 0.99 * (1 + math.cos(math.pi * min(at, 1))) / 2)


@torch.no_grad()  # type: ignore[untyped-decorator]
def _follow(average: LineNetwork, network: LineNetwork, decay: float) -> None:
    for mine, its in zip(average.parameters(), network.parameters(), strict=True):
        mine.lerp_(its, 1 - decay)


def _draws(
    reader: HandwritingReader,
    lines: Sequence[Line],
    options: AdaptOptions,
    replay: Sequence[Line | StoredLine],
    stretch: float,
    rng: Generator,
) -> Iterator[Drawn]:
    """Endless lines as the network takes them: corrected, spliced and replayed ones."""
    mine = [Line(line.image, line.text, "") for line in lines]
    words = cut_words(reader, mine) if options.spliced else {}
    mixed = splice(words, rng) if len(words.get("", ())) > 9 else None
    order: list[int] = []
    while True:
        roll = rng.random()
        if mixed and roll < options.spliced:
            line = next(mixed)
        elif replay and roll > 1 - options.replayed:
            kept = replay[int(rng.integers(len(replay)))]
            line = Line(kept.image, kept.text, "")
        else:
            order = order or rng.permutation(len(mine)).tolist()
            line = mine[order.pop()]
        seen = augment(line.image, rng, options.strength) if rng.random() < 0.9 else line.image
        yield normalise(seen, stretch=stretch), line.text


def _batches(draws: Iterator[Drawn], columns: int, rng: Generator) -> Iterator[list[Drawn]]:
    """Endless batches of lines of like width, ``columns`` px wide in all or one line long."""
    while True:
        pool = sorted((next(draws) for _ in range(_POOL)), key=lambda one: one[0].shape[1])
        batches: list[list[Drawn]] = [[]]
        for ink, text in pool:
            if batches[-1] and (len(batches[-1]) + 1) * ink.shape[1] > columns:
                batches.append([])
            batches[-1].append((ink, text))
        for index in rng.permutation(len(batches)):
            yield batches[index]
