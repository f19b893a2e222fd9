"""The blank form that a book's pages share: laid on each other, their handwriting averages away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from common.errors import FormError
from extract.form.agreed import agreed
from extract.form.align import Features, Fit, Warp, features, register
from extract.form.sharpen import sharpened
from models.reading import Image
from preprocessing.skew import skew_angle

MIN_INLIERS = 20
MIN_SCORE = 0.22


@dataclass(frozen=True)
class Consensus:
    """What the pages of a book have in common.

    Attributes:
        grey: (H, W) the blank form, in the geometry of the reference page.
        strict: the same, but only what nearly all pages print: paler, with less handwriting.
        sharp, steady: like ``grey`` and ``strict``, the pages drawn to each other word by word.
        pages: positions in the book of the pages that agreed, ascending, from 0.
        tried: how many pages were looked at.
        warps: form pixels → pixels of each of ``pages``, reduced to the form's scale.
    """

    grey: Image
    strict: Image
    sharp: Image
    steady: Image
    pages: tuple[int, ...]
    tried: int
    warps: tuple[Warp, ...] = ()

    def layers(self, book: Sequence[Image], long_side: int) -> list[Image]:
        """The pages that agreed, each in the form's geometry."""
        return [
            warp.pull(_reduced(book[index], long_side))
            for index, warp in zip(self.pages, self.warps, strict=True)
        ]


def build_consensus(book: Sequence[Image], most: int = 16, long_side: int = 2000) -> Consensus:
    """Register pages spread over the book to each other and take what most of them print.

    Args:
        book: clean grey pages (H, W), any number from 1.
        most: how many pages are used.
        long_side: pages larger than this are reduced to it.

    Raises:
        FormError: there is no page with print on it.
    """
    chosen = _spread(book, most)
    if not chosen:
        raise FormError("no page has anything on it", hint="give the pages of one register")
    pages = [_reduced(book[index], long_side) for index in chosen]
    seen = [features(page) for page in pages]
    reference, fits = _reference(pages, seen)
    blank = agreed([pages[reference], *(fit.warp.pull(pages[i]) for i, fit in fits.items())])
    blank = _straight(blank)
    strict = blank
    for _ in range(2 if 0 < len(fits) <= 5 else 1):
        warps = _again(blank, pages, seen)
        layers = [warp.pull(pages[index]) for index, warp in warps.items()] or [blank]
        blank, strict = agreed(layers), agreed(layers, share=0.8)
    places = tuple(chosen[index] for index in warps)
    sharp, drawn = sharpened(blank, layers)
    steady = agreed(drawn, share=0.8)
    return Consensus(blank, strict, sharp, steady, places, len(chosen), tuple(warps.values()))


def laid(fit: Fit | None) -> bool:
    """Whether a page truly lies on the form, by keypoints and by the print found again."""
    if fit is None or abs(fit.turned) > 90:
        return False
    return fit.inliers >= MIN_INLIERS and fit.score >= MIN_SCORE


def _spread(book: Sequence[Image], most: int) -> list[int]:
    """Positions of up to ``most`` pages that carry ink, spread evenly over the book."""
    wanted = np.unique(np.linspace(0, len(book) - 1, min(len(book), 2 * most)).astype(int))
    inked = [int(index) for index in wanted if _inked(book[int(index)])]
    if len(inked) <= most:
        return inked
    return [inked[int(i)] for i in np.linspace(0, len(inked) - 1, most)]


def _inked(page: Image) -> bool:
    small = cv2.resize(page, (256, 256), interpolation=cv2.INTER_AREA)
    strokes = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((7, 7), dtype=np.uint8))
    return bool((strokes > 25).mean() > 0.01)


def _reduced(page: Image, long_side: int) -> Image:
    scale = long_side / max(page.shape)
    if scale >= 1:
        return page
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def _reference(pages: list[Image], seen: list[Features]) -> tuple[int, dict[int, Fit]]:
    """The page on which most others lie, and how they lie there.

    The pages from the middle of the book outwards are tried until one holds two thirds of them:
    covers and closing pages stand at the ends.
    """
    order = sorted(range(len(pages)), key=lambda i: abs(i - (len(pages) - 1) / 2))
    best, best_fits = order[0], dict[int, Fit]()
    for candidate in order[:6]:
        size = pages[candidate].shape[1], pages[candidate].shape[0]
        fits = {}
        for other, page in enumerate(seen):
            fit = register(seen[candidate], page, size) if other != candidate else None
            if fit is not None and laid(fit):
                fits[other] = fit
        if len(fits) > len(best_fits):
            best, best_fits = candidate, fits
        if len(best_fits) + 1 >= 2 * len(pages) / 3:
            break
    return best, best_fits


def _straight(blank: Image) -> Image:
    """The blank form turned upright."""
    angle = skew_angle(blank)
    if abs(angle) < 0.05:
        return blank
    height, width = blank.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1.0)
    return np.asarray(
        cv2.warpAffine(blank, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=255),
        dtype=np.uint8,
    )


def _again(blank: Image, pages: list[Image], seen: list[Features]) -> dict[int, Warp]:
    """Lay every page on the consensus, whose print is cleaner than any page's."""
    form = features(blank)
    size = blank.shape[1], blank.shape[0]
    fits = {index: register(form, page, size) for index, page in enumerate(seen)}
    return {index: fit.warp for index, fit in fits.items() if fit is not None and laid(fit)}
