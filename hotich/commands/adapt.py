"""`hotich adapt`: a reader for one clerk's hand, from corrected lines, if it is better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from common.errors import MissingPartError, install_hint
from extract.folder import BookFolder
from models.weights import HANDWRITING

if TYPE_CHECKING:
    from models.training.corrected import Corrected


def adapt(
    lines: Annotated[
        Path, typer.Argument(help="Corrected lines with labels.tsv, or a folder of `extract`.")
    ],
    out: Annotated[Path, typer.Option(help="Weights folder to write, if it reads better.")],
    name: Annotated[
        str, typer.Option(help="The book or the clerk; by default the book's or LINES' name.")
    ] = "",
    writer: Annotated[str, typer.Option(help="Only this writer or page of labels.tsv.")] = "",
    replay: Annotated[
        Path | None, typer.Option(help="A set or shards the base was trained on, to mix in.")
    ] = None,
    base: Annotated[Path, typer.Option(help="Weights folder to start from.")] = HANDWRITING,
    store: Annotated[str, typer.Option(help="Address of the store; else the folder's own.")] = "",
    config: Annotated[
        Path | None, typer.Option(help="A yaml file of options; see docs/training.md.")
    ] = None,
) -> None:
    """Teach the reader one hand, check it on held-back lines, keep it only if it is better.

    Exit code 1, and nothing written, when it is not. Needs torch, see `hotich doctor`.
    """
    try:
        from models.training.adapt import adapt as run
        from models.training.corrected import replayed_lines
        from models.training.one_hand import AdaptOptions
    except ImportError as error:
        raise MissingPartError(
            f"{error.name} is not installed", hint=install_hint("train")
        ) from error
    options = AdaptOptions.read(config)
    known = replayed_lines(replay) if replay else []
    corrected, title = _corrected(lines, writer, store)
    check = run(base, corrected, out, name or title, options, known, _say)
    if not check.better:
        _say(f"hotich: {lines}: not better than {base.name} on this hand; nothing written")
        raise typer.Exit(1)


def _corrected(folder: Path, writer: str, store: str) -> tuple[list[Corrected], str]:
    """The corrected lines that a folder holds, and what their book or writer is called."""
    from models.training.corrected import read_corrected

    if not BookFolder(folder).records.is_file():
        return read_corrected(folder, writer), writer or folder.resolve().name
    from annotation.examples import corrected_lines
    from extract.reopen import Extracted

    with Extracted.open(folder, store) as book:
        return corrected_lines(book), book.name


def _say(line: str) -> None:
    typer.echo(line, err=True)
