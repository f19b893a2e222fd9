"""Pages laid on each other, word by word: what is left after the smooth warp of `align`.

Damp paper cockles, and no polynomial follows it: a word of print a few pixels aside on half the
pages is a blur in what they share. Blocks as small as a word are searched again at full size, and
each page is drawn to where most of them have the word. Short writing that every page repeats is
sharpened too: it is steadier than other writing, though never as steady as print.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.form.agreed import agreed
from extract.form.align import at_every_pixel, block_shifts
from models.reading import Image

_BLOCK = (72, 32)  # pixels of a block, of a form 2,000 high: a short word
_BLOCKS = 1200
_REACH = 6  # pixels searched to each side
_FOUND = 0.5  # correlation above which a block was found
_CERTAIN = 8  # its power, which a block's shift weighs: print is found better than writing
_NEAR = 50.0  # pixels, sigma along the row, in which blocks move together
_ROWS = 0.6  # of it across the rows
_STEP = 16  # pixels between the nodes of the field of shifts
_PASSES = 3
_LAYERS = 3  # pages that tell where most have a word, at least


def sharpened(blank: Image, layers: Sequence[Image]) -> tuple[Image, list[Image]]:
    """What pages have in common, each drawn to it word by word, and the pages so drawn.

    Args:
        blank: (H, W) what the layers share as they are.
        layers: (H, W) pages in its geometry; as they are when fewer than three.
    """
    moved = list(layers)
    for _ in range(_PASSES if len(moved) >= _LAYERS else 0):
        moved = [_drawn(layer, blank) for layer in moved]
        blank = agreed(moved)
    return blank, moved


def _drawn(layer: Image, blank: Image) -> Image:
    """A layer whose words stand where the blank form has them, as far as they are found."""
    centres, shifts, found = block_shifts(blank, layer, _REACH, _BLOCKS, _BLOCK)
    sure = found > _FOUND
    if not sure.any():
        return layer
    height, width = blank.shape
    field = _field(centres[sure], shifts[sure], found[sure] ** _CERTAIN, (width, height))
    dense = at_every_pixel(field, _STEP, (width, height))
    dense += np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1)
    drawn = cv2.remap(layer, dense.astype(np.float32), None, cv2.INTER_LINEAR, borderValue=255)
    return np.asarray(drawn, dtype=np.uint8)


def _field(
    centres: NDArray[np.float64],
    shifts: NDArray[np.float64],
    weights: NDArray[np.float64],
    size: tuple[int, int],
) -> NDArray[np.float32]:
    """The shift (rows, columns, 2) at every node: the mean of the blocks around it, none far from
    all of them."""
    columns, rows = (-(-length // _STEP) + 1 for length in size)
    x, y = (np.rint(centres / _STEP).astype(np.int64)).T
    total = np.zeros((rows, columns, 3), dtype=np.float32)
    weighed = np.column_stack([shifts, np.ones(len(shifts))]) * weights[:, None]
    np.add.at(total, (y, x), weighed.astype(np.float32))
    sigma = _NEAR / _STEP
    total = np.asarray(cv2.GaussianBlur(total, (0, 0), sigma, sigmaY=_ROWS * sigma))
    few = 0.02 * float(total[..., 2].max())
    return np.asarray(total[..., :2] / (total[..., 2:] + few), dtype=np.float32)
