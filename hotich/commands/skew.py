"""`hotich skew`: the angle each page is turned by, quarter turns included where they are sure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

import typer

from common.errors import InputError, PageError
from preprocessing.scans import Scan, open_scans
from preprocessing.straighten import page_angle


def skew(
    images: Annotated[list[str], typer.Argument(help="Images, PDFs, or folders of images.")],
) -> None:
    """Degrees by which each page's content is turned counter-clockwise, as JSON lines.

    Over -180 up to 180: a page upside down has 180. Where nothing tells, it is 0.
    A page that cannot be used gets a line with its error; the exit code is then 1, or 3 when
    no page could be used.
    """
    measured = failed = 0
    for line in (line for name in images for line in _lines(name)):
        typer.echo(json.dumps(line, ensure_ascii=False))
        failed += "error" in line
        measured += "error" not in line
    if not measured:
        raise InputError("no page could be used", hint="see the errors above")
    if failed:
        raise typer.Exit(1)


def _lines(name: str) -> Iterator[dict[str, object]]:
    try:
        scans = open_scans(name)
    except InputError as error:
        yield {"image": name, "angle": None, "error": str(error)}
        return
    several = len({scan.path for scan in scans}) > 1
    for scan in scans:
        image = str(scan.path) if several else name
        page = {} if len(scans) == 1 or several else {"page": scan.index}
        yield {"image": image, **page, **_measured(scan)}


def _measured(scan: Scan) -> dict[str, object]:
    try:
        return {"angle": page_angle(scan.load())}
    except PageError as error:
        return {"angle": None, "error": str(error)}
