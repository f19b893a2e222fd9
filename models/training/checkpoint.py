"""The trainer's state on disk: safetensors and json, enough to go on as if never stopped."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.optim import Optimizer
from transformers import PreTrainedModel

STATE, PROGRESS, AVERAGE = "state.safetensors", "progress.json", "average"


@dataclass
class Progress:
    """How far a training has come."""

    step: int = 0
    lines: int = 0
    seconds: float = 0.0


def save(
    folder: Path,
    network: PreTrainedModel,
    average: PreTrainedModel,
    optimiser: Optimizer,
    progress: Progress,
) -> None:
    """Write weights, their moving average, the optimiser's moments and the progress."""
    tensors = {f"weights/{name}": value for name, value in network.state_dict().items()}
    names = [name for name, _ in network.named_parameters()]
    for name, parameter in zip(names, network.parameters(), strict=True):
        for key, value in optimiser.state.get(parameter, {}).items():
            tensors[f"moments/{key}/{name}"] = torch.as_tensor(value)
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{STATE}.partial"
    save_file({name: value.contiguous() for name, value in tensors.items()}, partial)
    average.save_pretrained(folder / AVERAGE)
    partial.replace(folder / STATE)
    (folder / PROGRESS).write_text(json.dumps(asdict(progress)), encoding="utf-8")


def load(
    folder: Path, network: PreTrainedModel, average: PreTrainedModel, optimiser: Optimizer
) -> Progress:
    """Put a saved state back; moments that no longer fit a changed network start anew."""
    tensors = load_file(folder / STATE)
    network.load_state_dict(_part(tensors, "weights/"))
    average.load_state_dict(type(average).from_pretrained(folder / AVERAGE).state_dict())
    for name, parameter in network.named_parameters():
        moments = {
            key: tensors[f"moments/{key}/{name}"]
            for key in ("step", "exp_avg", "exp_avg_sq")
            if f"moments/{key}/{name}" in tensors
        }
        if moments:
            optimiser.state[parameter] = dict(moments)
    return read_progress(folder)


def read_progress(folder: Path) -> Progress:
    """How far the training in a folder has come; nothing done where none was saved."""
    kept = folder / PROGRESS
    if not kept.is_file():
        return Progress()
    return Progress(**json.loads(kept.read_text(encoding="utf-8")))


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
