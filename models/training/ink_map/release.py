"""From a trained ink map to a weights folder: ONNX in fp32, and fp16 weights to train on.

python -m models.training.ink_map.release RUN/product/average --out models/weights/ink_map
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer

from common.errors import InputError
from models.ink_map import INK, KINDS, ONNX
from models.training.ink_map.network import InkLayersGraph, InkMapNetwork
from models.weights import NETWORK, Manifest, write_manifest

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
        dynamic_axes={
            "page": sides,
            "ink": {1: "height", 2: "width"},
            "kind": {1: "height", 2: "width"},
        },
        opset_version=17,
        dynamo=False,
    )


def release(trained: Path, folder: Path, name: str = "ink-map-1") -> Manifest:
    """Write the weights folder of a trained network in fp32 ONNX. Raises InputError without one."""
    if not (trained / "config.json").is_file():
        raise InputError("no trained network", where=str(trained))
    network = InkMapNetwork.from_pretrained(trained).eval()
    folder.mkdir(parents=True, exist_ok=True)
    export_onnx(network, folder / ONNX)
    network.half().save_pretrained(folder / NETWORK)
    return write_manifest(folder, name, "", 0)


def main(
    trained: Annotated[Path, typer.Argument(help="RUN/product/average, or a fold's.")],
    out: Annotated[Path, typer.Option(help="The weights folder to write.")],
    name: Annotated[str, typer.Option(help="Of the weights.")] = "ink-map-1",
) -> None:
    """A weights folder from a training."""
    manifest = release(trained, out, name)
    typer.echo(f"{out}: {manifest.name}, {len(manifest.files)} files")


if __name__ == "__main__":
    typer.run(main)
