"""Other people's tools, each in an environment of its own, made when it is first needed."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from common.errors import MissingPartError
from models.plugins.aster import PYTHON, REQUIREMENT


@dataclass(frozen=True)
class Peer:
    """A tool measured beside ours.

    Attributes:
        name: in messages.
        requirements: what pip installs.
        environment: the folder of its environment, here.
        option: with which a python that has it may be given.
        variable: of the environment, that may name such a python.
    """

    name: str
    requirements: tuple[str, ...]
    environment: Path
    option: str
    variable: str = ""

    def python(self, given: Path | None = None) -> Path:
        """The python that has the tool: the one given or named, else that of its environment,
        which is made when it is not there.

        Raises:
            MissingPartError: it could not be installed (the package index was not reached).
        """
        variable = os.environ.get(self.variable, "") if self.variable else ""
        named = given or (Path(variable) if variable else None)
        folder = "Scripts" if sys.platform == "win32" else "bin"
        python = named or self.environment / folder / "python"
        if named is None and not python.is_file():
            venv.create(self.environment, with_pip=True)
            call = [str(python), "-m", "pip", "install", "--quiet", *self.requirements]
            if subprocess.run(call, capture_output=True, check=False).returncode:
                raise MissingPartError(
                    f"{self.name} could not be installed",
                    where=str(self.environment),
                    hint=f"{' '.join(call)}, or give {self.option} PYTHON",
                )
        return python


ASTEROCR = Peer("asterocr", (REQUIREMENT,), Path(".venv-asterocr"), "--asterocr", PYTHON)
SPLINK = Peer("splink", ("splink==5.0.0",), Path(".venv-splink"), "--splink-python")
