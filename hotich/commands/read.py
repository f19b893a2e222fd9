"""`hotich read`: cropped line images in, their text out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from common.errors import InputError, PageError
from models.plugins import TESSERACT, open_reader
from models.reading import Image
from preprocessing import pictures
from preprocessing.scans import Limits, natural_key

_AT_ONCE = 64
"""Images held in memory at a time."""


class Kind(StrEnum):
    """What the lines are written with."""

    handwriting = "handwriting"
    print = "print"


def read(
    images: Annotated[list[Path], typer.Argument(help="Line images, or folders of them.")],
    kind: Annotated[Kind, typer.Option(help="What the lines are written with.")] = Kind.handwriting,
    reader: Annotated[
        str,
        typer.Option(
            "--reader",
            "--weights",
            help="Instead of the package's own: a weights folder, a TrOCR folder, asterocr.",
        ),
    ] = "",
) -> None:
    """Cropped line images → JSON lines {"image","text","confidence","chars"} on stdout.

    An image that cannot be used gets a line on stderr; the exit code is then 1, or 3 when none
    could be used.
    """
    files = _files(images)
    engine = open_reader(reader or (TESSERACT if kind is Kind.print else ""))
    done = 0
    for start in range(0, len(files), _AT_ONCE):
        lines = list(_load(files[start : start + _AT_ONCE]))
        done += len(lines)
        read_lines = engine.read([image for _, image in lines])
        for (path, _), reading in zip(lines, read_lines, strict=True):
            row = {
                "image": str(path),
                "text": reading.text,
                "confidence": round(reading.confidence, 4),
                "chars": [[character, round(p, 4)] for character, p in reading.chars],
            }
            typer.echo(json.dumps(row, ensure_ascii=False))

    if not done:
        raise InputError("no image could be used", hint="see the errors above")
    if done < len(files):
        raise typer.Exit(1)


def _files(images: list[Path]) -> list[Path]:
    files: list[Path] = []
    for path in images:
        found = [path]
        if path.is_dir():
            found = [file for file in path.iterdir() if file.suffix.lower() in pictures.SUFFIXES]
            found.sort(key=lambda file: natural_key(file.name))
        if not found:
            raise InputError(
                "the folder holds no images", where=str(path), hint="name a folder of line images"
            )
        files += found
    return files


def _load(files: list[Path]) -> Iterator[tuple[Path, Image]]:
    """The images that can be used; each other is told of."""
    for path in files:
        try:
            yield path, pictures.load(path, 0, str(path), Limits().pixels)
        except PageError as error:
            typer.echo(f"hotich: {error}", err=True)
