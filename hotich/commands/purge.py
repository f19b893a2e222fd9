"""`hotich purge`: working copies deleted by rule."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from extract.log.purge import RULES, due, load_rules
from extract.log.purge import purge as delete
from extract.reopen import Extracted


def purge(
    folder: Annotated[Path, typer.Argument(help="What `hotich extract` wrote.")],
    rules: Annotated[Path, typer.Option(help="Other rules than hotich's own.")] = RULES,
    yes: Annotated[bool, typer.Option("--yes", help="Delete; else only say so.")] = False,
    store: Annotated[str, typer.Option(help="Address of the store; else DIR's own.")] = "",
) -> None:
    """Delete a book's working copies by rule, and say in its log what went."""
    with Extracted.open(folder, store) as book:
        found = due(book, load_rules(rules), datetime.now(UTC))
        for one in found:
            size = f"{len(one.files)} files, {one.bytes / 1e6:.1f} MB"
            typer.echo(f"{one.rule.what}: {'kept: ' + one.kept if one.kept else size}")
        if yes:
            typer.echo(f"{delete(book, found)} files deleted; the log says which")
        else:
            typer.echo("nothing was deleted: --yes deletes")
