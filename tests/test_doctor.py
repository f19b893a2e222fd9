"""`hotich doctor` names what is missing and how to get it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from common.errors import install_hint
from hotich.commands.doctor import EXTRAS, Finding, _show


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


def test_what_to_type_for_a_missing_part_is_whole_and_on_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    _show([Finding("torch", "not [installed]", False, False, EXTRAS["torch"])])
    table, command = capsys.readouterr().out.rsplit("torch: ", 1)
    assert "not [installed]" in table
    assert command.startswith(".venv/bin/pip install -c constraints.txt -e '.[train]' (")


@pytest.mark.parametrize("extra", ["train", "synth", "cluster"])
def test_the_install_hints_name_extras_and_files_there_are(extra: str) -> None:
    root = Path(__file__).parents[1]
    assert (
        extra
        in tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"][
            "optional-dependencies"
        ]
    )
    assert any(install_hint(extra) in hint for hint in EXTRAS.values())
    assert (root / "constraints.txt").is_file()


@pytest.mark.parametrize("call", [["nonsense"], ["extract"], ["extract", "x", "--register"]])
def test_a_wrong_call_ends_with_2(call: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hotich", *call], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
