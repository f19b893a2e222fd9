"""Training of the ink map: AdamW, one cycle over a budget of CPU minutes, moving average.

The budget counts this process's own CPU time, so that a busy machine only makes it wait.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from common.errors import InputError
from common.options import Options
from models.ink_map import KINDS
from models.training import checkpoint
from models.training.checkpoint import Progress
from models.training.ink_map.augment import augmented
from models.training.ink_map.data import INK, Labelled, Pixels, crop
from models.training.ink_map.network import InkMapConfig, InkMapNetwork
from models.training.schedule import cycle_rate, descend, follow

_PAPERS = [KINDS.index("paper"), KINDS.index("bleed")]
_WEIGHTS = [1.0, 1.0, 1.0, 1.0, 1.0, 0.3]  # what shows through fades into paper: less is known


class InkTrainOptions(Options):
    """The recipe of one training.

    Attributes:
        minutes: CPU time of the cycle.
        real: share of the crops that are cut from real pages, where there are any.
        side: of a crop, pixels; a multiple of 16.
        batch: crops a step.
        scale: crops are enlarged by a factor in this range.
        peak_rate: highest learning rate.
        warm_up: share of the cycle until it is reached.
        average_decay: of the moving average of weights.
        seed: of everything drawn.
        save_minutes: wall time between two checkpoints.
    """

    minutes: float = Field(default=10.0, gt=0)
    real: float = Field(default=0.75, ge=0, le=1)
    side: int = Field(default=224, ge=64, multiple_of=16)
    batch: int = Field(default=8, ge=1)
    scale: tuple[float, float] = (0.6, 1.6)
    peak_rate: float = Field(default=3e-3, gt=0)
    warm_up: float = Field(default=0.05, gt=0, lt=1)
    weight_decay: float = Field(default=0.01, ge=0)
    average_decay: float = Field(default=0.99, gt=0, lt=1)
    seed: int = 1
    save_minutes: float = Field(default=3.0, gt=0)


class InkTrainer:
    """One training in its folder: new, gone on with, or begun from another's weights."""

    def __init__(
        self,
        pages: Sequence[Labelled],
        out: Path,
        options: InkTrainOptions,
        start: Path | None = None,
    ) -> None:
        if not pages:
            raise InputError("no labelled pages to train on", where=str(out))
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        torch.manual_seed(options.seed)
        self.options, self.out = options, out
        self.groups = _groups(pages, options.real)
        network = InkMapNetwork.from_pretrained(start) if start else InkMapNetwork(InkMapConfig())
        self.network = network.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).eval()
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), options.peak_rate, weight_decay=options.weight_decay
        )
        self.progress = Progress()
        if (out / checkpoint.STATE).is_file():
            self.progress = checkpoint.load(out, self.network, self.average, self.optimiser)
        self.rng = np.random.default_rng([options.seed, self.progress.step])

    @property
    def done(self) -> bool:
        return self.progress.seconds >= 60 * self.options.minutes

    def run(self, say: Callable[[str], None]) -> Path:
        """Train to the end of the cycle, saving as it goes; the folder of the averaged weights."""
        progress, before = self.progress, self.progress.seconds - time.process_time()
        spoken = saved = time.monotonic()
        losses: list[float] = []
        while not self.done:
            losses.append(self._step())
            progress.step += 1
            progress.lines += self.options.batch
            progress.seconds = before + time.process_time()
            now = time.monotonic()
            if now - spoken > 60:
                where = f"{progress.seconds / 60:5.1f} CPU min step {progress.step}"
                say(f"{self.out.name} {where} loss {np.mean(losses):.4f} rate {self._rate():.5f}")
                spoken, losses = now, []
            if now - saved > 60 * self.options.save_minutes:
                self._save()
                saved = now
        if losses:
            self._save()
        return self.out / checkpoint.AVERAGE

    def _save(self) -> None:
        checkpoint.save(self.out, self.network, self.average, self.optimiser, self.progress)

    def _step(self) -> float:
        images, labels, real = self._batch()
        self.network.train()
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.network(images)
        loss = layer_loss(logits.float(), labels, real)
        descend(self.network, self.optimiser, loss, self._rate())
        follow(self.average, self.network, self.options.average_decay, self.progress.step)
        return float(loss.detach())

    def _rate(self) -> float:
        at = self.progress.seconds / (60 * self.options.minutes)
        return cycle_rate(at, self.options.peak_rate, self.options.warm_up)

    def _batch(self) -> tuple[Tensor, Tensor, Tensor]:
        """Crops (N, 3, S, S) in 0..1, labels (N, S, S), and which crops are real (N)."""
        drawn = [self._draw() for _ in range(self.options.batch)]
        images = torch.from_numpy(np.stack([image for image, _, _ in drawn]))
        images = images.permute(0, 3, 1, 2).float().div_(255)
        labels = torch.from_numpy(np.stack([labels for _, labels, _ in drawn])).long()
        real = torch.tensor([real for _, _, real in drawn])
        return images.contiguous(memory_format=torch.channels_last), labels, real

    def _draw(self) -> tuple[Pixels, Pixels, bool]:
        rng, options = self.rng, self.options
        draw = rng.random()
        group = next(group for group in self.groups if draw < group.share)
        chosen = rng.choice(len(group.pages), 2, p=group.odds)
        first, other = (group.pages[int(number)] for number in chosen)
        low, high = (math.log(value) for value in options.scale)
        scale = float(np.exp(rng.uniform(low, high)))
        image, labels = crop(first, options.side, scale, rng)
        behind = crop(other, options.side, scale, rng)
        return *augmented(image, labels, behind, first.real, rng), first.real


def layer_loss(logits: Tensor, labels: Tensor, real: Tensor) -> Tensor:
    """Cross-entropy and soft Dice of ink; over all layers where they are known.

    A real crop knows only ink and paper: its ink is whatever the network calls handwriting,
    print, rule or stamp.
    """
    log_probs = functional.log_softmax(logits, dim=1)
    log_paper = torch.logsumexp(log_probs[:, _PAPERS], dim=1)
    paper = log_paper.exp()
    ink = torch.where(real[:, None, None], labels == INK, _is_ink(labels)).float()
    log_ink = torch.log((1 - paper).clamp(min=1e-6))
    two = -(ink * log_ink + (1 - ink) * log_paper.clamp(min=-14))
    known = labels.masked_fill(real[:, None, None], 0)
    every = functional.nll_loss(log_probs, known, torch.tensor(_WEIGHTS), reduction="none")
    entropy = torch.where(real[:, None, None], two, every).mean()
    both = ((1 - paper) * ink).sum()
    dice = 1 - (2 * both + 1) / ((1 - paper).sum() + ink.sum() + 1)
    return entropy + 0.5 * dice


def _is_ink(labels: Tensor) -> Tensor:
    return ~torch.isin(labels, torch.tensor(_PAPERS))


@dataclass(frozen=True, eq=False)
class _Group:
    """Pages that are drawn with ``odds`` when a draw falls below ``share``."""

    share: float
    pages: list[Labelled]
    odds: NDArray[np.float64]


def _groups(pages: Sequence[Labelled], real: float) -> list[_Group]:
    """Real pages and rendered ones, where there are any: larger pages are drawn more often."""
    groups = []
    for share, kind in ((real, True), (1.0, False)):
        members = [page for page in pages if page.real is kind]
        if members:
            area = np.sqrt([page.labels.size for page in members])
            groups.append(_Group(share, members, area / area.sum()))
    return [*groups[:-1], replace(groups[-1], share=1.0)]
