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
    from hotich.evaluation.delivery import evaluate_delivery

    for one in evaluate_delivery(books, pages):
        typer.echo(
            f"{one.book} (rendered): n={one.lines} lines, CER from the scan {one.master:.1%}, from "
            f"the delivery PDF {one.delivery:.1%}; {one.bytes / 1000:.0f} kB a page"
        )
