"""`hotich restore`: one page cleaned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from common.errors import UsageError
from models.ink_map import INK, InkMap
from models.restore import restore_ink
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
    only: Annotated[
        list[str] | None, typer.Option(help=f"Only this ink, repeatable: {', '.join(INK)}.")
    ] = None,
    ink_map: Annotated[
        bool, typer.Option(help="Tell ink from paper by the learned map, or by thresholds.")
    ] = True,
) -> None:
    """Clean one page: straight, evenly lit, its frame and noise gone, its pale ink back."""
    kinds = tuple(only or INK)
    if not set(kinds) <= set(INK) or (only and not ink_map):
        raise UsageError(
            f"--only {' '.join(kinds)}", hint=f"{', '.join(INK)}; and not with --no-ink-map"
        )
    scans = open_scans(source)
    if len(scans) != 1:
        raise UsageError(f"{source} has {len(scans)} pages", hint="restore takes one page")
    options = FOR_BINARY if binary or ink_map else DEFAULT
    page = clean_page(scans[0].load(), options.model_copy(update={"keep_geometry": keep_geometry}))
    if not ink_map:
        save(out, binarise(page.grey) if binary else page.restored())
        return
    layers = InkMap()(page.colour)
    if binary:
        save(out, layers.binary(kinds))
    else:
        save(out, replace(page, grey=restore_ink(page.grey, layers, kinds)).restored())
