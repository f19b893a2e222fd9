"""`hotich evaluate lexicon` and `hotich evaluate confidence`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from common.errors import MissingPartError, install_hint


def lexicon(
    lines: Annotated[int, typer.Option(min=1, help="Of each kind of field and decay.")] = 400,
    seed: Annotated[int, typer.Option(help="Of the rendered lines.")] = 505,
    weights: Annotated[Path | None, typer.Option(help="Not the package's own.")] = None,
) -> None:
    """Rendered names and places of unseen faces, read without and with their lexicon."""
    try:
        from models.evaluate_lexicon import evaluate_lexicon
    except ImportError as error:
        raise MissingPartError(
            f"rendering needs {error.name}", hint=install_hint("synth")
        ) from error
    evaluate_lexicon(weights, lines, seed, typer.echo)


def confidence(
    books: Annotated[
        list[Path], typer.Argument(help="Rendered books with `extracted` and truth.jsonl.")
    ],
) -> None:
    """Do confidences keep their word? The calibration error of values, each decay apart."""
    from hotich.evaluation.confidence import evaluate_confidence

    for row in evaluate_confidence(books):
        typer.echo(row)
