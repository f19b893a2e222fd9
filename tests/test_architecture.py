"""The house rules a machine can check: who may know whom, sizes, what is never committed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ["common", "preprocessing", "models", "extract", "annotation", "hotich"]  # low to high
TORCH_ROOM = ROOT / "models" / "training"
NEEDS_TORCH = {ROOT / "models" / "network.py", ROOT / "models" / "plugins" / "vision.py"}


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def _imports(file: Path) -> set[str]:
    """Top-level packages a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_only_the_rooms_below(room: str) -> None:
    above = set(ROOMS[ROOMS.index(room) + 1 :])
    for file in (ROOT / room).rglob("*.py"):
        assert not _imports(file) & above, f"{file.relative_to(ROOT)} looks up"


def test_no_file_is_over_500_lines() -> None:
    for room in [*ROOMS, "tests"]:
        for file in (ROOT / room).rglob("*.py"):
            assert len(file.read_text(encoding="utf-8").splitlines()) <= 500, file


def test_only_training_imports_torch() -> None:
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            if TORCH_ROOM in file.parents or file in NEEDS_TORCH:
                continue
            assert not _imports(file) & {"torch", "transformers"}, file


def test_nothing_committed_is_large_or_pickled() -> None:
    for file in _tracked():
        assert file.stat().st_size < 10 * 2**20, f"{file} is over 10 MB"
        assert file.suffix not in {".pkl", ".pickle", ".pt", ".pth"}, file


def test_help_needs_neither_torch_nor_the_heavy_parts() -> None:
    code = (
        "import sys; sys.argv=['hotich','--help']\n"
        "from hotich.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch','cv2','onnxruntime','sqlalchemy'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "extract" in done.stdout


def test_every_command_loads_without_the_extras() -> None:
    """Training, rendering and tests' packages are absent where vendors work."""
    code = (
        "import sys\n"
        "absent = {'torch', 'transformers', 'uharfbuzz', 'fontTools', 'playwright', 'onnx'}\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in absent:\n"
        "            raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "from importlib import import_module\n"
        "from hotich.commands import COMMANDS\n"
        "for command in COMMANDS.values():\n"
        "    import_module(f'hotich.commands.{command.module}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
