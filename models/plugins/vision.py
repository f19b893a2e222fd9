"""TrOCR, or any VisionEncoderDecoder of transformers, from a local folder. Needs the train extra.

Li et al. 2021 (TrOCR, arXiv 2109.10282): an image encoder, and a decoder that writes token by
token. Such a reader invents text on empty lines; ours does not. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from common.errors import InputError, MissingPartError, install_hint
from models.plugins.letters import as_reading
from models.reading import Image, Reading

_AT_ONCE = 8
_UNFINISHED = "\ufffd"
"""What a tokeniser shows for the first bytes of a character whose other bytes are to come."""


class VisionReader:
    """Reads lines greedily; a character's confidence is that of the tokens that made it.

    Args:
        folder: as ``save_pretrained`` writes it: model, tokeniser and image processor.
        longest: tokens of a line at most; fewer where the decoder has no more places.

    Raises:
        MissingPartError: torch or transformers is not installed.
        InputError: the folder lacks a part, or a part is damaged.
    """

    def __init__(self, folder: Path, longest: int = 96) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        try:
            import torch
            from transformers import AutoImageProcessor, AutoTokenizer, VisionEncoderDecoderModel
            from transformers.utils import logging
        except ImportError as error:
            raise MissingPartError(
                f"{error.name} is not installed",
                hint=f"{install_hint('train')} to read with a transformers folder",
            ) from error
        torch.set_num_threads(1)
        logging.disable_progress_bar()
        self.folder, self.longest = folder, longest
        try:
            self._model = VisionEncoderDecoderModel.from_pretrained(
                folder, local_files_only=True, use_safetensors=True
            ).eval()
            self._tokens = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self._pixels = AutoImageProcessor.from_pretrained(
                folder, local_files_only=True, backend="pil"
            )
        except (OSError, ValueError) as error:
            what = str(error).strip().splitlines()[0]
            raise InputError(
                f"not a whole VisionEncoderDecoder: {what}", where=str(folder)
            ) from error
        self._model.generation_config.max_length = None  # 20 unless stated: too short for a line
        config = (folder / "config.json").read_bytes()
        weights = sorted(folder.glob("*.safetensors"))
        sizes = repr([(path.name, path.stat().st_size) for path in weights]).encode()
        self._source = f"{folder.name}@{hashlib.sha256(config + sizes).hexdigest()[:8]}"

    def __reduce__(self) -> tuple[type[VisionReader], tuple[Path, int]]:
        """Another process opens the folder for itself."""
        return type(self), (self.folder, self.longest)

    @property
    def source(self) -> str:
        """``folder@hash`` of its configuration."""
        return self._source

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        """One reading a line, in order; lines are (H, W) grey or (H, W, 3) RGB uint8."""
        found: list[Reading] = []
        for start in range(0, len(lines), _AT_ONCE):
            found += self._read([_rgb(line) for line in lines[start : start + _AT_ONCE]])
        return found

    def _read(self, lines: list[Image]) -> Iterator[Reading]:
        import torch

        pixels = self._pixels(images=lines, return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            written = self._model.generate(
                pixels,
                num_beams=1,
                do_sample=False,
                max_new_tokens=self._most_tokens(),
                return_dict_in_generate=True,
                output_scores=True,
            )
        shares = torch.stack(written.scores, dim=1).float().softmax(dim=-1)
        tokens = written.sequences[:, -shares.shape[1] :]
        chosen = shares.gather(2, tokens[..., None])[..., 0]
        for row, probabilities in zip(tokens.tolist(), chosen.tolist(), strict=True):
            yield as_reading(self._letters(row, probabilities), self._source)

    def _most_tokens(self) -> int:
        places = getattr(self._model.config.decoder, "max_position_embeddings", self.longest + 1)
        return min(self.longest, int(places) - 1)

    def _letters(
        self, tokens: Sequence[int], probabilities: Sequence[float]
    ) -> Iterator[tuple[str, float]]:
        """The characters of a token sequence up to its end, each with its tokens' probability."""
        done, share = "", 1.0
        for count, (token, probability) in enumerate(zip(tokens, probabilities, strict=True), 1):
            if token in (self._tokens.eos_token_id, self._tokens.pad_token_id):
                return
            share *= probability
            text = self._text(tokens[:count])
            if not text.endswith(_UNFINISHED):
                yield from ((letter, share) for letter in text[len(done) :])
                done, share = text, 1.0

    def _text(self, tokens: Sequence[int]) -> str:
        text: Any = self._tokens.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return str(text)


def _rgb(line: Image) -> Image:
    return np.asarray(cv2.cvtColor(line, cv2.COLOR_GRAY2RGB) if line.ndim == 2 else line, np.uint8)
