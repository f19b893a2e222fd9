"""Other people's skew estimators on the same pages, in an environment of their own.

jdeskew (Fourier), deskew (Canny and Hough) and OpenCV's usual recipe (Otsu, minAreaRect) run in
``.venv-deskew``, which is made when it is first needed; pages go over as files, angles come back
as JSON lines, degrees counter-clockwise.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from common.errors import MissingPartError
from hotich.evaluation.peers import Peer

SKEW_PEERS = Peer(
    "jdeskew and deskew",
    ("jdeskew==0.4.2", "deskew==1.6.1", "opencv-python-headless==4.12.0.88"),
    Path(".venv-deskew"),
    "--peers",
    "HOTICH_DESKEW_PYTHON",
)
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
