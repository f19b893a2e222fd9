"""`hotich evaluate effort` and `hotich evaluate review`: what a person's minute is worth."""

from __future__ import annotations

import tempfile
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hotich.evaluation.effort import Shortened

_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)  # of the fields looked at, as shown


def effort(
    books: Annotated[
        list[Path], typer.Argument(help="Rendered books with `extracted` and truth.jsonl.")
    ],
    answers: Annotated[int, typer.Option(help="After how many the queue is counted.")] = 64,
    curve: Annotated[bool, typer.Option(help="Draw the whole curve, not the queue alone.")] = True,
) -> None:
    """A simulated reviewer: errors left against fields looked at, and how a queue gets shorter."""
    from hotich.evaluation.effort import curves, needed, open_book, shortened

    found: list[Shortened] = []
    for folder in books:
        book = open_book(folder / "extracted", folder / "truth.jsonl")
        typer.echo(f"{folder.name}: rendered, {len(book.asked())} fields on the form")
        for name, points in curves(book).items() if curve else ():
            shown = (min(points, key=lambda p: abs(p.looked - share)) for share in _SHARES)
            rights = "  ".join(f"{p.looked:4.0%} {p.right:6.2%}" for p in shown)
            typer.echo(f"  {name:28} {rights}   99.5 % right from {needed(points):.0%}")
        found.append(shortened(book, answers))
        typer.echo(f"  after {_told(found[-1])}")
    if len(found) > 1:
        typer.echo(f"{len(found)} books: after {_told(reduce(add, found))}")


def _told(one: Shortened) -> str:
    return (
        f"{one.answers} answers the queue on the rest: {one.before} → {one.after} "
        f"({one.shorter:.1%} shorter); {one.released} let go, {one.released_wrong} of them wrong; "
        f"wrong values on the rest {one.errors_before} → {one.errors_after}"
    )


def review(
    tasks: Annotated[int, typer.Option(help="How many are pushed.")] = 5000,
) -> None:
    """Tasks pushed to a real Label Studio, started for it, and pushed again: seconds, numbers."""
    from annotation.server import Server, own_server
    from hotich.evaluation.review import evaluate_push

    with tempfile.TemporaryDirectory(prefix="hotich-") as folder:
        server = Server(Path(folder) / "server", own_server().environment)
        server.start()
        try:
            figure = evaluate_push(server, Path(folder) / "book", tasks)
        finally:
            server.stop()
    typer.echo(
        f"{tasks} made-up tasks: {figure.first.added} added in {figure.first_seconds:.0f} s; "
        f"pushed again: {figure.again.added} added in {figure.again_seconds:.0f} s; "
        f"{figure.on_server} on the server"
    )
