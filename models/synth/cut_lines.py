"""Lines cut from rendered pages: with the rules, leaders and print that stand around them.

``python -m models.synth.cut_lines --out FOLDER --books N --seed S`` writes a shard a book for
training. The pages are cleaned and the lines cut as `hotich extract` does (its boxes lie a little
otherwise each time); `models.synth.lines` draws slots alone, which is faster and more varied.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from models.reading import Image
from models.synth.leaves import Scan, scans
from models.synth.lines import MIX
from models.synth.page import Mark, Page, Points
from models.synth.page_lines import legible_lines
from models.synth.plan import BookOptions, plan_book
from models.synth.press import forms_of, registers
from models.training.shards import write_shard
from preprocessing.clean import clean_page

BESIDE, ABOVE = (-0.05, 0.6), (0.0, 0.35)
"""Paper around a line's ink, in heights of it: extract shows 0.3 beside and 0.15 above and below
(`extract/reading/view.py`), and does not always find the ink's very edge."""
FEWEST = 8  # pixels of either side of a line that can be read
TRIES = 30
BARE = 0.1  # of the lines: as many boxes again, laid where nothing stands but rules and leaders


def cut_lines(scan: Scan, rng: Generator) -> Iterator[tuple[Image, str]]:
    """Each legible line of a scan, cut from the cleaned page (H, W) grey, and what it says; and
    now and then as much of the page with nothing on it but rules and leaders, ``""``."""
    page = clean_page(scan.image)
    for line in legible_lines(scan):
        places = [(line.points, line.text)]
        if rng.random() < BARE:
            places += [(points, "") for points in _bare(scan.page, line, rng)]
        for points, text in places:
            image = _cut(page.grey, page.transform.forward(scan.geometry.forward(points)), rng)
            if min(image.shape) >= FEWEST:
                yield image, text


def _bare(page: Page, line: Mark, rng: Generator) -> Iterator[Points]:
    """The line's outline laid once where no print, writing or stamp is, if that is soon found."""
    marks = [*(mark for mark in page.marks if mark.kind != "rule"), *page.lines]
    lows = np.array([mark.points.min(axis=0) for mark in marks])
    highs = np.array([mark.points.max(axis=0) for mark in marks])
    low, high = line.points.min(axis=0), line.points.max(axis=0)
    room = np.array(page.plate.shape[1::-1]) - (high - low)
    for _ in range(TRIES if (room > 0).all() else 0):
        moved = rng.uniform(0, room) - low
        if not ((low + moved < highs) & (high + moved > lows)).all(axis=1).any():
            yield line.points + moved
            return


def _cut(page: Image, points: NDArray[np.float64], rng: Generator) -> Image:
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    left, right = rng.uniform(*BESIDE, 2) * (y1 - y0)
    above, below = rng.uniform(*ABOVE, 2) * (y1 - y0)
    rows = slice(max(0, round(y0 - above)), max(0, round(y1 + below)))
    return page[rows, max(0, round(x0 - left)) : max(0, round(x1 + right))]


def random_book(rng: Generator, pages: int, seed: int) -> BookOptions:
    """A training book of any form, decayed as `models.synth.lines` mixes it."""
    forms = [(code, form) for code in registers() for form in forms_of(code)]
    code, form = forms[int(rng.integers(len(forms)))]
    severity = str(rng.choice(list(MIX), p=list(MIX.values())))
    named = {"register_code": code, "form": form, "severity": severity}
    return BookOptions.model_validate({**named, "pages": pages, "seed": seed, "split": "train"})


def write_books(out: Path, books: int, pages: int, seed: int) -> None:
    """Write a shard a book; a shard depends only on the seed, its own number and ``pages``."""
    out.mkdir(parents=True, exist_ok=True)
    for index in range(books):
        path = out / f"pages-{seed}-{index:04d}.npz"
        if path.exists():
            continue
        rng = np.random.default_rng([seed, index])
        options = random_book(rng, pages, int(rng.integers(2**31)))
        drawn = [line for scan in scans(plan_book(options)) for line in cut_lines(scan, rng)]
        images, texts = [image for image, _ in drawn], [text for _, text in drawn]
        groups = [f"{options.severity}/{options.register_code}-{options.form}"] * len(drawn)
        write_shard(path, images, texts, groups)
        sys.stdout.write(f"{path.name}: {len(drawn)} lines of {groups[0]}\n")
        sys.stdout.flush()


def main() -> None:
    """Write training shards."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--books", type=int, default=100)
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write_books(options.out, options.books, options.pages, options.seed)


if __name__ == "__main__":
    main()
