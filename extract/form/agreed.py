"""What pages laid on each other share: ink that most of them, or nearly all, have in one place."""

from __future__ import annotations

import numpy as np

from models.reading import Image


def agreed(layers: list[Image], share: float = 0.5) -> Image:
    """What is dark on this share of the layers at least; with few layers, on all but one."""
    if len(layers) == 1:
        return layers[0]
    stack = np.stack([_even(layer) for layer in layers])
    last = len(layers) - 1
    rank = min(last, max(round(share * last), min(last - 1, 2), 1))
    return np.asarray(np.partition(stack, rank, axis=0)[rank], dtype=np.uint8)


def _even(layer: Image) -> Image:
    """Paper at 255 and the darkest print at 0, so that a pale page counts like a dark one."""
    dark, paper = np.percentile(layer[::4, ::4], [1, 60])
    gain = 255 / max(30.0, float(paper - dark))
    even = 255 - (float(paper) - layer.astype(np.float32)) * gain
    return np.asarray(np.clip(even, 0, 255), dtype=np.uint8)
