"""The ink map's whole recipe in one command; called again, it goes on where it stopped.

    python -m models.training.ink_map BINARISATION --out RUN

renders pages with their layers (RUN/rendered), trains on them alone (RUN/pretrained), goes on
from there with all real pages (RUN/product), and once for each fold of contest years without
these (RUN/without-…). `hotich evaluate binarisation --folds RUN` prints what the folds
find on the years they have not seen. BINARISATION holds ``NAME.jpg`` and ``NAME.truth.png``.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from models.evaluate_binarisation import WEIGHTS
from models.ink_folds import FOLDS, fold_name
from models.synth.layers import write_layers
from models.training.ink_map.data import Labelled, real_pages, rendered_pages
from models.training.ink_map.release import release
from models.training.ink_map.train import InkTrainer, InkTrainOptions


def main(
    data: Annotated[Path, typer.Argument(help="Real pages with pixel truth.")],
    out: Annotated[Path, typer.Option(help="Where every training keeps its state.")],
    books: Annotated[int, typer.Option(help="Rendered books of four pages.")] = 13,
    seed: Annotated[int, typer.Option(help="Of the rendered books.")] = 9400,
    rendered_minutes: Annotated[float, typer.Option(help="CPU time on rendered pages.")] = 1.5,
    fold_minutes: Annotated[float, typer.Option(help="CPU time of each fold.")] = 2.0,
    minutes: Annotated[float, typer.Option(help="CPU time of the product.")] = 2.0,
    fold: Annotated[
        list[int] | None, typer.Option(help="Only these folds, from 0; none with -1.")
    ] = None,
    product: Annotated[bool, typer.Option(help="Train on all years.")] = True,
) -> None:
    """Render, train on what was rendered, then with real pages: each fold, and all of them."""
    rendered = out / "rendered"
    if not any(rendered.glob("*.layers.png")):
        write_layers(rendered, books, 4, seed)
    drawn = rendered_pages(rendered)
    _say(f"{len(drawn)} rendered pages")
    first = InkTrainOptions(minutes=rendered_minutes)
    start = InkTrainer(drawn, out / "pretrained", first).run(_say)
    if product:
        _train(drawn, real_pages(data), out / "product", minutes, start)
    for index, left_out in enumerate(FOLDS):
        if fold is None or index in fold:
            pages = real_pages(data, left_out)
            _train(drawn, pages, out / fold_name(left_out), fold_minutes, start)


def _train(
    drawn: Sequence[Labelled], real: Sequence[Labelled], out: Path, minutes: float, start: Path
) -> None:
    _say(f"{out.name}: {len(real)} real pages")
    options = InkTrainOptions(minutes=minutes, peak_rate=2e-3)
    trained = InkTrainer([*drawn, *real], out, options, start).run(_say)
    release(trained, out / WEIGHTS, drawn, out.name)


def _say(line: str) -> None:
    typer.echo(f"{time.strftime('%H:%M:%S')} {line}")


if __name__ == "__main__":
    typer.run(main)
