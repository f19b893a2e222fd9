"""Other people's skew estimators on the same pages, in an environment of their own.

jdeskew (Fourier), deskew (Canny and Hough) and OpenCV's usual recipe (Otsu, minAreaRect) run in
``.venv-deskew``, which is made when it is first needed; pages go over as files, angles come back
as JSON lines, degrees counter-clockwise.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

from common.errors import MissingPartError

ENVIRONMENT = Path(".venv-deskew")
PYTHON = "HOTICH_DESKEW_PYTHON"
REQUIREMENTS = ("jdeskew==0.4.2", "deskew==1.6.1", "opencv-python-headless==4.12.0.88")
PEERS = ("jdeskew", "deskew", "minAreaRect")

_WORKER = """
import json, sys, time
import cv2, numpy as np
from deskew import determine_skew
from jdeskew.estimator import get_angle

cv2.setNumThreads(1)

def min_area_rect(grey):
    _, ink = cv2.threshold(cv2.bitwise_not(grey), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    angle = cv2.minAreaRect(np.column_stack(np.nonzero(ink)[::-1]).astype(np.float32))[-1]
    return -(angle - 90 if angle > 45 else angle)

recipes = {
    "jdeskew": lambda grey: -get_angle(grey),
    "deskew": lambda grey: -(determine_skew(grey, min_deviation=0.2) or 0.0),
    "minAreaRect": min_area_rect,
}
for line in sys.stdin:
    grey, row = cv2.imread(line.rstrip(), cv2.IMREAD_GRAYSCALE), {}
    for name, recipe in recipes.items():
        start = time.process_time()
        row[name] = [float(recipe(grey)), time.process_time() - start]
    print(json.dumps(row), flush=True)
"""


def peers_python(given: Path | None = None) -> Path:
    """The python that has the peers: the one given, or named in ``HOTICH_DESKEW_PYTHON``, or
    that of ``.venv-deskew`` here, which is made when it is not there.

    Raises:
        MissingPartError: they could not be installed (the package index was not reached).
    """
    named = given or (Path(os.environ[PYTHON]) if os.environ.get(PYTHON) else None)
    python = named or ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if named is None and not python.is_file():
        venv.create(ENVIRONMENT, with_pip=True)
        call = [str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS]
        if subprocess.run(call, capture_output=True, check=False).returncode:
            raise MissingPartError(
                "jdeskew and deskew could not be installed",
                where=str(ENVIRONMENT),
                hint=f"{' '.join(call)}, or give --peers PYTHON",
            )
    return python


def peer_angles(python: Path, pages: Sequence[Path]) -> list[Mapping[str, tuple[float, float]]]:
    """Each peer's angle in degrees and its seconds, for each page."""
    names = "".join(f"{page}\n" for page in pages)
    call = [str(python), "-c", _WORKER]
    done = subprocess.run(call, input=names, capture_output=True, text=True, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or len(rows) != len(pages):
        raise MissingPartError(
            "the peers stopped", where=str(python), hint=done.stderr.strip()[-300:] or "run again"
        )
    return [{name: (row[name][0], row[name][1]) for name in PEERS} for row in rows]
