"""`hotich doctor` names what is missing and how to get it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest


def doctor(path: str) -> tuple[int, dict[str, dict[str, object]]]:
    """Exit code, and the findings by part, with this PATH."""
    call = [sys.executable, "-m", "hotich", "doctor", "--json"]
    done = subprocess.run(
        call, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, {row["part"]: row for row in map(json.loads, done.stdout.splitlines())}


def test_everything_needed_is_here() -> None:
    code, parts = doctor(os.environ["PATH"])
    assert code == 0, parts
    assert parts["tesseract vie"]["ok"]
    assert parts["handwriting reader"]["ok"]


def test_without_tesseract_it_says_how_to_get_it(tmp_path: object) -> None:
    code, parts = doctor(str(tmp_path))
    assert code == 4
    assert "apt-get install" in str(parts["tesseract"]["get"])


@pytest.mark.parametrize("call", [["nonsense"], ["extract"], ["extract", "x", "--register"]])
def test_a_wrong_call_ends_with_2(call: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hotich", *call], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
