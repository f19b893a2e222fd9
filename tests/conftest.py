"""The order of the suite, how two workers share it, and the sample book read once for both."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from annotation.server import Server

ROOT = Path(__file__).parents[1]
SAMPLE = "KS.1962.01"

os.environ.setdefault("OMP_NUM_THREADS", "1")  # a worker a core; more threads would fight


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first, then the slow ones, longest first so that the workers end together.

    A file's tests stay with one worker, because they share what its fixtures make; a slow test
    shares nothing and goes alone, unless an ``xdist_group`` says what it shares.
    """
    items.sort(key=lambda item: (_seconds(item) > 0, -_seconds(item)))
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            alone = any(mark.name == "slow" for mark in item.own_markers)
            item.add_marker(pytest.mark.xdist_group(item.name if alone else item.path.name))


def _seconds(item: pytest.Item) -> int:
    """About how long a slow test, or all tests of a slow file, take; 0 for a quick one."""
    mark = item.get_closest_marker("slow")
    return int(mark.kwargs["seconds"]) if mark else 0


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One real server for all that need it; its environment is made on first use and kept for the
    next run. Who stops it starts it again."""
    kept = os.environ.get("HOTICH_LABEL_STUDIO_VENV") or str(ROOT / ".venv-label-studio")
    made = Server(tmp_path_factory.mktemp("label-studio"), Path(kept))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def _extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample book as the vendors' page has it extracted: by whichever worker asks first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / SAMPLE
    with FileLock(shared / f"{SAMPLE}.lock"):
        if not (folder / "report.html").is_file():
            scans = ROOT / "sample" / f"{SAMPLE}.pdf"
            call = [sys.executable, "-m", "hotich", "extract", str(scans), "--register", "KS"]
            subprocess.run([*call, "--out", str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture
def sample_book(_extracted: Path) -> Callable[[Path], Path]:
    """Lays a copy of the extracted sample book at a path that is not there yet."""
    return lambda path: Path(shutil.copytree(_extracted, path))
