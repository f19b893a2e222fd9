"""`hotich promise`: which fields need no person, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from extract.promise import Promise, keep, said
from extract.reopen import Extracted


def promise(
    folders: Annotated[list[Path], typer.Argument(help="All books of the project.")],
    max_error: Annotated[
        float | None, typer.Option(help="Share of unseen fields that may be wrong; 0.005.")
    ] = None,
    confidence: Annotated[float | None, typer.Option(help="How surely; 0.95.")] = None,
    by_kind: Annotated[
        bool | None, typer.Option(help="Names, dates … keep it each by itself, not all together.")
    ] = None,
    learn: Annotated[
        int | None, typer.Option(help="Audited fields before it is chosen what to accept; 400.")
    ] = None,
    seed: Annotated[
        str | None, typer.Option(help="Draws the audit; agreed before it begins.")
    ] = None,
    anew: Annotated[bool, typer.Option(help="Choose again from all that is known now.")] = False,
    store: Annotated[str, typer.Option(help="Address of the store; else each DIR's own.")] = "",
) -> None:
    """Begin the promise of a project, or see where it stands; 1 while it is not kept.

    `hotich review push` then asks for the fields that the audit draws. What is left out is as it
    was when the promise began.
    """
    given = {
        "max_error": max_error,
        "confidence": confidence,
        "by_kind": by_kind,
        "learn": learn,
        "seed": seed,
    }
    wanted = {name: value for name, value in given.items() if value is not None}
    with opened(folders, store) as books:
        kept = keep(books, wanted, anew=anew)
    tell(kept)
    if not kept.kept:
        raise typer.Exit(1)


@contextmanager
def opened(folders: Sequence[Path], store: str) -> Iterator[list[Extracted]]:
    """The books of a project, open."""
    with ExitStack() as stack:
        yield [stack.enter_context(Extracted.open(folder, store)) for folder in folders]


def tell(kept: Promise) -> None:
    """Where the promise stands, and what the audit asks for now."""
    now = kept.standing
    for line in said(kept.held, now):
        typer.echo(line)
    if now.asked:
        typer.echo(f"round {kept.held.number}: {len(now.asked)} fields to be looked at, by lot")
