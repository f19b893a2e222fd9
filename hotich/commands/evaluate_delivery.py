"""`hotich evaluate delivery`: what the small PDFs cost a reader."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def delivery(
    books: Annotated[list[Path], typer.Argument(help="Folders of rendered books.")],
    pages: Annotated[int, typer.Option(min=1, help="The first of each.")] = 2,
) -> None:
    """Characters read wrong from the delivery PDFs, beside those from the scans."""
    from hotich.evaluation.delivery import evaluate_delivery, together

    done = []
    for one in evaluate_delivery(books, pages):
        typer.echo(one.row)
        done.append(one)
    typer.echo(together(done).row)
