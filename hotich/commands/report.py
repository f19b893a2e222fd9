"""`hotich report`: one HTML page a book, or one of many books together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from common.errors import UsageError
from extract.folder import BookFolder
from extract.log.logged import note_viewed
from extract.report import area_of, write_area, write_report


def report(
    folders: Annotated[
        list[Path],
        typer.Argument(help="Folders that `hotich extract` wrote; with --together any above them."),
    ],
    together: Annotated[
        Path | None,
        typer.Option(
            help="Write one page of all books and samples at or below FOLDERS here, and beside it "
            "the same as .xlsx; the folders above the books are their communes and districts."
        ),
    ] = None,
    store: Annotated[str, typer.Option(help="Address of the store; else DIR's own.")] = "",
) -> None:
    """Write each book's report.html anew, with what people have corrected since."""
    if together is None:
        for folder in folders:
            typer.echo(str(write_report(folder, store)))
            note_viewed(BookFolder(folder), "report")
        return
    if together.suffix.lower() not in (".html", ".htm"):
        raise UsageError(
            "the page of all books is HTML", where=str(together), hint="--together tinh.html"
        )
    area = area_of(folders, store)
    workbook = write_area(area, together)
    typer.echo(f"{len(area.books)} books: {together}, {workbook}")
    for folder, cause in area.troubles:
        typer.echo(f"hotich: {folder}: {cause}", err=True)
    if area.troubles:
        raise typer.Exit(1)
