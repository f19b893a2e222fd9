"""Other readers behind the face of `models.reading.Reader`, chosen by one word or folder."""

from __future__ import annotations

import json
from pathlib import Path

from common.errors import InputError
from models.reading import Reader
from models.weights import MANIFEST

TESSERACT, ASTEROCR = "tesseract", "asterocr"


def open_reader(name: str = "") -> Reader:
    """The reader that ``name`` stands for.

    Args:
        name: empty for the package's own handwriting reader; ``tesseract``; ``asterocr``; a
            weights folder (of `hotich train --release` or `hotich adapt`); or a transformers
            folder of a VisionEncoderDecoder, such as TrOCR.

    Raises:
        MissingPartError: what that reader needs is not installed.
        InputError: the folder holds no reader.
    """
    from models.handwriting import HandwritingReader

    if not name:
        return HandwritingReader()
    if name == TESSERACT:
        from models.print_reader import PrintReader

        return PrintReader()
    if name == ASTEROCR:
        from models.plugins.aster import AsterReader

        return AsterReader()
    folder = Path(name)
    if (folder / MANIFEST).is_file():
        return HandwritingReader(folder)
    if _architecture(folder) == "vision-encoder-decoder":
        from models.plugins.vision import VisionReader

        return VisionReader(folder)
    raise InputError(
        "no reader here",
        where=name,
        hint=f"a weights folder, a VisionEncoderDecoder folder, {TESSERACT} or {ASTEROCR}",
    )


def _architecture(folder: Path) -> str:
    """The ``model_type`` that a transformers folder states; empty when it is none."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(config.get("model_type", "")) if isinstance(config, dict) else ""
