"""From corrected lines to a clerk's own weights folder, if it reads that hand better; else nothing.

First the width is found at which the lines suit the network: a crowded hand is read better when
drawn out. Then it is cross-validated by line: each part of the lines is held back once and read by
the base and by a network taught on the other parts, both in the way of the shipped reader. What is
shipped is the mean of those networks' weights, and of the way from the base to it only the share
that read the held-back lines best (Wortsman et al. 2022, model soups and robust fine-tuning, arXiv
2203.05482 and 2109.01903): a few lines are soon known by heart, and the base's weights are the best
guard. Nor may the reader forget what it could: rendered dates, numbers and names are mixed into the
teaching, and others of them are read before and after (`models.training.known`). Needs the
``train`` extra.
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
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from transformers.utils import logging as transformers_logging

from common.errors import InputError
from common.text import squeeze
from models import ctc
from models.handwriting import HandwritingReader, Ink, ReaderOptions
from models.network import LineNetwork
from models.reading import Reading
from models.training.calibrate import character_outcomes, fit_logistic, line_outcomes
from models.training.corrected import Corrected, write_taught_by
from models.training.data import Line
from models.training.export import as_input, export
from models.training.known import known_lines
from models.training.metrics import error_rates
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
SHARES = (0.0, 0.5, 1.0)
"""Of the way from the base's weights to the taught ones, tried on the held-back lines; at 0 only
the width of the lines is another."""
STRETCHES = (1.0, 1.25, 1.5)
"""Widths of the lines that are tried, as multiples of their own."""
_FITTED_ON = 24
"""Lines, at most, by which the width is chosen."""
_DRAWS = 2000
_UNREAD = -3.0  # log probability a letter under which a text does not fit its line
_WORST_LOSS = 0.003
"""How much CER int8 may cost on the corrected lines before fp32 is written instead."""


@dataclass(frozen=True)
class Check:
    """Held-back lines as the base reads them and as networks taught on the others do.

    Attributes:
        n: lines, each held back once.
        before, after: CER, case folded.
        sure: share of resamplings of the lines in which fewer errors are to be expected of the new
            readings, each of their texts as likely as it was found.
        gain, wanted: what the relative drop of the CER and ``sure`` must reach.
        known: CER of known lines, dates and numbers above all, before and after; not looked at
            where the held-back lines forbid shipping already.
        forget: by how much that may rise.
    """

    n: int
    before: float
    after: float
    sure: float
    gain: float
    wanted: float
    known: tuple[float, float] | None = None
    forget: float = 0.0

    @property
    def better(self) -> bool:
        """Whether the new reader may be shipped."""
        gained = self.after <= (1 - self.gain) * self.before and self.sure >= self.wanted
        return gained and not self.forgotten

    @property
    def forgotten(self) -> bool:
        """Whether known lines are read worse than may be."""
        return self.known is not None and self.known[1] > self.known[0] + self.forget

    def __str__(self) -> str:
        held_back = (
            f"held-back lines, n {self.n}: CER {self.before:.3f} before, {self.after:.3f} after, "
            f"better with probability {self.sure:.2f} (wanted: {self.gain:.0%} fewer errors, "
            f"{self.wanted:.2f})"
        )
        if self.known is None:
            return held_back
        before, after = self.known
        return (
            f"{held_back}; known dates, numbers and names: CER {before:.3f} before, "
            f"{after:.3f} after (at most {self.forget:.3f} more)"
        )


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
    networks = []
    for number, part in enumerate(parts, start=1):
        say(f"part {number} of {len(parts)}: {len(part)} lines held back")
        rest = [line for i, line in enumerate(lines) if i not in part]
        networks.append(taught(reader, network, rest, options, replay))
        for share, readings in after.items():
            if share or network.config.stretch != base.config.stretch:
                own = NetworkReader(reader.folder, blended(network, networks[-1:], share))
                for i in part:
                    (readings[i],) = own.read([images[i]])
    for share in sorted(SHARES, key=lambda share: _expected(after[share], lines).sum()):
        check = compare(before, after[share], lines, options)
        own_network = blended(network, networks, share)
        if check.better:
            known = _known_cer(reader, base), _known_cer(reader, own_network)
            check = replace(check, known=known)
        if not check.forgotten:
            break
    calibration = recalibrated(reader.calibration, after[share], lines)
    return Trial(check, calibration, own_network, share)


@lru_cache(maxsize=2)
def _known_cer(reader: HandwritingReader, network: LineNetwork) -> float:
    """What the network makes of known lines, by best paths."""
    known = known_lines().checked
    quick = NetworkReader(reader.folder, network, ReaderOptions(beam=0))
    return _cer(quick.read([line.image for line in known]), known)


@torch.no_grad()  # type: ignore[untyped-decorator]
def blended(base: LineNetwork, networks: Sequence[LineNetwork], share: float) -> LineNetwork:
    """The base moved a ``share`` of the way to the mean of the networks' weights."""
    own = copy.deepcopy(base)
    theirs = zip(*(network.parameters() for network in networks), strict=True)
    for mine, values in zip(own.parameters(), theirs, strict=True):
        mine.lerp_(torch.stack(values).mean(dim=0), share)
    own.eval()
    return own


def fitted(network: LineNetwork, reader: HandwritingReader, lines: Sequence[Line]) -> LineNetwork:
    """The network at the width of line at which these texts are likeliest as it reads (CTC)."""
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

    return max(map(at, STRETCHES), key=likelihood)


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


def compare(
    before: Sequence[Reading],
    after: Sequence[Reading],
    lines: Sequence[Line],
    options: AdaptOptions,
) -> Check:
    """Count errors line by line, and how sure the difference is (paired bootstrap)."""
    rng = np.random.default_rng(options.seed)
    drawn = rng.integers(len(lines), size=(_DRAWS, len(lines)))
    gained = _expected(before, lines) - _expected(after, lines)
    sure = float((gained[drawn].sum(axis=1) > 0).mean())
    cer, new_cer = _cer(before, lines), _cer(after, lines)
    return Check(len(lines), cer, new_cer, sure, options.gain, options.sure, forget=options.forget)


def _expected(readings: Sequence[Reading], lines: Sequence[Line]) -> NDArray[np.float64]:
    """The errors to be expected of each line: those of its text and of the others that it may
    say, each as likely as it was found. Of a few lines they tell more than whole errors do."""
    found = []
    for reading, line in zip(readings, lines, strict=True):
        texts = [(reading.text, max(reading.confidence, 1e-6)), *reading.alternatives]
        errors = sum(share * _distance(text, line) for text, share in texts)
        found.append(errors / sum(share for _, share in texts))
    return np.array(found)


def _distance(text: str, line: Line) -> int:
    return Levenshtein.distance(squeeze(text).lower(), squeeze(line.text).lower())


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
            cost = _cer(small, plain) - _cer(exact, plain)
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


def _cer(readings: Sequence[Reading], lines: Sequence[Line]) -> float:
    texts, truths = [one.text for one in readings], [line.text for line in lines]
    return error_rates(texts, truths, fold_case=True).cer


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
