"""The typefaces a clerk's hand, a typewriter or a press is rendered from.

The fonts lie in `fonts/`, cut down by `build_fonts.py`; `fonts.tsv` says where each comes from
and whether it may be trained on. Families marked ``test`` are held back for evaluation.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from common.errors import UsageError
from models.synth.outlines import FontOutlines

FONTS = Path(__file__).parent / "fonts"
LOOKS = ("handwriting", "typewriter", "print")
SPLITS = ("train", "test")


@dataclass(frozen=True)
class Face:
    """One font file: its look, its family, and the split it belongs to.

    ``flawed`` letters are drawn wrongly by the font; their marks must be strokes of our own.
    """

    look: str
    family: str
    style: str
    split: str
    path: Path
    flawed: str = ""

    @property
    def name(self) -> str:
        return self.path.stem

    @cached_property
    def outlines(self) -> FontOutlines:
        """The glyphs, loaded at first use and kept."""
        return _outlines(self.path)


@cache
def _outlines(path: Path) -> FontOutlines:
    return FontOutlines(path)


@cache
def faces(look: str, split: str) -> tuple[Face, ...]:
    """The faces of one look (handwriting, typewriter, print) in one split (train, test)."""
    if look not in LOOKS or split not in SPLITS:
        raise UsageError(f"no faces for {look}/{split}", hint=f"one of {LOOKS} and of {SPLITS}")
    with (FONTS / "fonts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return tuple(
        Face(look, row["family"], row["style"], split, FONTS / row["file"], row["flawed"])
        for row in rows
        if (row["look"], row["split"]) == (look, split)
    )
