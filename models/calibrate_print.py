"""Turn Tesseract's confidences into probabilities: ``python -m models.calibrate_print FONTS_DIR``.

Lines of print are rendered with the fonts of ``FONTS_DIR`` that hold every Vietnamese letter
(Debian's: ``/usr/share/fonts``), from clean to badly worn, and read. By confidence, the share of
characters, words and lines that are right is made monotone (pool adjacent violators) and written
to ``models/print_calibration.csv``. One line in two fits the table; the others measure it.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from numpy.random import Generator
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from common.text import squeeze
from models.print_reader import CALIBRATION, prepared
from models.reading import Image
from models.synth.press import noise, worn
from models.synth.texts import random_text
from models.tesseract import Word, read_crops

Scored = list[tuple[float, bool]]
KINDS = ("char", "word", "line")
LETTERS = "ẳỹộđƯỢ"
BINS = 12


def main() -> None:
    parser = argparse.ArgumentParser(description="Calibrate the print reader's confidence.")
    parser.add_argument("fonts", type=Path)
    parser.add_argument("--lines", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    fonts = vietnamese_fonts(args.fonts)
    texts = [random_text(rng) for _ in range(args.lines)]
    crops = [prepared(printed(text, fonts[rng.integers(len(fonts))], rng)) for text in texts]
    pages = read_crops(crops, "vie")
    fitting = scored(zip(texts[::2], pages[::2], strict=True))
    testing = scored(zip(texts[1::2], pages[1::2], strict=True))
    with CALIBRATION.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kind", "score", "probability", "n"])
        for kind in KINDS:
            table = monotone(fitting[kind])
            writer.writerows([kind, f"{s:.3f}", f"{p:.4f}", n] for s, p, n in table)
            scores, shares, _ = zip(*table, strict=True)
            guess = np.interp([score for score, _ in testing[kind]], scores, shares)
            right = np.array([fine for _, fine in testing[kind]])
            sys.stdout.write(
                f"{kind}: n={len(right)} right {right.mean():.3f} stated {guess.mean():.3f}"
                f" Brier {np.mean((guess - right) ** 2):.4f}\n"
            )


def vietnamese_fonts(folder: Path) -> list[Path]:
    """The fonts under a folder whose Vietnamese letters are all there, each drawn differently."""
    found = []
    for path in sorted([*folder.rglob("*.ttf"), *folder.rglob("*.otf")]):
        font = ImageFont.truetype(str(path), 40)
        drawn = {bytes(font.getmask(letter)) for letter in LETTERS + "\uffff"}
        if len(drawn) == len(LETTERS) + 1 and all(font.getmask(letter).size[0] for letter in "aọ"):
            found.append(path)
    return found


def printed(text: str, font: Path, rng: Generator) -> Image:
    """A rendered line of print, grey: worn type, pale ink, uneven paper, a scanner's blur."""
    face = ImageFont.truetype(str(font), int(rng.integers(18, 34)))
    left, top, right, bottom = face.getbbox(text)
    size = int(right - left) + 24, int(bottom - top) + 16
    picture = Pictures.new("L", size, 0)
    ImageDraw.Draw(picture).text((12 - left, 8 - top), text, font=face, fill=255)
    wear = float(rng.uniform(0, 1.2))
    ink = worn(np.asarray(picture), rng, wear).astype(np.float32) / 255
    dark = rng.uniform(40, 120) + 40 * wear * rng.random()
    paper = 235 - 12 * wear * noise(ink.shape, rng, 30.0) - 8 * wear * noise(ink.shape, rng, 1.5)
    page = paper * (1 - ink) + np.minimum(dark, paper) * ink
    return np.asarray(np.clip(page, 0, 255), dtype=np.uint8)


def scored(lines: Iterator[tuple[str, list[Word]]]) -> dict[str, Scored]:
    """Tesseract's confidence and whether it was right, of every character, word and line."""
    found: dict[str, Scored] = {kind: [] for kind in KINDS}
    for text, words in lines:
        texts = ["".join(char for char, _ in word.chars) for word in words]
        glyphs = [glyph for word in words for glyph in word.chars]
        if not glyphs:
            continue
        letters = _matched(text.replace(" ", ""), "".join(char[0] for char, _ in glyphs))
        found["char"] += [(score, fine) for (_, score), fine in zip(glyphs, letters, strict=True)]
        right = _matched(text.split(), texts)
        found["word"] += [(word.score, fine) for word, fine in zip(words, right, strict=True)]
        lowest = min(score for _, score in glyphs)
        found["line"].append((lowest, squeeze(" ".join(texts)) == squeeze(text)))
    return found


def _matched(true: str | list[str], read: str | list[str]) -> list[bool]:
    """Which elements of ``read`` an alignment with ``true`` finds right."""
    right = [False] * len(read)
    for block in SequenceMatcher(None, true, read, autojunk=False).get_matching_blocks():
        right[block.b : block.b + block.size] = [True] * block.size
    return right


def monotone(scores: Scored) -> list[tuple[float, float, int]]:
    """(mean score, share right, n) of bins, pooled until the share rises with the score.

    A bin's share is (right + 1) / (n + 2): no bin of a few lines claims certainty.
    """
    parts = np.array_split(np.array(sorted(scores), dtype=np.float64), BINS)
    pools = [[float(p[:, 0].sum()), float(p[:, 1].sum()), len(p)] for p in parts if len(p)]
    merged: list[list[float]] = []
    for pool in pools:
        merged.append(pool)
        while len(merged) > 1 and _share(merged[-2]) >= _share(merged[-1]):
            last = merged.pop()
            merged[-1] = [a + b for a, b in zip(merged[-1], last, strict=True)]
    return [(total / n, _share([total, right, n]), int(n)) for total, right, n in merged]


def _share(pool: list[float]) -> float:
    return (pool[1] + 1) / (pool[2] + 2)


if __name__ == "__main__":
    main()
