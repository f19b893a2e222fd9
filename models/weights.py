"""The weights that travel with the package: found by folder, checked by hash, named by both.

A weights folder holds ``manifest.json`` (name, the reader's characters, input height, the hash of
every file), the ONNX file for the run time, ``calibration.json``, the network as a transformers
folder in half precision (``network/``, for training and adaptation), and its model card.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from common.errors import InputError, MissingPartError

HANDWRITING = Path(__file__).parent / "weights" / "handwriting"
"""The reader this package comes with."""

MANIFEST, ONNX, CALIBRATION, NETWORK = (
    "manifest.json",
    "reader.onnx",
    "calibration.json",
    "network",
)


@dataclass(frozen=True)
class Manifest:
    """What a weights folder says of itself; ``files`` maps relative paths to SHA-256, ``stretch``
    is how much wider lines are made for it (`models.normalise`)."""

    name: str
    characters: str
    height: int
    files: dict[str, str]
    stretch: float = 1.0

    @property
    def identity(self) -> str:
        """``name-hash``: eight digits of the ONNX file's hash tell two trainings apart."""
        return f"{self.name}-{self.files[ONNX][:8]}"


@dataclass(frozen=True)
class Logistic:
    """A probability p made honest: sigmoid(scale · logit(p) + shift)."""

    scale: float = 1.0
    shift: float = 0.0


@dataclass(frozen=True)
class Calibration:
    """How the reader's own probabilities become calibrated ones, and on what that was learnt."""

    line: Logistic = Logistic()
    character: Logistic = Logistic()
    fitted_on: str = "nothing"
    n: int = 0


def sha256(path: Path) -> str:
    """The hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(
    folder: Path, name: str, characters: str, height: int, stretch: float = 1.0
) -> Manifest:
    """Hash what lies in the folder and write its manifest."""
    kept = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".md")
    files = {
        path.relative_to(folder).as_posix(): sha256(path) for path in kept if path.name != MANIFEST
    }
    manifest = Manifest(name, characters, height, files, stretch)
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return manifest


def open_weights(folder: Path, needed: tuple[str, ...] = (ONNX, CALIBRATION)) -> Manifest:
    """The manifest of a folder whose ``needed`` files are there and unchanged.

    Raises:
        MissingPartError: no weights here.
        InputError: a file is not what the manifest says.
    """
    hint = "install hotich again, or name another weights folder"
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except OSError as error:
        raise MissingPartError("no reader weights", where=str(folder), hint=hint) from error
    except (ValueError, TypeError) as error:
        raise InputError("damaged manifest", where=str(folder / MANIFEST), hint=hint) from error
    for name in needed:
        path = folder / name
        if not path.is_file():
            raise MissingPartError("weights file missing", where=str(path), hint=hint)
        if sha256(path) != manifest.files.get(name):
            raise InputError("weights file changed or damaged", where=str(path), hint=hint)
    return manifest


def read_calibration(folder: Path) -> Calibration:
    """The folder's calibration.

    Raises:
        InputError: the file does not hold one.
    """
    path = folder / CALIBRATION
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        line, character = Logistic(**stored.pop("line")), Logistic(**stored.pop("character"))
        return Calibration(line=line, character=character, **stored)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError("damaged calibration", where=str(path)) from error


def write_calibration(folder: Path, calibration: Calibration) -> None:
    """Store it as readable json."""
    text = json.dumps(asdict(calibration), indent=1)
    (folder / CALIBRATION).write_text(text + "\n", encoding="utf-8")
