"""`hotich deliver`: the book's package for the national import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from common.errors import PackageError
from extract.deliver import DeliverOptions
from extract.deliver import deliver as write_package
from extract.deliver.names import NATIONAL
from extract.reopen import Extracted


def deliver(
    folder: Annotated[Path, typer.Argument(help="What `hotich extract` wrote.")],
    to: Annotated[Path, typer.Option(help="Folder to write the package into.")],
    template: Annotated[Path | None, typer.Option(help="The customer's blank xlsx.")] = None,
    sheet: Annotated[str, typer.Option(help="A known version of the sheet: hotich158_v2.")] = "",
    names: Annotated[str, typer.Option(help="Rule set of the names, or a .yaml.")] = NATIONAL,
    book_number: Annotated[str, typer.Option(help="Quyển số, where the form has none.")] = "",
    commune: Annotated[str, typer.Option(help="Prefix of the files: xalocthuan_hbd_tbt.")] = "",
    archive: Annotated[bool, typer.Option(help="PDF/A, ALTO and PAGE of the book.")] = True,
    scans: Annotated[
        list[Path] | None,
        typer.Option(help="The scans: an archive at full size; needed after `hotich purge`."),
    ] = None,
    store: Annotated[str, typer.Option(help="Address of the store; else DIR's own.")] = "",
) -> None:
    """The book's package: xlsx, zip of one PDF a case, manifest, keying sheets where no import
    file exists, archive; 1 when a case stops it."""
    options = DeliverOptions.of(
        template=template,
        sheet=sheet,
        names=names,
        book_number=book_number,
        commune=commune,
        archive=archive,
        scans=tuple(scans or ()),
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
    for line in package.promise:
        typer.echo(line)
    for path in (package.xlsx, package.zip, *package.more, package.manifest):
        if path.suffix not in (".jpg", ".xml"):
            typer.echo(str(path))
