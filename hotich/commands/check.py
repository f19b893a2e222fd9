"""`hotich check`: acceptance of any package, ours or not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from extract.acceptance import Finding, check_package, check_together, find_packages

_FEW = 10  # findings of one rule in one book that are shown


def check(
    packages: Annotated[list[Path], typer.Argument(help="Folders, or xlsx files and their zips.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a finding.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help=f"Every finding, not {_FEW} of a rule a book.")
    ] = False,
) -> None:
    """Acceptance of any package; 1, with the list, when it must not be accepted."""
    books = find_packages(packages)
    stopped = False
    for files in books:
        findings = check_package(files)
        _show(findings, as_json=as_json, every=every)
        errors = sum(found.stops for found in findings)
        stopped = stopped or errors > 0
        if not as_json:
            verdict = "must not be accepted" if errors else "can be accepted"
            typer.echo(f"{files.base}: {verdict} ({_counted(findings)})")
    shared = list(check_together(books))
    _show(shared, as_json=as_json, every=every)
    if shared and not as_json:
        typer.echo(f"{len(shared)} cases stand in two of these books: accept only one of each")
    if stopped or shared:
        raise typer.Exit(1)


def _counted(findings: Sequence[Finding]) -> str:
    found = Counter(one.severity for one in findings)
    names = {"error": "errors", "warn": "warnings", "info": "notes"}
    return ", ".join(f"{name}: {found[severity]}" for severity, name in names.items())


def _show(findings: Sequence[Finding], *, as_json: bool, every: bool) -> None:
    """The findings; of a rule that a whole book breaks the first few, and how many more."""
    shown: Counter[str] = Counter()
    for found in findings:
        shown[found.rule] += 1
        if as_json:
            typer.echo(json.dumps(asdict(found), ensure_ascii=False))
        elif every or shown[found.rule] <= _FEW:
            typer.echo(" ".join(str(found).split("\n")))
    for rule, count in shown.items():
        if count > _FEW and not (every or as_json):
            typer.echo(f"      {rule:10} {count - _FEW} more: --all shows them")
