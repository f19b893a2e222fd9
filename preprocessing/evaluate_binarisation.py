"""F-measure of `binarise` on pages with pixel truth, beside Otsu, Sauvola and Wolf.

    python -m preprocessing.evaluate_binarisation FOLDER [--every 5]

FOLDER holds ``NAME.jpg`` and ``NAME.truth.png`` (ink 0, paper 255). The peers get the page as
it was scanned and the parameters of their papers; nothing here is fitted to a page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from common.errors import InputError
from preprocessing.arrays import Image, uint8
from preprocessing.binarise import binarise
from preprocessing.clean import FOR_BINARY, clean_page
from preprocessing.scans import open_scans

Ink = NDArray[np.bool_]

KEPT = {"keep_geometry": True, "skew": None}  # truth lies on the scan


def otsu(page: Image) -> Ink:
    """Otsu 1979: one threshold for the page."""
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    _, ink = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    return np.asarray(ink > 0)


def sauvola(page: Image, window: int = 25, k: float = 0.2) -> Ink:
    """Sauvola & Pietikäinen 2000, R = 128."""
    grey, mean, deviation = _moments(page, window)
    return np.asarray(grey < mean * (1 + k * (deviation / 128 - 1)))


def wolf(page: Image, window: int = 51, k: float = 0.5) -> Ink:
    """Wolf, Jolion & Chassaing 2002."""
    grey, mean, deviation = _moments(page, window)
    spread = k * deviation / max(float(deviation.max()), 1e-6)
    darkest = float(grey.min())
    return np.asarray(grey < (1 - k) * mean + k * darkest + spread * (mean - darkest))


def ours(page: Image) -> Ink:
    """What ``hotich restore --binary --keep-geometry`` writes."""
    flat = clean_page(page, FOR_BINARY.model_copy(update=KEPT)).grey
    return np.asarray(binarise(flat) == 0)


METHODS: dict[str, Callable[[Image], Ink]] = {
    "otsu": otsu,
    "sauvola": sauvola,
    "wolf": wolf,
    "ours": ours,
}


def f_measure(found: Ink, truth: Ink) -> float:
    """Harmonic mean of pixel precision and recall of ink, in percent."""
    both = np.count_nonzero(found & truth)
    return 200.0 * both / max(1, np.count_nonzero(found) + np.count_nonzero(truth))


def measure(image: Path) -> dict[str, float]:
    """Every method's F on one page. Raises InputError when its truth is missing."""
    truth = uint8(open_scans(image.with_suffix(".truth.png"))[0].load()[:, :, 0]) < 128
    page = open_scans(image)[0].load()
    return {name: f_measure(method(page), truth) for name, method in METHODS.items()}


def main(
    folder: Annotated[Path, typer.Argument(help="Folder of NAME.jpg and NAME.truth.png.")],
    every: Annotated[int, typer.Option(min=1, help="Measure every n-th page only.")] = 1,
) -> None:
    """Print the mean F by set, with n, and our worst ten pages."""
    images = sorted(folder.glob("*.jpg"))[::every]
    if not images:
        raise InputError("no pages with truth", where=str(folder), hint="see --help")
    cv2.setNumThreads(1)
    pages = {image: measure(image) for image in images}
    sets: dict[str, list[dict[str, float]]] = defaultdict(list)
    for image, scores in pages.items():
        sets[_set_of(image)].append(scores)
    typer.echo(f"{'set':<14}{'n':>4}" + "".join(f"{name:>9}" for name in METHODS))
    for name, rows in [*sorted(sets.items()), ("all", list(pages.values()))]:
        means = (float(np.mean([row[method] for row in rows])) for method in METHODS)
        typer.echo(f"{name:<14}{len(rows):>4}" + "".join(f"{mean:>9.1f}" for mean in means))
    worst = sorted(pages, key=lambda image: pages[image]["ours"])[:10]
    typer.echo("worst: " + ", ".join(f"{page.stem} {pages[page]['ours']:.1f}" for page in worst))


def _set_of(image: Path) -> str:
    found = re.match(r"[A-Za-z]{2,}(\d{4})?|[a-z]", image.stem)
    return found.group() if found else image.stem


def _moments(page: Image, window: int) -> tuple[NDArray[np.float64], ...]:
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY).astype(np.float64)
    mean = cv2.blur(grey, (window, window), borderType=cv2.BORDER_REFLECT)
    square = cv2.blur(grey * grey, (window, window), borderType=cv2.BORDER_REFLECT)
    return grey, mean, np.sqrt(np.maximum(square - mean * mean, 0))


if __name__ == "__main__":
    typer.run(main)
