"""Every line of a real set read by a network that never saw its writer: n trainings, n parts.

Each part of the writers is held back from one training, which begins from a base that saw no line
of the set at all (``start`` in its options). Then every line is read once, by the network of its
own part, as it would be shipped (int8), beside readers that one can install.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from pathlib import Path

from common.errors import InputError
from models.benchmark import colour_lines
from models.handwriting import HandwritingReader, ReaderOptions
from models.lexicon_reader import places_reader
from models.reading import Reader
from models.training import checkpoint
from models.training.data import fold_groups, read_labels
from models.training.export import export
from models.training.metrics import error_rates
from models.training.release import calibration_crops
from models.training.train import TrainOptions, train
from models.weights import MANIFEST, Calibration, write_calibration

Say = Callable[[str], None]


def train_folds(data: Path, out: Path, options: TrainOptions, folds: int, say: Say = print) -> None:
    """One training after the other into ``out/fold-K``; stopped, it goes on where it was.

    Raises:
        InputError: no base to begin from, or none of its sources found.
    """
    if options.start is None:
        raise InputError("folds begin from a base", hint="name it as `start` in the config")
    for part in range(folds):
        folder = fold_folder(out, part, folds)
        progress = checkpoint.read_progress(folder)
        if progress.seconds < 3600 * options.hours:
            mine = options.model_copy(update={"fold": (part, folds)})
            progress = train(data, folder, mine, resume=True, say=say)
        say(f"{folder.name}: {progress.lines} lines, {progress.seconds / 60:.1f} minutes")


def fold_folder(out: Path, part: int, folds: int) -> Path:
    """Where the training without the ``part``-th (from 0) of the parts lies."""
    return out / f"fold-{part + 1}-of-{folds}"


def evaluate_folds(
    data: Path, name: str, out: Path, folds: int, peers: Sequence[Reader], say: Say = print
) -> None:
    """Print the rates, case folded, of all lines of the set ``name`` under ``data``.

    Each line is read by the network that never saw its writer: its best path alone, as it reads
    (with the character n-grams), and with the places of the lexicon; and by ``peers``. The rates
    are given once more without the writers whose lines other trainings watch: on them settings
    were chosen.

    Raises:
        InputError: a part was not trained.
    """
    truths: list[str] = []
    unwatched: list[bool] = []
    texts: dict[str, list[str]] = {}
    watched = {writer for _, _, writer in read_labels(data / name, held_back=True)}
    for part in range(folds):
        aside = fold_groups(data / name, part, folds)
        lines = colour_lines(read_labels(data / name, held_back=True, aside=aside))
        weights = _shipped(data, name, aside, fold_folder(out, part, folds))
        alone = HandwritingReader(weights, ReaderOptions(beam=0))
        readers: dict[str, Reader] = {
            "ours, the network alone": alone,
            "ours": HandwritingReader(weights),
            "ours, with the places": places_reader(alone),
            **{peer.source: peer for peer in peers},
        }
        here = [line.text for line in lines]
        for title, reader in readers.items():
            read = [reading.text for reading in reader.read([line.image for line in lines])]
            say(_row(f"part {part + 1}, {title}", read, here))
            texts.setdefault(title, []).extend(read)
        truths += here
        unwatched += [line.group not in watched for line in lines]
    for title, read in texts.items():
        say(_row(f"all, {title}", read, truths))
    for title, read in texts.items():
        kept, theirs = ([*compress(each, unwatched)] for each in (read, truths))
        say(_row(f"unwatched, {title}", kept, theirs))


def _shipped(data: Path, name: str, aside: frozenset[str], folder: Path) -> Path:
    """The weights folder of a part's network as it would be shipped: int8, exported once."""
    trained, weights = folder / checkpoint.AVERAGE, folder / "weights"
    if not (trained / "config.json").is_file():
        raise InputError("not trained yet", where=str(folder), hint="`hotich train --folds`")
    if not (weights / MANIFEST).is_file():
        weights.mkdir(parents=True, exist_ok=True)
        write_calibration(weights, Calibration())
        export(trained, weights, folder.name, calibration_crops(data, {name: aside}))
    return weights


def _row(title: str, texts: Sequence[str], truths: Sequence[str]) -> str:
    rates = error_rates(texts, truths, fold_case=True)
    return (
        f"{title:<34} n {rates.n:>5}  CER {rates.cer:.4f}  WER {rates.wer:.4f}"
        f"  blind {rates.blind_cer:.4f}  exact {rates.exact:.3f}"
    )
