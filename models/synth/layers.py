"""What every pixel of a rendered scan is: handwriting, print, rule, stamp, bleed-through, paper.

    python -m models.synth.layers --books 18 --pages 3 --seed 9400 --out DIR

writes ``NNN-P.jpg``, the scan as its scanner stored it, and ``NNN-P.layers.png``, the index in
`LAYERS` of every pixel. The book's own steps are deterministic, so that the layers are taken
from what they leave: the same sheet printed again, and what the clerk and the stamp added to it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.book import jpeg
from models.synth.leaves import Scan, scans
from models.synth.page import Page, Plate, printed_page
from models.synth.plan import BookOptions, Plan, plan_book
from models.synth.press import Press

LAYERS = ("paper", "handwriting", "print", "rule", "stamp", "bleed")
"""Index → what the pixel shows; where layers cross, the pen's lies on top."""

FORMS = ("rvn-1955-1975", "1976-1998", "tt15-2015")
CONDITIONS = ("severe", "moderate", "severe", "clean")
RESOLUTIONS = (200, 200, 150, 300)
INKED = 0.33  # share of the light that ink must take at a pixel to count
RED = 0.55  # a stamp's ink takes less than this share of what it takes of green from red
SEEN = 0.025  # share of the light that the other side's ink must take to be seen

Labels = NDArray[np.uint8]
Share = NDArray[np.float32]


def labelled_scans(plan: Plan) -> Iterator[tuple[Scan, Labels]]:
    """The book's scans in order, each with the layer of every pixel (H, W)."""
    for leaf in _leaves(scans(plan)):
        for side, scan in enumerate(leaf):
            verso = leaf[1 - side].page.plate if len(leaf) == 2 else None
            yield scan, layers(plan, scan, verso)


def layers(plan: Plan, scan: Scan, verso: Plate | None) -> Labels:
    """The index in `LAYERS` of every pixel of the scan; ``verso`` is the leaf's other page."""
    hand, stamp = written(plan, scan)
    type_, rules = printed(_press(plan, scan), scan.page, plan, scan.number)
    ghost = _ghost(verso, plan.severity.bleed, hand.shape)
    geometry, nothing = scan.geometry, (0, 0, 0)
    first = geometry.warp(_bytes(hand, type_, rules), nothing).astype(np.float32) / 255
    second = geometry.warp(_bytes(stamp, ghost, ghost), nothing).astype(np.float32) / 255
    labels = np.zeros(first.shape[:2], np.uint8)
    labels[second[..., 1] > SEEN] = LAYERS.index("bleed")
    for name, share in (
        ("rule", first[..., 2]),
        ("print", first[..., 1]),
        ("stamp", 1.5 * second[..., 0]),
        ("handwriting", first[..., 0]),
    ):
        labels[share > INKED] = LAYERS.index(name)
    return labels


def written(plan: Plan, scan: Scan) -> tuple[Share, Share]:
    """Shares of light (H, W) that the pen and the stamp take on the unspoilt page."""
    bare = _reprinted(plan, scan).plate.astype(np.float32)
    taken = 1 - scan.page.plate.astype(np.float32) / np.maximum(bare, 1)
    stamped = taken[..., 0] < RED * taken[..., 1]
    hand = np.where(stamped, 0, taken.max(axis=2))
    stamp = np.where(stamped, taken[..., 1], 0)
    return hand.astype(np.float32), stamp.astype(np.float32)


def printed(press: Press, page: Page, plan: Plan, number: int) -> tuple[Share, Share]:
    """Shares of light (H, W) that the form's words, and its rules and leaders, take."""
    bare, _ = printed_page(press, plan.rng(10, number))
    taken = (255 - bare.plate.min(axis=2)).astype(np.float32) / 255
    words = np.zeros(taken.shape, np.uint8)
    for mark in page.marks:
        if mark.kind in ("label", "title"):
            cv2.fillPoly(words, [mark.points.round().astype(np.int32)], 1)
    return taken * words, taken * (1 - words.astype(np.float32))


def _reprinted(plan: Plan, scan: Scan) -> Page:
    return printed_page(_press(plan, scan), plan.rng(10, scan.number))[0]


def _press(plan: Plan, scan: Scan) -> Press:
    """The press that printed the scan: the book's, or that of its cover or closing page."""
    if scan.entries or not plan.options.covers:
        return plan.press
    return plan.cover if scan.number == 1 else plan.closing


def _ghost(verso: Plate | None, strength: float, shape: tuple[int, ...]) -> Share:
    """Share of the light that the mirrored, softened ink of the other side takes."""
    if verso is None:
        return np.zeros(shape, np.float32)
    taken = (255 - cv2.flip(verso, 1).min(axis=2)).astype(np.float32) / 255
    soft = cv2.GaussianBlur(taken, (0, 0), 3.2)  # drawn at half size with 1.6
    return np.asarray(soft * np.float32(strength), np.float32)


def _bytes(*shares: Share) -> NDArray[np.uint8]:
    return np.stack([(255 * share).astype(np.uint8) for share in shares], axis=-1)


def _leaves(pages: Iterator[Scan]) -> Iterator[tuple[Scan, ...]]:
    """The scans two by two: `scans` gives a leaf's pages one after the other."""
    while leaf := tuple(islice(pages, 2)):
        yield leaf


def write_layers(out: Path, books: int, pages: int, seed: int, split: str = "train") -> None:
    """Render books of every form, condition and resolution in turn, with their layers."""
    out.mkdir(parents=True, exist_ok=True)
    kinds = list(product(FORMS, zip(CONDITIONS, RESOLUTIONS, strict=True)))
    for book in range(books):
        form, (condition, dpi) = kinds[(book * 5) % len(kinds)]
        plan = plan_book(
            BookOptions.of(
                form=form, pages=pages, seed=seed + book, severity=condition, split=split, dpi=dpi
            )
        )
        for scan, labels in labelled_scans(plan):
            name = f"{book:03d}-{scan.number}"
            (out / f"{name}.jpg").write_bytes(jpeg(plan, scan))
            cv2.imwrite(str(out / f"{name}.layers.png"), labels)


def main() -> None:
    """The command line of `write_layers`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--books", type=int, default=12)
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--seed", type=int, default=9400)
    parser.add_argument("--split", choices=("train", "test"), default="train")
    write_layers(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
