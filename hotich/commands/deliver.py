"""`hotich deliver`: the book's package for the national import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from common.errors import PackageError
from extract.deliver import DeliverOptions
from extract.deliver import deliver as write_package
from extract.reopen import Extracted


def deliver(
    folder: Annotated[Path, typer.Argument(help="What `hotich extract` wrote.")],
    to: Annotated[Path, typer.Option(help="Folder to write the package into.")],
    template: Annotated[Path | None, typer.Option(help="The customer's blank xlsx.")] = None,
    book_number: Annotated[str, typer.Option(help="Quyển số, where the form has none.")] = "",
    commune: Annotated[str, typer.Option(help="Prefix of the files: xalocthuan_hbd_tbt.")] = "",
    number_width: Annotated[int, typer.Option(min=2, max=4, help="Figures of a number.")] = 3,
    store: Annotated[str, typer.Option(help="Address of the store; else DIR's own.")] = "",
) -> None:
    """The book's package: xlsx, zip of one PDF a case, manifest; 1 when a case stops it."""
    options = DeliverOptions.of(
        template=template, book_number=book_number, commune=commune, number_width=number_width
    )
    with Extracted.open(folder, store) as book:
        try:
            package = write_package(book, to, options)
        except PackageError as error:
            typer.echo(f"hotich: {error}", err=True)
            raise typer.Exit(1) from error
    typer.echo(f"{package.cases} cases, {package.corrected} cells set by a person")
    if package.unreviewed:
        doubt = f"{package.unreviewed} fields are still for a person to look at"
        typer.echo(f"hotich: {doubt}: hotich review push, pull; then deliver again", err=True)
    for path in (package.xlsx, package.zip, package.manifest):
        typer.echo(str(path))
