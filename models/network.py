"""The line network: convolutions, two bidirectional LSTMs, and a CTC head; a transformers model.

Needs the ``train`` extra; the run time uses its ONNX export (`models.handwriting`).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import PretrainedConfig, PreTrainedModel

from models.charset import default_charset
from models.normalise import HEIGHT


class LineConfig(PretrainedConfig):  # type: ignore[misc]
    """Shape of the network; the charset travels with it, and how lines are drawn out for it."""

    model_type = "hotich-line"

    def __init__(
        self,
        characters: str | None = None,
        height: int = HEIGHT,
        channels: tuple[int, ...] = (24, 48, 96, 128, 160, 192, 256),
        hidden: int = 192,
        layers: int = 2,
        dropout: float = 0.2,
        stretch: float = 1.0,
        **kwargs: Any,
    ) -> None:
        self.characters = default_charset().characters if characters is None else characters
        self.height = height
        self.channels = list(channels)
        self.hidden = hidden
        self.layers = layers
        self.dropout = dropout
        self.stretch = stretch
        super().__init__(**kwargs)


class LineNetwork(PreTrainedModel):  # type: ignore[misc]
    """Ink maps (N, 1, height, W) in 0..1, W a multiple of 4 → log probabilities (N, W/4, classes).

    Shi, Bai, Yao 2015 (CRNN, arXiv 1507.05717), with a thin strided stem so that most of the
    work is done at a quarter of the size.
    """

    config_class = LineConfig
    main_input_name = "ink"

    def __init__(self, config: LineConfig) -> None:
        super().__init__(config)
        c = config.channels
        self.features = nn.Sequential(
            _block(1, c[0], stride=(2, 2)),
            _block(c[0], c[1]),
            nn.MaxPool2d(2),
            _block(c[1], c[2]),
            _block(c[2], c[3]),
            nn.MaxPool2d((2, 1)),
            _block(c[3], c[4]),
            _block(c[4], c[5]),
            _block(c[5], c[6], kernel=(config.height // 8, 1), padding=(0, 0)),
        )
        self.drop = nn.Dropout(config.dropout)
        self.sequence = nn.LSTM(
            c[6], config.hidden, config.layers, bidirectional=True, dropout=config.dropout
        )
        self.head = nn.Linear(2 * config.hidden, len(config.characters) + 1)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Keep torch's own initial weights."""

    def forward(self, ink: Tensor) -> Tensor:
        frames = self.features(ink).squeeze(2).permute(2, 0, 1)
        sequence, _ = self.sequence(self.drop(frames))
        logits: Tensor = self.head(self.drop(sequence))
        return torch.log_softmax(logits.float(), dim=-1).transpose(0, 1)


def _block(
    inside: int,
    outside: int,
    kernel: tuple[int, int] = (3, 3),
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (1, 1),
) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, kernel, stride, padding, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(inplace=True),
    )
