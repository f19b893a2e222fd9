"""Sources of training lines, and the rule that holds some of them back.

A source is a folder: either ``labels.tsv`` beside line images (a real set: columns ``image``,
``text`` and the group, ``writer`` or ``page``), or shards (``*.npz``) that may still be arriving.
"""

from __future__ import annotations

import csv
import html
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from common.errors import InputError
from common.text import squeeze
from models.charset import default_charset
from models.reading import Image
from models.training.shards import StoredLine, limit_height, read_stored

UNREAD = "XXX"
"""What a transcriber of the French sets writes for a word that cannot be read."""
HELD_BACK_EVERY = {"writer": 8, "page": 20}
"""Of the sorted groups of a real set, every 8th writer and every 20th page is never trained on."""
_SPELLINGS = str.maketrans({"’": "'", "ſ": "s", "ʳ": "r", "œ": "œ"})


@dataclass(frozen=True)
class Line:
    """One labelled line: grey image (H, W) uint8, its text, and the group splits must respect."""

    image: Image
    text: str
    group: str


def clean_label(text: str) -> str | None:
    """The text to learn from a label, in NFC; None when the line must not be learnt from."""
    cleaned = squeeze(html.unescape(text)).translate(_SPELLINGS)
    if UNREAD in cleaned or not default_charset().covers(cleaned):
        return None
    return cleaned


def held_back_groups(groups: Iterable[str], every: int) -> frozenset[str]:
    """Every ``every``-th of the sorted distinct groups, the first one included."""
    return frozenset(sorted(set(groups))[::every])


def fold_groups(folder: Path, part: int, of: int) -> frozenset[str]:
    """The groups of a real set that the ``part``-th (from 0) of ``of`` folds holds back.

    Raises:
        InputError: as `read_labels`.
    """
    rows, column = _table(folder)
    return frozenset(sorted({row[column] for row in rows})[part::of])


def read_labels(
    folder: Path, *, held_back: bool, aside: frozenset[str] | None = None
) -> list[tuple[Path, str, str]]:
    """(image file, text, group) of the lines of a real set on one side of its split.

    Args:
        aside: the groups held back, in place of every 8th writer or every 20th page.

    Raises:
        InputError: no readable ``labels.tsv`` with the columns named above.
    """
    rows, column = _table(folder)
    if aside is None:
        aside = held_back_groups((row[column] for row in rows), HELD_BACK_EVERY[column])
    chosen = []
    for row in rows:
        text = clean_label(row["text"])
        if text and (row[column] in aside) == held_back:
            chosen.append((folder / row["image"], text, row[column]))
    return chosen


def _table(folder: Path) -> tuple[list[dict[str, str]], str]:
    """The rows of ``labels.tsv``, and which column names the group."""
    table = folder / "labels.tsv"
    try:
        with table.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except OSError as error:
        raise InputError("no labels", where=str(table), hint="unzip the set first") from error
    column = next((name for name in HELD_BACK_EVERY if rows and name in rows[0]), None)
    if column is None:
        raise InputError("no column writer or page", where=str(table))
    return rows, column


def load_line(path: Path, max_height: int = 64) -> Image:
    """A line image as grey (H, W) uint8, at most ``max_height`` px high.

    Raises:
        InputError: the file is no image.
    """
    data = np.fromfile(path, np.uint8) if path.is_file() else np.empty(0, np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
    if image is None:
        raise InputError("not an image", where=str(path))
    return limit_height(image.astype(np.uint8), max_height)


def held_back_lines(
    folder: Path, limit: int | None = None, aside: frozenset[str] | None = None
) -> list[Line]:
    """The held-back lines of a real set; with ``limit``, that many spread over the groups."""
    rows = read_labels(folder, held_back=True, aside=aside)
    if limit is not None and limit < len(rows):
        rows = [rows[i] for i in np.linspace(0, len(rows) - 1, limit).astype(int)]
    return [Line(load_line(path), text, group) for path, text, group in rows]


class Source:
    """Lines of one folder to draw from at random; shards that appear later are taken in.

    ``aside``: groups never drawn, in place of those that a real set holds back by its rule.
    """

    def __init__(self, folder: Path, aside: frozenset[str] | None = None) -> None:
        self.folder = folder
        self.aside = aside or frozenset()
        self.lines: list[Line | StoredLine] = []
        self._shards: set[Path] = set()
        self.rendered = not (folder / "labels.tsv").is_file()
        if not self.rendered:
            rows = read_labels(folder, held_back=False, aside=aside)
            self.lines = [Line(load_line(path), text, group) for path, text, group in rows]

    def refresh(self, most: int = 120_000) -> None:
        """Take in new shards, oldest first; beyond ``most`` lines the oldest are let go."""
        fresh = sorted(set(self.folder.glob("*.npz")) - self._shards)
        charset = default_charset()
        for path in fresh:
            self.lines += [
                line
                for line in read_stored(path)
                if charset.covers(line.text) and line.group not in self.aside
            ]
            self._shards.add(path)
        del self.lines[: max(0, len(self.lines) - most)]
