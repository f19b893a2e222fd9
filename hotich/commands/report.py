"""`hotich report`: one HTML page a book."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extract.folder import BookFolder
from extract.log.logged import note_viewed
from extract.report import write_report


def report(
    folders: Annotated[list[Path], typer.Argument(help="Folders that `hotich extract` wrote.")],
    store: Annotated[str, typer.Option(help="Address of the store; else DIR's own.")] = "",
) -> None:
    """Write each book's report.html anew, with what people have corrected since."""
    for folder in folders:
        typer.echo(str(write_report(folder, store)))
        note_viewed(BookFolder(folder), "report")
