"""Every command shown in the documentation runs, as shown, in order, in one folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from annotation.server import Server

ROOT = Path(__file__).parents[1]
OUT = Path("out", "KS.1962.01")  # where the pages extract the sample book to


def shown(page: Path) -> list[str]:
    """The lines of every ```sh block, continuation lines joined."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def run_all(page: Path, folder: Path, **more: str) -> None:
    """Run the page's commands in ``folder`` with this environment's ``hotich`` on the path."""
    binaries = Path(sys.executable).parent
    environ = {**os.environ, **more, "PATH": f"{binaries}:{os.environ['PATH']}"}
    for name in ("sample", "docs"):
        link = folder / name
        if not link.exists():
            link.symlink_to(ROOT / name)
    for command in shown(page):
        call = ["bash", "-c", command]
        done = subprocess.run(
            call, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=900
        )
        assert done.returncode in (0, 1), f"{command}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr, f"{command}\n{done.stderr}"


def test_the_two_commands_stand_at_the_top() -> None:
    assert shown(ROOT / "README.md")[:2] == ["make demo", "make test"]
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M)
    assert {"demo", "test", "setup"} <= set(targets)


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_is_documented() -> None:
    from hotich.commands import COMMANDS

    text = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs").glob("*.md"))
    for name in COMMANDS:
        assert f"hotich {name}" in text, f"hotich {name} is in no page"


@pytest.mark.slow(seconds=50)
def test_the_vendors_page(sample_book: Callable[[Path], Path], tmp_path: Path) -> None:
    sample_book(tmp_path / OUT)
    run_all(ROOT / "docs" / "vendors.md", tmp_path)


def test_the_matching_page(tmp_path: Path) -> None:
    run_all(ROOT / "docs" / "matching.md", tmp_path)


@pytest.mark.slow(seconds=130)
def test_the_researchers_page(tmp_path: Path) -> None:
    run_all(ROOT / "docs" / "researchers.md", tmp_path)


@pytest.mark.slow(seconds=70)
@pytest.mark.xdist_group("label-studio")
def test_the_reviewers_page(
    label_studio: Server, sample_book: Callable[[Path], Path], tmp_path: Path
) -> None:
    sample_book(tmp_path / OUT)
    run_all(
        ROOT / "docs" / "reviewers.md",
        tmp_path,
        HOTICH_LABEL_STUDIO_HOME=str(label_studio.home),
        HOTICH_LABEL_STUDIO_VENV=str(label_studio.environment),
    )
    assert not label_studio.running()
