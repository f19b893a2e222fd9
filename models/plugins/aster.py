"""asterocr, the one Vietnamese reader on PyPI that tries handwriting, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2

from common.errors import InputError, MissingPartError
from models.plugins.letters import as_reading
from models.reading import Image, Reading

REQUIREMENT = "asterocr==1.0.2"
PYTHON = "HOTICH_ASTEROCR_PYTHON"
"""Environment variable: the python that has asterocr, when it is not the one hotich runs in."""
_WORKER = Path(__file__).with_name("aster_worker.py")


class AsterReader:
    """Reads lines with asterocr; its confidences are its network's own, not calibrated.

    Args:
        python: of the environment that has asterocr; by default ``HOTICH_ASTEROCR_PYTHON``, else
            the python that runs now.

    Raises:
        MissingPartError: asterocr is not installed there.
    """

    def __init__(self, python: Path | None = None) -> None:
        self.python = python or Path(os.environ.get(PYTHON) or sys.executable)
        (version,) = self._ask([])
        self._source = f"asterocr@{version}"

    @property
    def source(self) -> str:
        """``asterocr@version``."""
        return self._source

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        """One reading a line, in order; lines are (H, W) grey or (H, W, 3) RGB uint8."""
        with tempfile.TemporaryDirectory(prefix="hotich-") as scratch:
            paths = []
            for index, line in enumerate(lines):
                paths.append(f"{scratch}/{index}.png")
                bgr = cv2.cvtColor(line, cv2.COLOR_RGB2BGR) if line.ndim == 3 else line
                cv2.imwrite(paths[-1], bgr)
            _, *answers = self._ask(paths)
        return [as_reading([(c, float(p)) for c, p in one], self._source) for one in answers]

    def _ask(self, paths: Sequence[str]) -> list[list[tuple[str, float]]]:
        """What the worker says: its version, then the characters of each image."""
        questions = "".join(json.dumps(path) + "\n" for path in paths)
        call = [str(self.python), str(_WORKER)]
        try:
            done = subprocess.run(
                call, input=questions, capture_output=True, text=True, check=False
            )
        except OSError as error:
            raise MissingPartError(
                f"cannot be run: {error.strerror}", where=str(self.python), hint=f"see {PYTHON}"
            ) from error
        if "ModuleNotFoundError" in done.stderr:
            raise MissingPartError(
                "asterocr is not installed",
                where=str(self.python),
                hint=f"pip install {REQUIREMENT}, or name another python in {PYTHON}",
            )
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode or len(answers) != len(paths) + 1:
            why = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            raise InputError(f"asterocr failed: {why[0]}", where=str(self.python))
        return answers
