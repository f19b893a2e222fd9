"""`hotich check`: acceptance of any package, ours or not."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from extract.acceptance import check_package, find_packages


def check(
    packages: Annotated[list[Path], typer.Argument(help="Folders, or xlsx files and their zips.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a finding.")] = False,
) -> None:
    """Acceptance of any package; 1, with the list, when it must not be accepted."""
    stopped = False
    for files in find_packages(packages):
        findings = check_package(files)
        errors = sum(found.stops for found in findings)
        stopped = stopped or errors > 0
        for found in findings:
            typer.echo(json.dumps(asdict(found), ensure_ascii=False) if as_json else str(found))
        if not as_json:
            verdict = "must not be accepted" if errors else "can be accepted"
            warnings = len(findings) - errors
            typer.echo(f"{files.base}: {verdict} ({errors} errors, {warnings} warnings)")
    if stopped:
        raise typer.Exit(1)
