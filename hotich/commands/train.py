"""`hotich train`: a handwriting reader from scratch, and weights that may be shipped."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from common.errors import MissingPartError, install_hint


def train(
    data: Annotated[Path, typer.Argument(help="A folder of sets: labelled lines, or shards.")],
    out: Annotated[Path, typer.Option(help="Where the training keeps its state.")],
    config: Annotated[
        Path | None, typer.Option(help="A yaml file of options; see docs/training.md.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from OUT's state.")] = False,
    release: Annotated[
        Path | None,
        typer.Option(help="Train no more: write OUT's network as a weights folder here."),
    ] = None,
    rendered: Annotated[
        list[Path] | None,
        typer.Option(help="With --release: shards never trained on, to report figures of."),
    ] = None,
    name: Annotated[str, typer.Option(help="With --release: the weights' name.")] = "lines",
    folds: Annotated[
        int | None,
        typer.Option(min=2, help="So many trainings, each without a part of the watched writers."),
    ] = None,
) -> None:
    """A recogniser from scratch: needs torch, see `hotich doctor`."""
    try:
        from models.training.checkpoint import AVERAGE
        from models.training.folds import train_folds
        from models.training.release import Release
        from models.training.release import release as write_weights
        from models.training.train import TrainOptions
        from models.training.train import train as run
    except ImportError as error:
        raise MissingPartError(
            f"{error.name} is not installed", hint=install_hint("train")
        ) from error
    if release is not None:
        plan = Release(out / AVERAGE, data, tuple(rendered or ()), name)
        write_weights(plan, release, typer.echo)
        return
    options = TrainOptions.read(config)
    if folds is not None:
        train_folds(data, out, options, folds, _say)
        return
    progress = run(data, out, options, resume=resume, say=_say)
    _say(f"done: {progress.step} steps, {progress.lines} lines, {progress.seconds / 3600:.2f} h")


def _say(line: str) -> None:
    typer.echo(f"{time.strftime('%H:%M:%S')} {line}")
