"""The ink map's network: a thin U-Net over half-size pixels; a transformers model.

Needs the ``train`` extra; the run time uses its ONNX export (`models.ink_map`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import PretrainedConfig, PreTrainedModel

CHANNELS, CLASSES = 4, 6


class InkMapConfig(PretrainedConfig):  # type: ignore[misc]
    """Shape of the network: channels at 1/2, 1/4, 1/8 and 1/16, and convolutions at each."""

    model_type = "hotich-ink-map"

    def __init__(
        self,
        channels: tuple[int, ...] = (16, 32, 64, 128),
        depth: tuple[int, ...] = (1, 2, 2, 2),
        **kwargs: Any,
    ) -> None:
        self.channels = list(channels)
        self.depth = list(depth)
        super().__init__(**kwargs)


class InkMapNetwork(PreTrainedModel):  # type: ignore[misc]
    """Pages (N, 4, H, W) in 0..1, sides multiples of 16 → logits (N, 6, H, W).

    The channels are those of `models.ink_map.evidence`.

    Ronneberger, Fischer, Brox 2015 (U-Net, arXiv 1505.04597), with sums for its concatenations
    and each 2x2 of pixels folded into channels at both ends (Shi et al. 2016, arXiv 1609.05158),
    so that nothing is computed at full size.
    """

    config_class = InkMapConfig
    main_input_name = "page"

    def __init__(self, config: InkMapConfig) -> None:
        super().__init__(config)
        c, depth = config.channels, config.depth
        self.stem = _block(4 * CHANNELS, c[0])
        self.encoders = nn.ModuleList(
            nn.Sequential(*(_block(width, width) for _ in range(count)))
            for width, count in zip(c, depth, strict=True)
        )
        pairs = list(pairwise(c))
        self.down = nn.ModuleList(_block(wide, narrow, stride=2) for wide, narrow in pairs)
        self.up = nn.ModuleList(nn.Conv2d(narrow, wide, 1) for wide, narrow in pairs)
        self.decoders = nn.ModuleList(_block(wide, wide) for wide, _ in pairs)
        self.head = nn.Conv2d(c[0], 4 * CLASSES, 1)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Keep torch's own initial weights."""

    def forward(self, page: Tensor) -> Tensor:
        stem = self.stem(functional.pixel_unshuffle(page, 2))
        return functional.pixel_shuffle(self.after_stem(stem), 2)

    def after_stem(self, x: Tensor) -> Tensor:
        """What the stem gives → logits with each 2x2 of pixels in the channels: (N, 24, h, w)."""
        kept = []
        for encoder, down in zip(self.encoders, self.down, strict=False):
            kept.append(encoder(x))
            x = down(kept[-1])
        x = self.encoders[-1](x)
        for level in reversed(range(len(kept))):
            larger = functional.interpolate(self.up[level](x), scale_factor=2.0)
            x = self.decoders[level](kept[level] + larger)
        logits: Tensor = self.head(x)
        return logits


class InkLayersGraph(nn.Module):  # type: ignore[misc]
    """What is exported: pages (N, 4, H, W) uint8 → ink and kind (N, 4, H/2, W/2) uint8.

    ``ink`` is 255 × the probability of the classes ``inks``, ``kind`` the likeliest class; the
    four channels are the pixels of each 2x2, row by row. All is arranged for a fast run time: the
    stem is one convolution with steps of two pixels, and the sums of probabilities are a 1x1
    convolution of the exponentials (a softmax over few channels is far slower).
    """

    def __init__(self, network: InkMapNetwork, inks: tuple[int, ...]) -> None:
        super().__init__()
        self.network = network
        self.stem = nn.Sequential(_unfolded(network.stem[0]), *network.stem[1:])
        sums = torch.zeros(8, CLASSES, 4)
        for corner in range(4):
            sums[corner, list(inks), corner] = 255
            sums[4 + corner, :, corner] = 1
        self.register_buffer("sums", sums.reshape(8, 4 * CLASSES, 1, 1))

    def forward(self, page: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.network.after_stem(self.stem(page.float()))
        odds = torch.exp(logits.clamp(-20, 20))
        parts = functional.conv2d(odds, self.sums)
        ink = parts[:, :4] / parts[:, 4:]
        kind = odds.reshape(-1, CLASSES, 4, *logits.shape[2:]).argmax(dim=1)
        return ink.round().to(torch.uint8), kind.to(torch.uint8)


def _unfolded(convolution: nn.Conv2d) -> nn.Conv2d:
    """The same as a 3x3 ``convolution`` of folded pixels in 0..1, on pixels in 0..255."""
    wide = nn.Conv2d(CHANNELS, convolution.out_channels, 6, stride=2, padding=2, bias=False)
    with torch.no_grad():
        # (out, channel, row, column in the 2x2, row, column in the 3x3)
        parts = convolution.weight.reshape(-1, CHANNELS, 2, 2, 3, 3).permute(0, 1, 4, 2, 5, 3)
        wide.weight.copy_(parts.reshape(wide.weight.shape) / 255)
    return wide


def _block(inside: int, outside: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride, 1, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(inplace=True),
    )
