"""Crops with what their pixels are: rendered pages with every layer, real pages with their ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from common.errors import InputError
from models.ink_folds import set_of
from preprocessing.binarise import ink_around
from preprocessing.light import evenly_lit

PAPER, INK = 0, 255
"""Labels of real pages; rendered ones have the indices of `models.synth.layers.LAYERS`."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Labelled:
    """A page and its labels (H, W); those of a ``real`` page tell ink from paper only.

    ``page`` (H, W, 4) is evenly lit RGB, and how dark the ink around each pixel is: found on the
    whole page as at run time, because a crop may show no ink at all.
    """

    name: str
    page: Pixels
    labels: Pixels
    real: bool


def labelled(name: str, lit: Pixels, labels: Pixels, real: bool) -> Labelled:
    """From an evenly lit page (H, W, 3) and its labels."""
    grey = np.asarray(cv2.cvtColor(lit, cv2.COLOR_RGB2GRAY), np.uint8)
    return Labelled(name, np.dstack([lit, ink_around(grey)]), labels, real)


def rendered_pages(folder: Path) -> list[Labelled]:
    """What `models.synth.layers` wrote. Raises InputError when the folder has none."""
    files = sorted(folder.glob("*.layers.png"))
    if not files:
        raise InputError("no rendered layers", where=str(folder), hint="see models.synth.layers")
    return [
        labelled(
            file.name.removesuffix(".layers.png"),
            _lit(file.with_name(file.name.replace(".layers.png", ".jpg"))),
            _grey(file),
            real=False,
        )
        for file in files
    ]


def real_pages(folder: Path, without: Sequence[str] = ()) -> list[Labelled]:
    """Pages with pixel truth, but those whose set is in ``without``. May be an empty list."""
    pages = []
    for file in sorted(folder.glob("*.truth.png")):
        name = file.name.removesuffix(".truth.png")
        if set_of(name) in without:
            continue
        labels = np.where(_grey(file) < 128, INK, PAPER).astype(np.uint8)
        pages.append(labelled(name, _lit(folder / f"{name}.jpg"), labels, real=True))
    return pages


def crop(page: Labelled, side: int, scale: float, rng: Generator) -> tuple[Pixels, Pixels]:
    """A crop (S, S, 4) of ``side`` pixels after enlarging by ``scale``; most show something.

    What lies beyond the page is the page mirrored.
    """
    height, width = page.labels.shape
    reach = max(16, round(side / scale))
    for _ in range(1 if rng.random() < 0.2 else 6):
        top = int(rng.integers(min(0, height - reach), max(1, height - reach + 1)))
        left = int(rng.integers(min(0, width - reach), max(1, width - reach + 1)))
        rows, columns = slice(max(0, top), top + reach), slice(max(0, left), left + reach)
        if np.count_nonzero(page.labels[rows, columns]) > 0.01 * reach * reach:
            break
    image, labels = page.page[rows, columns], page.labels[rows, columns]
    missing = reach - labels.shape[0], reach - labels.shape[1]
    if max(missing) > 0:
        edges = (missing[0] // 2, -(-missing[0] // 2), missing[1] // 2, -(-missing[1] // 2))
        image = cv2.copyMakeBorder(image, *edges, cv2.BORDER_REFLECT)
        labels = cv2.copyMakeBorder(labels, *edges, cv2.BORDER_REFLECT)
    if reach == side:
        return np.ascontiguousarray(image), np.ascontiguousarray(labels)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    image = cv2.resize(image, (side, side), interpolation=how)
    if page.real:
        soft = cv2.resize(labels, (side, side), interpolation=cv2.INTER_LINEAR)
        return image, np.where(soft > 127, INK, PAPER).astype(np.uint8)
    nearest = cv2.INTER_NEAREST_EXACT  # INTER_NEAREST would lie up to half a pixel off the image
    return image, np.asarray(cv2.resize(labels, (side, side), interpolation=nearest))


def _lit(path: Path) -> Pixels:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError("not an image", where=str(path))
    return evenly_lit(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8))


def _grey(path: Path) -> Pixels:
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise InputError("not an image", where=str(path))
    return np.asarray(image, np.uint8)
