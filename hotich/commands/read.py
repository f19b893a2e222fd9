"""`hotich read`: cropped line images in, their text out."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from common.errors import InputError
from models.plugins import TESSERACT, open_reader
from models.reading import Image

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
    """Cropped line images → JSON lines {"image","text","confidence","chars"} on stdout."""
    files = _files(images)
    engine = open_reader(reader or (TESSERACT if kind is Kind.print else ""))
    for start in range(0, len(files), _AT_ONCE):
        part = files[start : start + _AT_ONCE]
        for path, reading in zip(part, engine.read([_load(path) for path in part]), strict=True):
            row = {
                "image": str(path),
                "text": reading.text,
                "confidence": round(reading.confidence, 4),
                "chars": [[character, round(p, 4)] for character, p in reading.chars],
            }
            typer.echo(json.dumps(row, ensure_ascii=False))


def _files(images: list[Path]) -> list[Path]:
    suffixes = {".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp"}
    files: list[Path] = []
    for path in images:
        if path.is_dir():
            files += sorted(file for file in path.iterdir() if file.suffix.lower() in suffixes)
        else:
            files.append(path)
    return files


def _load(path: Path) -> Image:
    """An image file as (H, W, 3) RGB uint8."""
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise InputError("cannot be opened", where=str(path), hint="check the path") from error
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if image is None:
        raise InputError("not an image", where=str(path), hint="give cropped lines as PNG or JPEG")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
