"""Training of the line network: AdamW, one cycle of learning rate over a budget of hours, EMA.

Needs the ``train`` extra. `train` is what ``hotich train`` calls.
"""

from __future__ import annotations

import copy
import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader

from common.errors import InputError
from common.options import Options
from models import ctc
from models.charset import default_charset
from models.network import LineConfig, LineNetwork
from models.normalise import normalise
from models.training import checkpoint
from models.training.batches import Batches, collate
from models.training.checkpoint import Progress
from models.training.data import Line, fold_groups, held_back_lines
from models.training.metrics import error_rates
from models.training.schedule import cycle_rate, descend, follow


class TrainOptions(Options):
    """The whole recipe; ``hotich train --config`` reads it from a yaml file."""

    sources: dict[str, float] = Field(
        default={"vn_address_lines": 0.3, "cursive_fr": 0.3, "wills_fr": 0.1, "synth": 0.3},
        description="folder (inside DATA, or absolute) → share of the lines drawn",
    )
    start: Path | None = Field(
        default=None, description="a transformers folder whose weights the training begins from"
    )
    watch: str = Field(
        default="vn_address_lines", description="the set whose held-back CER is logged"
    )
    fold: tuple[int, int] | None = Field(
        default=None,
        description="[k, n]: of the watched set, the k-th (from 0) of n parts of its writers is "
        "held back, in place of every 8th writer",
    )
    hours: float = Field(
        default=2.0,
        gt=0,
        description="length of the learning-rate cycle, in CPU time of one of its threads: "
        "a busy or a paused machine does not shorten the training",
    )
    threads: int = Field(default=2, ge=1)
    columns: int = Field(default=16_000, ge=64, description="total width of a batch in px")
    peak_rate: float = Field(default=2e-3, gt=0)
    warm_up: float = Field(default=0.04, ge=0, lt=1, description="share of the cycle")
    weight_decay: float = Field(default=0.01, ge=0)
    average_decay: float = Field(
        default=0.998, gt=0, lt=1, description="of the moving average of weights"
    )
    empty: float = Field(
        default=0.04, ge=0, lt=1, description="share of lines with nothing written"
    )
    strength: float = Field(default=1.0, ge=0, description="of the augmentation")
    seed: int = 1
    save_minutes: float = Field(default=5.0, gt=0)
    check_minutes: float = Field(default=10.0, gt=0)
    max_steps: int | None = Field(default=None, description="stop earlier, after so many steps")


class Trainer:
    """One training, from its folder: new, or gone on with from its checkpoint."""

    def __init__(self, data: Path, out: Path, options: TrainOptions, *, resume: bool) -> None:
        torch.set_num_threads(_threads(options.threads))
        torch.manual_seed(options.seed)
        self.options, self.data, self.out = options, data, out
        self.folders = {data / name: share for name, share in options.sources.items()}
        if not any(folder.is_dir() for folder in self.folders):
            raise InputError("no training source found", where=str(data))
        watched = data / options.watch
        self.aside = fold_groups(watched, *options.fold) if options.fold else None
        self.watched = held_back_lines(watched, aside=self.aside) if options.watch else []
        self.network = _begun(options.start).to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).eval()
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), options.peak_rate, weight_decay=options.weight_decay
        )
        self.progress = Progress()
        if resume and (out / checkpoint.STATE).is_file():
            self.progress = checkpoint.load(out, self.network, self.average, self.optimiser)

    def run(self, say: Callable[[str], None]) -> Progress:
        """Train to the end of the cycle (or ``max_steps``), saving as it goes."""
        options, progress = self.options, self.progress
        started = self._clock() - progress.seconds
        spoken = saved = checked = progress.seconds
        losses: list[float] = []
        for batch in self._batches():
            losses.append(self._step(batch))
            progress.step += 1
            progress.lines += len(batch["lengths"])
            now = progress.seconds = self._clock() - started
            if now - spoken > 60:
                mean = sum(losses) / len(losses)
                say(f"{self._where()} loss {mean:.3f} rate {self._rate():.5f}")
                spoken, losses = now, []
            if now - saved > 60 * options.save_minutes:
                self._save()
                saved = now
            if self.watched and now - checked > 60 * options.check_minutes:
                say(f"{self._where()} held-back CER {self.check():.4f} n {len(self.watched)}")
                checked = now
            if now > 3600 * options.hours or progress.step >= (options.max_steps or math.inf):
                break
        self._save()
        return progress

    def _clock(self) -> float:
        """CPU seconds of the process, shared among its threads."""
        return time.process_time() / int(torch.get_num_threads())

    def check(self) -> float:
        """Greedy CER, case folded, of the averaged weights on the watched held-back lines."""
        texts = read_lines(self.average, self.watched)
        truths = [line.text for line in self.watched]
        return error_rates(texts, truths, fold_case=True).cer

    def _step(self, batch: dict[str, Tensor]) -> float:
        self.network.train()
        loss = ctc_loss(self.network, batch)
        descend(self.network, self.optimiser, loss, self._rate())
        follow(self.average, self.network, self.options.average_decay, self.progress.step)
        return float(loss.detach())

    def _rate(self) -> float:
        at = self.progress.seconds / (3600 * self.options.hours)
        return cycle_rate(at, self.options.peak_rate, self.options.warm_up)

    def _batches(self) -> Iterator[dict[str, Tensor]]:
        batches = Batches(
            self.folders,
            columns=self.options.columns,
            empty=self.options.empty,
            strength=self.options.strength,
            aside=None if self.aside is None else (self.data / self.options.watch, self.aside),
            seed=self.options.seed + self.progress.step,
        )
        loader = DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=24)
        return iter(loader)

    def _save(self) -> None:
        checkpoint.save(self.out, self.network, self.average, self.optimiser, self.progress)

    def _where(self) -> str:
        p = self.progress
        return f"{p.seconds / 60:6.1f} min step {p.step} lines {p.lines}"


def _begun(start: Path | None) -> LineNetwork:
    """A network of random weights, or one with those of a folder, in full precision."""
    if start is None:
        return LineNetwork(LineConfig())
    if not (start / "config.json").is_file():
        raise InputError("no network to begin from", where=str(start), hint="a transformers folder")
    network: LineNetwork = LineNetwork.from_pretrained(start).float()
    return network


def _threads(wanted: int) -> int:
    """No more than OpenMP may start: oneDNN would wait for ever for the threads it does not get."""
    limit = os.environ.get("OMP_THREAD_LIMIT", "")
    return min(wanted, max(1, int(limit))) if limit.isdigit() else wanted


def ctc_loss(network: LineNetwork, batch: dict[str, Tensor]) -> Tensor:
    """Mean over lines of the CTC loss per character (at least one), in bf16 where it pays."""
    ink = batch["ink"].float().div_(255).to(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        log_probs = network(ink)
    lengths = batch["lengths"]
    frames = torch.full_like(lengths, log_probs.shape[1])
    losses = functional.ctc_loss(
        log_probs.transpose(0, 1),
        batch["targets"],
        frames,
        lengths,
        reduction="none",
        zero_infinity=True,
    )
    return losses.sum() / lengths.clamp(min=1).sum()


@torch.no_grad()  # type: ignore[untyped-decorator]
def read_lines(network: LineNetwork, lines: list[Line]) -> list[str]:
    """Greedy readings of lines, in their order."""
    charset = default_charset()
    texts = []
    for line in lines:
        ink = collate([(normalise(line.image), "")])["ink"].float().div_(255)
        texts.append(charset.decode(ctc.greedy(network(ink)[0].numpy())))
    return texts


def train(
    data: Path,
    out: Path,
    options: TrainOptions | None = None,
    *,
    resume: bool = False,
    say: Callable[[str], None] = print,
) -> Progress:
    """Train on the sources under ``data`` and keep everything in ``out``.

    Raises:
        InputError: no source, or a damaged one.
    """
    return Trainer(data, out, options or TrainOptions(), resume=resume).run(say)
