"""Shards: files of some two thousand line images with their texts, written once, read often.

A shard is an uncompressed ``.npz`` without pickled objects: the lines as JPEG bytes end to end
(``pixels``, cut at ``ends``), their ``texts`` (NFC) and their ``groups`` (a writer, a page, a
font: what a split must not divide). A shard appears under its name only when it is complete.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np
from numpy.typing import NDArray

from common.errors import InputError
from common.text import nfc
from models.reading import Image

MAX_HEIGHT = 64
_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 95]


@dataclass(frozen=True)
class Shard:
    """Line images (H, W) uint8 with their texts and groups, in the same order."""

    images: list[Image]
    texts: list[str]
    groups: list[str]

    def __len__(self) -> int:
        return len(self.images)


def write_shard(
    path: Path, images: Sequence[Image], texts: Sequence[str], groups: Sequence[str]
) -> None:
    """Write grey lines (H, W) uint8; those higher than 64 px are made smaller, keeping their shape.

    Raises:
        InputError: the three sequences differ in length, or a line is not grey.
    """
    if not len(images) == len(texts) == len(groups):
        raise InputError(
            f"{len(images)} images, {len(texts)} texts, {len(groups)} groups", where=str(path)
        )
    encoded = [_encode(image, path) for image in images]
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.savez(
            file,
            pixels=np.frombuffer(b"".join(encoded), np.uint8),
            ends=np.cumsum([len(data) for data in encoded], dtype=np.int64),
            texts=np.array([nfc(text) for text in texts], dtype=np.str_),
            groups=np.array(groups, dtype=np.str_),
        )
    partial.replace(path)


@dataclass(frozen=True)
class StoredLine:
    """A line of a shard as it lies there; its image is decoded each time it is asked for."""

    jpeg: NDArray[np.uint8]
    text: str
    group: str

    @property
    def image(self) -> Image:
        """Grey (H, W) uint8.

        Raises:
            InputError: the bytes are no JPEG.
        """
        image = cv2.imdecode(self.jpeg, cv2.IMREAD_GRAYSCALE)
        if image is None:
            raise InputError(
                "a line that is no JPEG", where=self.text, hint="write the shard again"
            )
        return np.asarray(image, np.uint8)


def read_stored(path: Path) -> list[StoredLine]:
    """The lines of a shard written by `write_shard`, not yet decoded.

    Raises:
        InputError: the file is missing, damaged, or no shard.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            pixels, ends = stored["pixels"], stored["ends"]
            texts, groups = stored["texts"].tolist(), stored["groups"].tolist()
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise InputError("not a readable shard", where=str(path), hint="write it again") from error
    parts = np.split(pixels, ends[:-1]) if len(ends) else []
    return [StoredLine(*row) for row in zip(parts, texts, groups, strict=True)]


def read_shard(path: Path) -> Shard:
    """A whole shard, decoded; raises what `read_stored` and `StoredLine.image` raise."""
    lines = read_stored(path)
    return Shard(
        [line.image for line in lines],
        [line.text for line in lines],
        [line.group for line in lines],
    )


def limit_height(image: Image, height: int = MAX_HEIGHT) -> Image:
    """The line made smaller, keeping its shape, when it is higher than ``height`` px."""
    rows, columns = image.shape[:2]
    if rows <= height:
        return image
    width = max(1, round(columns * height / rows))
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _encode(image: Image, path: Path) -> bytes:
    if image.ndim != 2 or image.dtype != np.uint8:
        raise InputError(
            f"a line of shape {image.shape}, {image.dtype}", where=str(path), hint="want grey uint8"
        )
    return bytes(cv2.imencode(".jpg", limit_height(image), _JPEG)[1])
