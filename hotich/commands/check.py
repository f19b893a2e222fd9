"""`hotich check`: acceptance of any package, ours or not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from extract.acceptance import Finding, check_package, check_together, find_packages


def check(
    packages: Annotated[list[Path], typer.Argument(help="Folders, or xlsx files and their zips.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a finding.")] = False,
) -> None:
    """Acceptance of any package; 1, with the list, when it must not be accepted."""
    books = find_packages(packages)
    stopped = False
    for files in books:
        findings = check_package(files)
        _show(findings, as_json=as_json)
        errors = sum(found.stops for found in findings)
        stopped = stopped or errors > 0
        if not as_json:
            verdict = "must not be accepted" if errors else "can be accepted"
            warnings = len(findings) - errors
            typer.echo(f"{files.base}: {verdict} ({errors} errors, {warnings} warnings)")
    shared = list(check_together(books))
    _show(shared, as_json=as_json)
    if shared and not as_json:
        typer.echo(f"{len(shared)} cases stand in two of these books: accept only one of each")
    if stopped or shared:
        raise typer.Exit(1)


def _show(findings: Sequence[Finding], *, as_json: bool) -> None:
    for found in findings:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False) if as_json else str(found))
