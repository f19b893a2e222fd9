"""From corrected lines to a clerk's own weights folder, if it reads that hand better; else nothing.

A hand so crowded that its lines are clearly likelier drawn out is read so. Each part of the lines
is held back once and read by the base and by a network taught on the other parts, both in the way
of the shipped reader. What is shipped is taught on all lines, or half of the way to it from the
base (Wortsman et al. 2022, robust fine-tuning, arXiv 2109.01903): a few lines are soon known by
heart, and the base's weights are the best guard. Nor may the reader forget what it could: rendered
dates, numbers and names are mixed into the teaching, and others of them are read before and after
(`models.training.known`). Needs the ``train`` extra.
"""

from __future__ import annotations

import copy
import logging
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from transformers.utils import logging as transformers_logging

from common.errors import InputError
from models import ctc
from models.handwriting import HandwritingReader, Ink, ReaderOptions
from models.network import LineNetwork
from models.reading import Reading
from models.training.calibrate import character_outcomes, fit_logistic, line_outcomes
from models.training.check import Check, cer, compare
from models.training.corrected import Corrected, write_taught_by
from models.training.data import Line
from models.training.export import as_input, export
from models.training.known import known_lines
from models.training.one_hand import AdaptOptions, taught
from models.training.shards import StoredLine
from models.weights import (
    NETWORK,
    Calibration,
    Logistic,
    open_weights,
    write_calibration,
    write_manifest,
)

TAUGHT_BY, CARD = "taught_by.tsv", "card.md"
LEAST = 8
"""Fewer corrected lines cannot show whether a reader is better."""
SHARES = (1.0, 0.5)
"""Of the way from the base's weights to the taught ones: half of it where the whole way is not
shown to be better."""
STRETCHES = (1.25, 1.5)
"""Widths of the lines that are tried, as multiples of their own."""
_FITTED_ON = 24
"""Lines, at most, by which the width is chosen."""
_CLEARLY = 2 / 3
"""Of the log probability of their texts that lines may have at most at another width than their
own: less clear gains did not hold (docs/training.md)."""
_UNREAD = -3.0  # log probability a letter under which a text does not fit its line
_WORST_LOSS = 0.003
"""How much CER int8 may cost on the corrected lines before fp32 is written instead."""


@dataclass(frozen=True)
class Trial:
    """What cross-validation gave: its verdict, the calibration and the network to ship, whose
    ``config.stretch`` is the width of the lines."""

    check: Check
    calibration: Calibration
    network: LineNetwork
    share: float


def adapt(
    base: Path,
    lines: Sequence[Corrected],
    out: Path,
    name: str,
    options: AdaptOptions,
    replay: Sequence[Line | StoredLine] = (),
    say: Callable[[str], None] = print,
) -> Check:
    """Teach the reader of ``base`` on the lines; write ``out`` only when the check says better.

    Raises:
        InputError: too few lines, or too few different texts among them.
        MissingPartError: the base lacks its network.
    """
    reader, network = open_base(base)
    plain = [line.line for line in lines]
    trial = cross_check(reader, network, plain, options, replay, say)
    say(str(trial.check))
    if trial.check.better:
        _ship(reader, trial, lines, out, name)
        say(f"{out}: {open_weights(out).identity}")
    return trial.check


def open_base(folder: Path) -> tuple[HandwritingReader, LineNetwork]:
    """The reader of a weights folder, and its network in full precision."""
    open_weights(folder, (f"{NETWORK}/config.json", f"{NETWORK}/model.safetensors"))
    transformers_logging.disable_progress_bar()
    return HandwritingReader(folder), LineNetwork.from_pretrained(folder / NETWORK).float().eval()


def cross_check(
    reader: HandwritingReader,
    network: LineNetwork,
    lines: Sequence[Line],
    options: AdaptOptions,
    replay: Sequence[Line | StoredLine] = (),
    say: Callable[[str], None] = print,
) -> Trial:
    """Hold every line back once; what that shows, and the network that comes of it.

    Raises:
        InputError: too few lines, or too few different texts among them.
    """
    parts = folds([line.text for line in lines], options)
    replay = [*known_lines().taught, *replay]
    images = [line.image for line in lines]
    before = NetworkReader(reader.folder, network).read(images)
    base, network = network, fitted(network, reader, lines)
    after = {share: list(before) for share in SHARES}
    for number, part in enumerate(parts, start=1):
        say(f"part {number} of {len(parts)}: {len(part)} lines held back")
        rest = [line for i, line in enumerate(lines) if i not in part]
        without = taught(reader, network, rest, options, replay)
        for share, readings in after.items():
            own = NetworkReader(reader.folder, blended(network, without, share))
            for i in part:
                (readings[i],) = own.read([images[i]])
    say(f"all {len(lines)} lines")
    whole = taught(reader, network, lines, options, replay)
    for share in SHARES:
        check = compare(before, after[share], lines, options)
        own_network = blended(network, whole, share)
        if check.better:
            known = _known_cer(reader, base), _known_cer(reader, own_network)
            check = replace(check, known=known)
        if check.better:
            break
    calibration = recalibrated(reader.calibration, after[share], lines)
    return Trial(check, calibration, own_network, share)


@lru_cache(maxsize=2)
def _known_cer(reader: HandwritingReader, network: LineNetwork) -> float:
    """What the network makes of known lines, by best paths."""
    known = known_lines().checked
    quick = NetworkReader(reader.folder, network, ReaderOptions(beam=0))
    return cer(quick.read([line.image for line in known]), known)


@torch.no_grad()  # type: ignore[untyped-decorator]
def blended(base: LineNetwork, other: LineNetwork, share: float) -> LineNetwork:
    """The base moved a ``share`` of the way to the other's weights."""
    own = copy.deepcopy(base)
    for mine, its in zip(own.parameters(), other.parameters(), strict=True):
        mine.lerp_(its, share)
    own.eval()
    return own


def fitted(network: LineNetwork, reader: HandwritingReader, lines: Sequence[Line]) -> LineNetwork:
    """The network, at a greater width of line if these texts are clearly likelier so (CTC)."""
    lines = lines[:_FITTED_ON]
    labels = [reader.charset.encode(line.text) for line in lines]

    def at(stretch: float) -> LineNetwork:
        own = copy.deepcopy(network)
        own.config.stretch = stretch
        return own

    def likelihood(own: LineNetwork) -> float:
        found = NetworkReader(reader.folder, own).log_probs([line.image for line in lines])
        scores = (
            max(_UNREAD * len(label), ctc.score(log_probs, label))
            for log_probs, label in zip(found, labels, strict=True)
        )
        return sum(scores)

    likelihoods = {stretch: likelihood(at(stretch)) for stretch in STRETCHES}
    best = max(STRETCHES, key=lambda stretch: likelihoods[stretch])
    return at(best) if likelihoods[best] > _CLEARLY * likelihood(network) else network


def folds(texts: Sequence[str], options: AdaptOptions) -> list[frozenset[int]]:
    """The lines' indices in parts of like size; equal texts always in the same part.

    Raises:
        InputError: too few lines, or too few different texts.
    """
    distinct = sorted({text.lower() for text in texts})
    if len(texts) < LEAST or len(distinct) < options.folds:
        raise InputError(
            f"{len(texts)} corrected lines with {len(distinct)} different texts",
            hint=f"at least {LEAST} lines and {options.folds} texts; correct some more",
        )
    order = np.random.default_rng(options.seed).permutation(len(distinct))
    part = {distinct[i]: place % options.folds for place, i in enumerate(order.tolist())}
    return [
        frozenset(i for i, text in enumerate(texts) if part[text.lower()] == number)
        for number in range(options.folds)
    ]


class NetworkReader(HandwritingReader):
    """Reads as the reader of a weights folder does, by a network in full precision."""

    def __init__(
        self, weights: Path, network: LineNetwork, options: ReaderOptions | None = None
    ) -> None:
        super().__init__(weights, options)
        self.manifest = replace(self.manifest, stretch=network.config.stretch)
        self._network = network

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def _log_probs(self, ink: Ink) -> ctc.LogProbs:
        found: ctc.LogProbs = self._network(torch.from_numpy(as_input(ink)))[0].numpy()
        return found


def recalibrated(
    known: Calibration, readings: Sequence[Reading], lines: Sequence[Line]
) -> Calibration:
    """The base's calibration corrected by the held-back readings, which it made already."""
    line = fit_logistic(*line_outcomes(readings, lines))
    character = fit_logistic(*character_outcomes(readings, lines))
    return Calibration(
        line=_after(known.line, line),
        character=_after(known.character, character),
        fitted_on=f"{known.fitted_on}; then held-back lines of this hand",
        n=known.n + len(lines),
    )


def _after(first: Logistic, then: Logistic) -> Logistic:
    """One logistic that does what two do, one after the other."""
    return Logistic(
        scale=round(then.scale * first.scale, 4),
        shift=round(then.scale * first.shift + then.shift, 4),
    )


def _ship(
    reader: HandwritingReader,
    trial: Trial,
    lines: Sequence[Corrected],
    out: Path,
    name: str,
) -> None:
    """Write the weights folder; it appears at ``out`` only when everything is done."""
    images, plain = [line.image for line in lines], [line.line for line in lines]
    full = f"{reader.manifest.name}+{name}"
    with tempfile.TemporaryDirectory(prefix="hotich-") as scratch:
        trained, made = Path(scratch) / "trained", Path(scratch) / "made"
        trial.network.save_pretrained(trained)
        exact = NetworkReader(reader.folder, trial.network).read(images)
        for int8 in (True, False):
            made.mkdir(exist_ok=True)
            write_calibration(made, trial.calibration)
            with _quiet():
                export(trained, made, full, images, int8=int8, say=lambda _: None)
            small = HandwritingReader(made).read(images)
            cost = cer(small, plain) - cer(exact, plain)
            if cost <= _WORST_LOSS:
                break
        write_taught_by(made / TAUGHT_BY, lines)
        (made / CARD).write_text(_card(reader, name, lines, trial, int8), encoding="utf-8")
        config = trial.network.config
        write_manifest(made, full, config.characters, config.height, config.stretch)
        shutil.copytree(made, out, dirs_exist_ok=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without torch's and ONNX Runtime's advice to the authors of exporters."""
    logging.disable(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)


def _card(
    reader: HandwritingReader, name: str, lines: Sequence[Corrected], trial: Trial, int8: bool
) -> str:
    authors = ", ".join(sorted({line.author for line in lines}))
    return (
        f"# The handwriting reader, adapted to {name}\n\n"
        f"Base: {reader.manifest.identity}. Taught on {len(lines)} corrected lines (hash, author, "
        f"place: `{TAUGHT_BY}`), corrected by {authors}; {trial.share:.0%} of the way taken; "
        f"lines {trial.network.config.stretch:g} times as wide. "
        f"ONNX in {'int8' if int8 else 'fp32'}.\n\n"
        f"Cross-validated by line, case folded: {trial.check}. It knows this hand; for another "
        "one take the base.\n"
    )
