"""Other people's readers, each in an environment of its own, made when it is first needed."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

from common.errors import MissingPartError
from models.plugins.aster import REQUIREMENT

ENVIRONMENT = Path(".venv-asterocr")


def asterocr_python(given: Path | None = None) -> Path:
    """The python that has asterocr: the one given, or that of ``.venv-asterocr`` here.

    Raises:
        MissingPartError: it could not be installed (the package index was not reached).
    """
    python = given or ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if given is None and not python.is_file():
        venv.create(ENVIRONMENT, with_pip=True)
        call = [str(python), "-m", "pip", "install", "--quiet", REQUIREMENT]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        if done.returncode:
            raise MissingPartError(
                "asterocr could not be installed",
                where=str(ENVIRONMENT),
                hint=f"{' '.join(call)}, or give --asterocr PYTHON",
            )
    return python
