"""Learns what `preprocessing.orientation` weighs patterns with, from upright pages.

    python -m preprocessing.train_orientation FOLDER… [--out preprocessing/orientation.csv]

Ridge regression (Hoerl & Kennard 1970) of +1 on each page's antisymmetric pattern shares: a page
turned by 180 degrees is then −1 by construction. Each page counts as one, whatever its parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from preprocessing.orientation import SCALES, WEIGHTS, part_features, straightened, text_marks
from preprocessing.scans import open_scans
from preprocessing.skew import skew_angle

Values = NDArray[np.float64]

RIDGE = 10.0  # times the mean square of a feature


def features(folder: Path) -> list[Values]:
    """The features of each page of a folder that shows any: (parts, features)."""
    pages = []
    for scan in open_scans(folder):
        image = scan.load()
        found = part_features(straightened(text_marks(image), skew_angle(image)))
        if len(found):
            pages.append(found)
    return pages


def learn(pages: Iterable[Values], ridge: float = RIDGE) -> Values:
    """The weights that make upright pages +1."""
    known = list(pages)
    rows = np.concatenate(known)
    share = np.concatenate([np.full(len(page), 1 / len(page)) for page in known]) / len(known)
    square = (rows * share[:, None]).T @ rows
    level = ridge * np.trace(square) / len(square)
    solved = np.linalg.solve(square + level * np.eye(len(square)), rows.T @ share)
    return np.asarray(solved, dtype=np.float64)


def write_weights(weights: Values, out: Path) -> None:
    """``scale,pattern,weight``, one line a pattern that says something."""
    rows = weights.reshape(len(SCALES), -1)
    lines = [
        f"{scale},{pattern},{rows[scale, pattern]:.5g}"
        for scale, pattern in zip(*np.nonzero(np.abs(rows) > 1e-9), strict=True)
    ]
    out.write_text("scale,pattern,weight\n" + "\n".join(lines) + "\n", encoding="utf-8")


def main(
    folders: Annotated[list[Path], typer.Argument(help="Folders of upright pages.")],
    out: Annotated[Path, typer.Option()] = Path("preprocessing") / WEIGHTS,
) -> None:
    """Learn from all folders and write the weights; say how many pages there were."""
    pages = [page for folder in folders for page in features(folder)]
    write_weights(learn(pages), out)
    typer.echo(f"{len(pages)} pages → {out}")


if __name__ == "__main__":
    typer.run(main)
