"""From a trained network to a weights folder: ONNX (int8 where it pays), half-precision weights.

Needs the ``train`` extra.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from models.network import LineNetwork
from models.normalise import normalise
from models.reading import Image
from models.weights import NETWORK, ONNX, Manifest, write_manifest


class Crops(CalibrationDataReader):  # type: ignore[misc]
    """Real line images, one at a time, for the ranges of static quantisation."""

    def __init__(self, lines: Sequence[Image], height: int, stretch: float) -> None:
        self._inks = iter([as_input(normalise(line, height, stretch)) for line in lines])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        ink = next(self._inks, None)
        return None if ink is None else {"ink": ink}


def as_input(ink: NDArray[np.uint8]) -> NDArray[np.float32]:
    """One ink map (H, W) as the network's input (1, 1, H, W'), W' a multiple of 4."""
    padded = np.pad(ink, ((0, 0), (0, -ink.shape[1] % 4)))
    return padded[None, None].astype(np.float32) / np.float32(255)


def export_onnx(network: LineNetwork, path: Path) -> None:
    """The network in fp32, any batch and any width."""
    example = torch.zeros(2, 1, network.config.height, 64)
    torch.onnx.export(
        network.eval(),
        (example,),
        str(path),
        input_names=["ink"],
        output_names=["log_probs"],
        dynamic_axes={"ink": {0: "lines", 3: "width"}, "log_probs": {0: "lines", 1: "frames"}},
        opset_version=17,
        dynamo=False,
    )


def quantise(fp32: Path, int8: Path, lines: Sequence[Image], height: int, stretch: float) -> None:
    """Convolutions in static int8, ranges from real crops; LSTMs with int8 weights."""
    with tempfile.TemporaryDirectory() as scratch:
        ready, static = Path(scratch) / "ready.onnx", Path(scratch) / "static.onnx"
        quant_pre_process(str(fp32), str(ready), skip_symbolic_shape=True)
        quantize_static(
            str(ready),
            str(static),
            Crops(lines, height, stretch),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        quantize_dynamic(
            str(static), str(int8), op_types_to_quantize=["LSTM"], weight_type=QuantType.QInt8
        )


def export(
    trained: Path,
    folder: Path,
    name: str,
    lines: Sequence[Image],
    *,
    int8: bool = True,
    say: Callable[[str], None] = print,
) -> Manifest:
    """Write a weights folder from a trained transformers folder.

    ``lines`` are real crops for the ranges of int8. The calibration must stand in the folder (or
    be written after, with the manifest anew).
    """
    network = LineNetwork.from_pretrained(trained).eval()
    config = network.config
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        fp32 = Path(scratch) / "fp32.onnx"
        export_onnx(network, fp32)
        if int8:
            quantise(fp32, folder / ONNX, lines, config.height, config.stretch)
        else:
            (folder / ONNX).write_bytes(fp32.read_bytes())
    network.half().save_pretrained(folder / NETWORK)
    say(f"{folder / ONNX}: {(folder / ONNX).stat().st_size / 1e6:.1f} MB")
    return write_manifest(folder, name, config.characters, config.height, config.stretch)
