"""Runs where asterocr is installed, which need not be where hotich is: knows nothing of hotich.

``python aster_worker.py`` reads paths of line images from stdin, one JSON string a line, and
writes for each one JSON line: ``[[character, probability], …]``. The first line that it writes
is the version. One thread; the network's own probabilities, not calibrated.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from itertools import groupby
from typing import Any

import numpy as np
import onnxruntime
from asterocr import AsterOCR  # type: ignore[import-not-found,unused-ignore]
from PIL import Image


def main() -> None:
    """Answer until stdin ends."""
    ocr = AsterOCR(enable_telemetry=False)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    ocr.session = onnxruntime.InferenceSession(
        ocr.model_path, settings, providers=["CPUExecutionProvider"]
    )
    _say(version("asterocr"))
    for line in sys.stdin:
        with Image.open(json.loads(line)) as image:
            _say(read(ocr, image.convert("RGB")))


def read(ocr: Any, image: Image.Image) -> list[list[Any]]:
    """The characters of the best path, as asterocr's own decoder takes it, with their peaks."""
    inputs = {ocr.input_name: ocr.preprocess_image(image)}
    (output,) = ocr.session.run([ocr.output_name], inputs)
    frames = output.reshape(-1, output.shape[-1]).astype(np.float64)
    shares = np.exp(frames - frames.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    found = []
    for best, run in groupby(enumerate(shares.argmax(axis=1).tolist()), key=lambda at: at[1]):
        if best != ocr.vocab.blank_idx:
            peak = float(max(shares[frame, best] for frame, _ in run))
            found += [[letter, peak] for letter in ocr.vocab.idx2char.get(best, "")]
    return found


def _say(content: object) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
