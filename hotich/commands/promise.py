"""`hotich promise`: which fields need no person, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from extract.promise import Promise, PromiseOptions, keep, said
from extract.reopen import Extracted

MaxError = Annotated[
    float, typer.Option(help="Share of the fields that nobody looks at that may be wrong.")
]
Store = Annotated[str, typer.Option(help="Address of the store; else each DIR's own.")]


def promise(
    folders: Annotated[list[Path], typer.Argument(help="All books of the project.")],
    max_error: MaxError = 0.005,
    confidence: Annotated[float, typer.Option(help="How surely.")] = 0.95,
    by_kind: Annotated[
        bool, typer.Option(help="Names, dates … keep it each by itself, not all together.")
    ] = False,
    seed: Annotated[str, typer.Option(help="Draws the audit; agreed before it begins.")] = "hotich",
    anew: Annotated[bool, typer.Option(help="Choose again from all that is known now.")] = False,
    store: Store = "",
) -> None:
    """Begin the promise of a project, or see where it stands; 1 while it is not kept.

    `hotich review push` then asks for the fields that the audit draws.
    """
    options = PromiseOptions.of(
        max_error=max_error, confidence=confidence, by_kind=by_kind, seed=seed
    )
    with opened(folders, store) as books:
        kept = keep(books, options, anew=anew)
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
