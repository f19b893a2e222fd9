"""`hotich doctor`: what is installed, what is missing, how to get it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from typing import Annotated, NamedTuple

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from common.errors import HotichError, install_hint


class Finding(NamedTuple):
    """One part of the installation. ``needed`` parts missing make the command exit 4."""

    part: str
    state: str
    ok: bool
    needed: bool = True
    get: str = ""


RUN_TIME = ("numpy", "opencv-python-headless", "onnxruntime", "pymupdf", "scikit-image",
            "rapidfuzz", "pytesseract", "sqlalchemy", "openpyxl")  # fmt: skip
EXTRAS = {
    "torch": f"{install_hint('train')} (training and evaluation only)",
    "uharfbuzz": f"{install_hint('synth')} (rendering training pages only)",
    "ray": f"{install_hint('cluster')} (a Ray cluster only)",
}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a finding.")] = False,
) -> None:
    """What is installed, what is missing, how to get it. Exit 4 when a needed part is missing."""
    findings = [*_machine(), *_packages(), *_tesseract(), *_weights(), *_label_studio()]
    if as_json:
        import json

        for finding in findings:
            typer.echo(json.dumps(finding._asdict(), ensure_ascii=False))
    else:
        _show(findings)
    if any(finding.needed and not finding.ok for finding in findings):
        raise typer.Exit(4)


def _show(findings: list[Finding]) -> None:
    """The findings as a table; below it, on whole lines to copy, how to get what is missing."""
    console = Console()
    table = Table("", "part", "state", box=None, pad_edge=False)
    for finding in findings:
        mark = "[green]✓[/]" if finding.ok else ("[red]✗[/]" if finding.needed else "·")
        table.add_row(mark, escape(finding.part), escape(finding.state))
    console.print(table)
    for finding in findings:
        if not finding.ok and finding.get:
            console.out(f"{finding.part}: {finding.get}", highlight=False)


def _machine() -> Iterator[Finding]:
    yield Finding("python", platform.python_version(), True)
    yield Finding("processor", f"{os.cpu_count()} cores, {platform.machine()}", True)
    free = shutil.disk_usage(".").free / 2**30
    yield Finding("free disk here", f"{free:.0f} GiB", free > 2, False, "a book needs up to 1 GiB")


def _packages() -> Iterator[Finding]:
    for name in (*RUN_TIME, *EXTRAS):
        get = EXTRAS.get(name, "make setup")
        try:
            yield Finding(name, importlib.metadata.version(name), True, name in RUN_TIME)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, "not installed", False, name in RUN_TIME, get)


def _tesseract() -> Iterator[Finding]:
    path = shutil.which("tesseract")
    get = "apt-get install tesseract-ocr tesseract-ocr-vie"
    if path is None:
        yield Finding("tesseract", "not found", False, True, get)
        return
    version = _output([path, "--version"]).split("\n", 1)[0]
    yield Finding("tesseract", version.removeprefix("tesseract "), True)
    has = "vie" in _output([path, "--list-langs"]).split()
    yield Finding("tesseract vie", "found" if has else "not found", has, True, get)


def _output(call: list[str]) -> str:
    done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=20)
    return done.stdout or done.stderr


def _weights() -> Iterator[Finding]:
    from models.weights import HANDWRITING, open_weights

    try:
        yield Finding("handwriting reader", open_weights(HANDWRITING).identity, True)
    except HotichError as error:
        yield Finding("handwriting reader", error.what, False, True, error.hint)


def _label_studio() -> Iterator[Finding]:
    from annotation.server import own_server

    there = own_server().installed
    get = "hotich review start makes it (about 1 GB, once)"
    yield Finding("label studio", "installed" if there else "not made yet", there, False, get)
