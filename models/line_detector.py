"""Where a page holds text: the PP-OCRv6 text detector through ONNX Runtime.

The network marks the core of every text line (Liao et al., "Real-time scene text detection with
differentiable binarization", AAAI 2020); `models.lines` turns its map into lines. The weights and
their card lie in ``models/weights/pp-ocrv6-det-small``.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import yaml
from numpy.typing import NDArray

from common.errors import MissingPartError
from models.reading import Image

WEIGHTS = Path(__file__).parent / "weights" / "pp-ocrv6-det-small"
GRID = 32  # the network halves its input five times


class LineDetector:
    """The detector of one weights folder (``card.yaml`` beside the ONNX file).

    Raises:
        MissingPartError: the weights are absent, or not the file that the card describes.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        card = weights / "card.yaml"
        if not card.is_file():
            raise MissingPartError(
                "the line detector's weights are missing",
                where=str(weights),
                hint="install hotich again, or fetch the whole repository",
            )
        described = yaml.safe_load(card.read_text(encoding="utf-8"))
        content = (weights / described["file"]).read_bytes()
        if hashlib.sha256(content).hexdigest() != described["sha256"]:
            raise MissingPartError(
                "the line detector's weights are damaged (hash differs from card.yaml)",
                where=str(weights / described["file"]),
                hint="install hotich again, or fetch the whole repository",
            )
        self.source = f"{described['name']}@{described['sha256'][:12]}"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # pages differ in size; the arena would only grow
        self._session = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name

    def probability(self, page: Image, side: int) -> NDArray[np.float32]:
        """Probability of text at every pixel of a page shrunk to a longer side of ``side``.

        ``page`` is (H, W) grey or (H, W, 3) RGB; it is never enlarged. The map's height and width
        are multiples of 32, so its two scales differ slightly from each other.
        """
        height, width = page.shape[:2]
        scale = min(1.0, side / max(height, width))
        size = tuple(max(GRID, round(length * scale / GRID) * GRID) for length in (width, height))
        small = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
        if small.ndim == 2:
            small = np.repeat(small[:, :, None], 3, axis=2)
        batch = (small.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
        return np.asarray(self._session.run(None, {self._input: batch})[0][0, 0], dtype=np.float32)


@lru_cache(maxsize=1)
def default_detector() -> LineDetector:
    """The packaged detector, loaded once a process."""
    return LineDetector()
