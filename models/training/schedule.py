"""The course of a training: its learning rate, one step of it, and the average of the weights."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

_LONGEST_GRADIENT = 2.0


def cycle_rate(at: float, peak: float, warm_up: float) -> float:
    """Linear warm-up, then a cosine down to a hundredth of ``peak``.

    Args:
        at: share of the cycle that is done, 0..1; beyond 1 is 1.
        warm_up: share of the cycle, 0..1.
    """
    at = min(1.0, at)
    if at < warm_up:
        return peak * max(0.02, at / warm_up)
    left = (at - warm_up) / (1 - warm_up)
    return peak * (0.01 + 0.99 * (1 + math.cos(math.pi * left)) / 2)


def descend(network: nn.Module, optimiser: Optimizer, loss: Tensor, rate: float) -> None:
    """One step down the clipped gradient of ``loss``, at the learning rate ``rate``."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), _LONGEST_GRADIENT)
    optimiser.step()


@torch.no_grad()  # type: ignore[untyped-decorator]
def follow(average: nn.Module, network: nn.Module, decay: float, step: int) -> None:
    """Move the averaged weights a little towards the network's; faster in the first steps."""
    decay = min(decay, (1 + step) / (10 + step))
    for mine, its in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if mine.is_floating_point():
            mine.lerp_(its, 1 - decay)
        else:
            mine.copy_(its)
