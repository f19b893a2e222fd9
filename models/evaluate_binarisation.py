"""F-measure of ink told from paper on real pages with pixel truth, beside Otsu, Sauvola and Wolf.

    hotich evaluate binarisation FOLDER [--folds RUN] [--pictures DIR]

FOLDER holds ``NAME.jpg`` and ``NAME.truth.png`` (ink 0, paper 255). The peers get the page as
it was scanned and the parameters of their papers. With ``--folds``, a folder that
`models.training.ink_map` has written, each page is mapped by a network that has seen no page of
its contest year; without, by the package's own, which has seen them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from common.errors import InputError
from models.ink_folds import fold_name, fold_of, set_of
from models.ink_map import INK_MAP, InkMap
from preprocessing.arrays import Image, uint8
from preprocessing.binarise import binarise
from preprocessing.clean import FOR_BINARY, clean_page
from preprocessing.light import evenly_lit
from preprocessing.scans import open_scans

Ink = NDArray[np.bool_]

KEPT = {"keep_geometry": True, "skew": None}  # truth lies on the scan
WEIGHTS = "weights"
"""Of a fold: its network as the run time wants it, inside the fold's folder."""


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


def classical(page: Image) -> Ink:
    """`preprocessing.binarise` on the cleaned page: no learned map."""
    flat = clean_page(page, FOR_BINARY.model_copy(update=KEPT)).grey
    return np.asarray(binarise(flat) == 0)


def mapped(page: Image, weights: Path = INK_MAP) -> Ink:
    """The learned map: what ``hotich restore --binary --keep-geometry`` writes."""
    return np.asarray(_map_of(weights)(evenly_lit(page)).binary() == 0)


@cache
def _map_of(weights: Path) -> InkMap:
    return InkMap(weights)


METHODS: dict[str, Callable[[Image], Ink]] = {
    "otsu": otsu,
    "sauvola": sauvola,
    "wolf": wolf,
    "classical": classical,
}
OURS = "map"


def f_measure(found: Ink, truth: Ink) -> float:
    """Harmonic mean of pixel precision and recall of ink, in percent."""
    both = np.count_nonzero(found & truth)
    return 200.0 * both / max(1, np.count_nonzero(found) + np.count_nonzero(truth))


def unseen_weights(page: str, folds: Path | None) -> Path:
    """Weights that never saw the page's year. Raises InputError when there are none."""
    if folds is None:
        return INK_MAP
    fold = fold_of(set_of(page))
    if fold is None:
        raise InputError("no fold leaves this page's year out", where=page)
    return folds / fold_name(fold) / WEIGHTS


def measure(image: Path, folds: Path | None, pictures: Path | None = None) -> dict[str, float]:
    """Every method's F on one page. Raises InputError when its truth is missing.

    ``pictures``: a folder to leave the page beside our ink in (missed red, invented blue).
    """
    truth = uint8(open_scans(image.with_suffix(".truth.png"))[0].load()[:, :, 0]) < 128
    page = open_scans(image)[0].load()
    scores = {name: f_measure(method(page), truth) for name, method in METHODS.items()}
    found = mapped(page, unseen_weights(image.stem, folds))
    scores[OURS] = f_measure(found, truth)
    if pictures is not None:
        _draw(page, found, truth, pictures / f"{scores[OURS]:05.1f}-{image.stem}.png")
    return scores


def main(
    folder: Annotated[Path, typer.Argument(help="Folder of NAME.jpg and NAME.truth.png.")],
    folds: Annotated[
        Path | None, typer.Option(help="A training's folder: measure on years not seen.")
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Measure every n-th page only.")] = 1,
    pictures: Annotated[
        Path | None, typer.Option(help="Leave pictures of the worst ten pages here.")
    ] = None,
) -> None:
    """Print the mean F by set, with n, and our worst ten pages."""
    images = sorted(folder.glob("*.jpg"))[::every]
    if not images:
        raise InputError("no pages with truth", where=str(folder), hint="see --help")
    cv2.setNumThreads(1)
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    names = [*METHODS, OURS]
    pages = {image: measure(image, folds, pictures) for image in images}
    sets: dict[str, list[dict[str, float]]] = defaultdict(list)
    for image, scores in pages.items():
        sets[set_of(image.stem)].append(scores)
    typer.echo("map: " + (f"{folds}, years not seen" if folds else "the package's, years seen"))
    typer.echo(f"{'set':<14}{'n':>4}" + "".join(f"{name:>11}" for name in names))
    for name, rows in [*sorted(sets.items()), ("all", list(pages.values()))]:
        means = (float(np.mean([row[method] for row in rows])) for method in names)
        typer.echo(f"{name:<14}{len(rows):>4}" + "".join(f"{mean:>11.1f}" for mean in means))
    worst = sorted(pages, key=lambda image: pages[image][OURS])
    shown = ", ".join(f"{page.stem} {pages[page][OURS]:.1f}" for page in worst[:10])
    typer.echo(f"worst: {shown}")
    if pictures is not None:
        for picture in sorted(pictures.glob("*.png"))[10:]:
            picture.unlink()


def _draw(page: Image, found: Ink, truth: Ink, path: Path) -> None:
    """The page, and under it our ink: right black, missed red, invented blue."""
    marked = np.full_like(page, 255)
    marked[found & truth] = 0
    marked[truth & ~found] = (220, 30, 30)
    marked[found & ~truth] = (40, 70, 230)
    both = np.concatenate([page, marked], axis=0 if page.shape[1] > page.shape[0] else 1)
    scale = min(1.0, 1400 / max(both.shape))
    small = cv2.resize(both, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(path), cv2.cvtColor(small, cv2.COLOR_RGB2BGR))


def _moments(page: Image, window: int) -> tuple[NDArray[np.float64], ...]:
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY).astype(np.float64)
    mean = cv2.blur(grey, (window, window), borderType=cv2.BORDER_REFLECT)
    square = cv2.blur(grey * grey, (window, window), borderType=cv2.BORDER_REFLECT)
    return grey, mean, np.sqrt(np.maximum(square - mean * mean, 0))
