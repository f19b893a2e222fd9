"""`hotich restore`: one page cleaned."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from common.errors import UsageError
from preprocessing.binarise import binarise
from preprocessing.clean import DEFAULT, FOR_BINARY, clean_page
from preprocessing.pictures import save
from preprocessing.scans import open_scans


def restore(
    source: Annotated[Path, typer.Argument(metavar="IN", help="One scanned page.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="PNG, JPEG, TIFF or WebP to write.")],
    binary: Annotated[bool, typer.Option("--binary", help="Black ink on white.")] = False,
    keep_geometry: Annotated[
        bool, typer.Option("--keep-geometry", help="Leave size and position untouched.")
    ] = False,
) -> None:
    """Clean one page: straight, evenly lit, its frame and noise gone, its pale ink back."""
    scans = open_scans(source)
    if len(scans) != 1:
        raise UsageError(f"{source} has {len(scans)} pages", hint="restore takes one page")
    options = FOR_BINARY if binary else DEFAULT
    options = options.model_copy(update={"keep_geometry": keep_geometry})
    page = clean_page(scans[0].load(), options)
    save(out, binarise(page.grey) if binary else page.restored())
