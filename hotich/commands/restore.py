"""`hotich restore`: one page cleaned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from common.errors import UsageError
from models.ink_map import INK, InkMap
from models.restore import restored_page
from preprocessing.arrays import Image
from preprocessing.binarise import binarise
from preprocessing.clean import DEFAULT, FOR_BINARY, CleanPage, clean_page
from preprocessing.pictures import save
from preprocessing.scans import open_scans
from preprocessing.spread import View, split_spread
from preprocessing.transform import Transform


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
    split: Annotated[
        bool, typer.Option("--split", help="An open book: its pages as OUT-1 and OUT-2.")
    ] = False,
    ink_map: Annotated[
        bool | None,
        typer.Option(help="Keep what the learned map calls ink; as --binary and --only do."),
    ] = None,
) -> None:
    """Clean one page: straight, evenly lit, its frame and noise gone, its pale ink back.

    The learned map takes stains and the other side away, and some thin pale letters with them:
    grey pages are read better without it (docs/restoring.md), black and white ones with it.
    """
    kinds = tuple(only or INK)
    if not set(kinds) <= set(INK) or (only and ink_map is False):
        raise UsageError(
            f"--only {' '.join(kinds)}", hint=f"{', '.join(INK)}; and not with --no-ink-map"
        )
    scans = open_scans(source)
    if len(scans) != 1:
        raise UsageError(f"{source} has {len(scans)} pages", hint="restore takes one page")
    image = scans[0].load()
    by_map = bool(binary or only) if ink_map is None else ink_map
    options = (FOR_BINARY if binary or by_map else DEFAULT).model_copy(
        update={"keep_geometry": keep_geometry}
    )
    mapped = InkMap() if by_map else None
    views = split_spread(image) if split else [View(image, Transform.identity())]
    for number, view in enumerate(views, start=1):
        page = clean_page(view.image, options)
        path = out if len(views) == 1 else out.with_stem(f"{out.stem}-{number}")
        save(path, _drawn(page, binary) if mapped is None else _inked(page, mapped, kinds, binary))
        if len(views) > 1:
            left = round(view.transform.back([(0, 0)])[0, 0])
            place = {"page": str(path), "left": left, "width": view.image.shape[1]}
            typer.echo(json.dumps(place, ensure_ascii=False))


def _drawn(page: CleanPage, binary: bool) -> Image:
    """The page, its ink told from paper by thresholds."""
    return binarise(page.grey) if binary else page.restored()


def _inked(page: CleanPage, ink_map: InkMap, kinds: tuple[str, ...], binary: bool) -> Image:
    """The ink of ``kinds`` alone, told from paper by the learned map."""
    layers = ink_map(page.colour)
    if binary:
        return layers.binary(kinds)
    return restored_page(page, layers, kinds)
