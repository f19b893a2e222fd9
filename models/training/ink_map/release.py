"""From a trained ink map to a weights folder: ONNX in 8 bits, and fp16 weights to train on.

    python -m models.training.ink_map.release RUN/product/average RUN/rendered \\
        --out models/weights/ink_map
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import onnx
import torch
import typer
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from common.errors import InputError
from models.ink_map import INK, KINDS, ONNX, evidence
from models.training.ink_map.data import Labelled, Pixels, crop, rendered_pages
from models.training.ink_map.network import InkLayersGraph, InkMapNetwork
from models.weights import NETWORK, Manifest, write_manifest

_PAGES, _SIDE = 6, 608  # crops that are looked at, and their side in pixels
INKS = tuple(KINDS.index(kind) for kind in INK)


def export_onnx(network: InkMapNetwork, path: Path) -> None:
    """The network in fp32, any size that is a multiple of 16."""
    sides = {2: "height", 3: "width"}
    torch.onnx.export(
        InkLayersGraph(network, INKS).eval(),
        (torch.zeros(1, 4, 64, 64, dtype=torch.uint8),),
        str(path),
        input_names=["page"],
        output_names=["ink", "kind"],
        dynamic_axes={"page": sides, "ink": sides, "kind": sides},
        opset_version=17,
        dynamo=False,
    )


class _Crops(CalibrationDataReader):  # type: ignore[misc]
    """Crops of pages as the network is shown them: they tell the range of every layer."""

    def __init__(self, pages: Sequence[Labelled]) -> None:
        self.crops = self._cut(pages)

    @staticmethod
    def _cut(pages: Sequence[Labelled]) -> Iterator[dict[str, Pixels]]:
        rng = np.random.default_rng(1)
        for page in pages[:: max(1, len(pages) // _PAGES)]:
            image, _ = crop(page, _SIDE, 1.0, rng)
            seen = evidence(np.ascontiguousarray(image[:, :, :3]), image[:, :, 3])
            yield {"page": np.ascontiguousarray(seen.transpose(2, 0, 1)[None])}

    def get_next(self) -> dict[str, Pixels] | None:
        return next(self.crops, None)


def quantise(exact: Path, pages: Sequence[Labelled], path: Path) -> None:
    """The ONNX network ``exact`` with 8-bit convolutions, but for the first and the last two.

    Weights have 7 bits: processors without VNNI would overflow with 8.
    """
    with TemporaryDirectory() as folder:
        ready = str(Path(folder) / ONNX)
        quant_pre_process(str(exact), ready, skip_symbolic_shape=True)
        names = [node.name for node in onnx.load(ready).graph.node if node.op_type == "Conv"]
        quantize_static(
            ready,
            str(path),
            _Crops(pages),
            op_types_to_quantize=["Conv", "Add"],
            nodes_to_exclude=[names[0], *names[-2:]],
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )


def release(
    trained: Path, folder: Path, pages: Sequence[Labelled], name: str = "ink-map-1"
) -> Manifest:
    """Write the weights folder of a trained network. Raises InputError when there is none.

    ``pages``: like those it was trained on; a few crops of them are looked at.
    """
    if not (trained / "config.json").is_file():
        raise InputError("no trained network", where=str(trained))
    network = InkMapNetwork.from_pretrained(trained).eval()
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as exact:
        export_onnx(network, Path(exact) / ONNX)
        quantise(Path(exact) / ONNX, pages, folder / ONNX)
    network.half().save_pretrained(folder / NETWORK)
    return write_manifest(folder, name, "", 0)


def main(
    trained: Annotated[Path, typer.Argument(help="RUN/product/average, or a fold's.")],
    rendered: Annotated[Path, typer.Argument(help="RUN/rendered.")],
    out: Annotated[Path, typer.Option(help="The weights folder to write.")],
    name: Annotated[str, typer.Option(help="Of the weights.")] = "ink-map-1",
) -> None:
    """A weights folder from a training."""
    manifest = release(trained, out, rendered_pages(rendered), name)
    typer.echo(f"{out}: {manifest.name}, {len(manifest.files)} files")


if __name__ == "__main__":
    typer.run(main)
