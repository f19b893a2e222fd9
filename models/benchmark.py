"""Readers side by side: the same lines, one run, one thread each, every rate case folded."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from common.errors import InputError
from models.reading import Image, Reader
from models.training.data import Line, read_labels
from models.training.metrics import ErrorRates, error_rates


@dataclass(frozen=True)
class Standing:
    """One reader's figures. ``seconds``: processor time a line, starting up left out."""

    source: str
    rates: ErrorRates
    seconds: float

    def row(self) -> str:
        """The figures as one row of the table."""
        rates = self.rates
        return (
            f"{self.source:<34} {rates.n:>5} {rates.cer:>7.4f} {rates.wer:>7.4f}"
            f" {rates.blind_cer:>7.4f} {rates.exact:>6.3f} {1000 * self.seconds:>8.1f}"
            f" {1 / max(self.seconds, 1e-6):>8.1f}"
        )


HEAD = (
    f"{'reader':<34} {'n':>5} {'CER':>7} {'WER':>7} {'blind':>7} {'exact':>6}"
    f" {'ms/line':>8} {'lines/s':>8}"
)


def held_back_colour(folder: Path, limit: int | None = None) -> list[Line]:
    """The held-back lines of a real set as they lie there: (H, W, 3) RGB, full size.

    Raises:
        InputError: no such set, or a file that is no image.
    """
    rows = read_labels(folder, held_back=True)
    if limit is not None and limit < len(rows):
        rows = [rows[i] for i in np.linspace(0, len(rows) - 1, limit).astype(int)]
    return colour_lines(rows)


def colour_lines(rows: Sequence[tuple[Path, str, str]]) -> list[Line]:
    """Rows of `read_labels` as lines of (H, W, 3) RGB, full size.

    Raises:
        InputError: a file that is no image.
    """
    return [Line(_colour(path), text, group) for path, text, group in rows]


def compare(
    readers: Sequence[Reader], lines: Sequence[Line], say: Callable[[str], None] = print
) -> list[Standing]:
    """Print a row for each reader, as soon as it is done; return the rows."""
    say(HEAD)
    standings = []
    for reader in readers:
        standings.append(stand(reader, lines))
        say(standings[-1].row())
    return standings


def stand(reader: Reader, lines: Sequence[Line]) -> Standing:
    """Read the lines and time them: what all take beyond the first, read alone a second time."""
    images = [line.image for line in lines]
    reader.read(images[:1])
    at = [processor_seconds()]
    reader.read(images[:1])
    at.append(processor_seconds())
    texts = [reading.text for reading in reader.read(images)]
    at.append(processor_seconds())
    seconds = max(0.0, (at[2] - at[1]) - (at[1] - at[0])) / max(1, len(lines) - 1)
    rates = error_rates(texts, [line.text for line in lines], fold_case=True)
    return Standing(reader.source, rates, seconds)


def processor_seconds() -> float:
    """User and system time of this process and of the children it has waited for."""
    return sum(os.times()[:4])


def _colour(path: Path) -> Image:
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR) if path.is_file() else None
    if image is None:
        raise InputError("not an image", where=str(path))
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
