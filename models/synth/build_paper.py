"""Cut paper textures out of openly licensed register scans, with the ink lifted out.

``python -m models.synth.build_paper PAGES_FOLDER`` reads JPEG pages, takes from each the square
with the least ink, fills what ink there is from the paper around it, and writes neutral grey
textures (paper's own level and slow shading divided out; grain, fibres and foxing kept) to
`paper/`, with the page each comes from in `paper/CREDITS.md`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

PAPER = Path(__file__).parent / "paper"
SIDE = 512
LEVEL = 200  # grey of the paper's own level in a stored texture
MOST_INK = 0.2
CREDIT = """# Paper textures

Cut from pages of the notaries' registers of Paris in HTR-United/lectaurep-repertoires (Archives
nationales de France), CC-BY 4.0, by `models/synth/build_paper.py`: ink lifted out, neutral grey.

| texture | page | ink lifted out |
|---|---|---|
"""


def ink_mask(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What is darker than the paper around it, grown by two pixels: 255 where ink is."""
    paper = cv2.medianBlur(grey, 51)
    dark = ((paper.astype(np.int16) - grey) > 14).astype(np.uint8) * 255
    dark = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return np.asarray(cv2.dilate(dark, np.ones((7, 7), np.uint8)), np.uint8)


def best_square(mask: NDArray[np.uint8]) -> tuple[int, int, float]:
    """Row and column of the square with the least ink inside the page, and its share of ink."""
    margin = min(mask.shape) // 8
    sums = cv2.integral((mask > 0).astype(np.uint8))
    best = (0, 0, 1.0)
    for y in range(margin, mask.shape[0] - SIDE - margin, 32):
        for x in range(margin, mask.shape[1] - SIDE - margin, 32):
            ink = sums[y + SIDE, x + SIDE] - sums[y, x + SIDE] - sums[y + SIDE, x] + sums[y, x]
            share = float(ink) / SIDE**2
            best = min(best, (y, x, share), key=lambda found: found[2])
    return best


def texture(grey: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Paper without ink: filled from around, grain put back, slow shading divided out."""
    filled = cv2.inpaint(grey, mask, 5, cv2.INPAINT_TELEA).astype(np.float32)
    grain = filled - cv2.GaussianBlur(filled, (0, 0), 2.5)
    clean = mask == 0
    spread = float(grain[clean].std())
    seeded = np.random.default_rng(0).normal(0, spread, grey.shape).astype(np.float32)
    seeded = cv2.GaussianBlur(seeded, (0, 0), 0.8) * 1.6
    soft = cv2.GaussianBlur((~clean).astype(np.float32), (0, 0), 2)
    filled += soft * seeded
    shading = cv2.GaussianBlur(filled, (0, 0), 90)
    return np.asarray(np.clip(filled / shading * LEVEL, 0, 255), np.uint8)


def main() -> None:
    """Write one texture a page that has a square with little ink."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pages", type=Path)
    parser.add_argument("--most", type=int, default=14)
    options = parser.parse_args()
    PAPER.mkdir(exist_ok=True)
    found = []
    for path in sorted(options.pages.glob("*.jpg")):
        grey = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)
        mask = ink_mask(grey)
        y, x, share = best_square(mask)
        found.append((share, path, (slice(y, y + SIDE), slice(x, x + SIDE)), grey, mask))
    lines = []
    for i, (share, path, square, grey, mask) in enumerate(sorted(found, key=lambda f: f[0])):
        if i >= options.most or share > MOST_INK:
            break
        target = PAPER / f"paper_{i:02d}.jpg"
        cut = texture(grey[square], mask[square])
        cv2.imwrite(str(target), cut, [cv2.IMWRITE_JPEG_QUALITY, 88])
        lines.append(f"| {target.name} | {path.stem} | {share:.0%} |\n")
        sys.stdout.write(f"{target.name} {path.name} {share:.3f}\n")
    (PAPER / "CREDITS.md").write_text(CREDIT + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
