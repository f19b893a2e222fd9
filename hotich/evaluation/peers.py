"""Other people's readers, each in an environment of its own, made when it is first needed."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

from common.errors import MissingPartError
from models.plugins.aster import PYTHON, REQUIREMENT

ENVIRONMENT = Path(".venv-asterocr")


def asterocr_python(given: Path | None = None) -> Path:
    """The python that has asterocr: the one given, or named in ``HOTICH_ASTEROCR_PYTHON``, or
    that of ``.venv-asterocr`` here, which is made when it is not there.

    Raises:
        MissingPartError: it could not be installed (the package index was not reached).
    """
    named = given or (Path(os.environ[PYTHON]) if os.environ.get(PYTHON) else None)
    python = named or ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if named is None and not python.is_file():
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


SPLINK = "splink==5.0.0"
SPLINK_ENVIRONMENT = Path(".venv-splink")


def splink_python(given: Path | None = None) -> Path:
    """The python that has splink: the one given, or that of ``.venv-splink``, made once.

    Raises:
        MissingPartError: it could not be installed (the package index was not reached).
    """
    python = (
        given or SPLINK_ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    )
    if given is None and not python.is_file():
        venv.create(SPLINK_ENVIRONMENT, with_pip=True)
        call = [str(python), "-m", "pip", "install", "--quiet", SPLINK]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        if done.returncode:
            raise MissingPartError(
                "splink could not be installed",
                where=str(SPLINK_ENVIRONMENT),
                hint=f"{' '.join(call)}, or give --splink PYTHON",
            )
    return python
