"""Corrected lines: what a person says stands on a line image, who said it, and where it lies."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError
from models.reading import Image
from models.training.data import Line, Source, clean_label, load_line
from models.training.shards import StoredLine

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Corrected:
    """One corrected line. ``image``: (H, W) grey uint8; ``place``: where a person finds it."""

    image: Image
    text: str
    author: str
    place: str

    @property
    def line(self) -> Line:
        """As training takes it."""
        return Line(self.image, self.text, self.author)

    @property
    def hash(self) -> str:
        """SHA-256 over the pixels and the text: which line it was, without its text."""
        digest = hashlib.sha256(repr(self.image.shape).encode())
        digest.update(self.image.tobytes())
        digest.update(self.text.encode("utf-8"))
        return digest.hexdigest()


def read_corrected(folder: Path, writer: str = "") -> list[Corrected]:
    """The lines of a labelled set: ``labels.tsv`` with ``image``, ``text`` and, where known,
    ``author`` (who corrected it), ``writer`` or ``page`` (whose hand it is).

    Args:
        writer: only the lines of this writer or page; empty for all.

    Raises:
        InputError: no such table, or an image that is none.
    """
    table = folder / "labels.tsv"
    try:
        with table.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("no labels", where=str(table), hint="see docs/training.md") from error
    if not rows or not {"image", "text"} <= rows[0].keys():
        raise InputError("no columns image and text", where=str(table))
    found = []
    for row in rows:
        text = clean_label(row["text"] or "")
        if text and writer in ("", row.get("writer"), row.get("page")):
            image = load_line(folder / row["image"])
            found.append(Corrected(image, text, row.get("author") or UNKNOWN, row["image"]))
    return found


def replayed_lines(folder: Path) -> Sequence[Line | StoredLine]:
    """The lines of a set (its training side) or of shards, to be mixed in with corrected ones.

    Raises:
        InputError: there are none.
    """
    source = Source(folder)
    source.refresh()
    if not source.lines:
        raise InputError("no lines to replay", where=str(folder))
    return source.lines


def write_taught_by(path: Path, lines: Iterable[Corrected]) -> None:
    """Which lines taught a reader: hash, author, place; no text, for that may name a person."""
    rows = [f"{line.hash}\t{line.author}\t{line.place}" for line in lines]
    path.write_text("\n".join(["hash\tauthor\tplace", *rows]) + "\n", encoding="utf-8")
