"""`hotich audit`: a book held against its log, and the story of a cell."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extract.log.audit import Story, parse_cell, story
from extract.log.audit import audit as hold_against_log
from extract.log.logged import cell_name, note_viewed
from extract.record import write_whole
from extract.reopen import Extracted
from extract.report.story import sentence, story_page


def audit(
    folder: Annotated[Path, typer.Argument(help="What `hotich extract` wrote.")],
    cell: Annotated[str, typer.Option(help="Tell a cell's story: 3.1.nksHoTen.")] = "",
    html: Annotated[Path | None, typer.Option(help="The story as a page with its crop.")] = None,
    head: Annotated[str, typer.Option(help="A hash the log must hold: a manifest's.")] = "",
    package: Annotated[
        Path | None, typer.Option(help="A package's manifest: is it what the log tells of?")
    ] = None,
    store: Annotated[str, typer.Option(help="Address of the store; else DIR's own.")] = "",
) -> None:
    """Hold a book against its log; 1, with the list, when something was changed."""
    with Extracted.open(folder, store) as book:
        found = hold_against_log(book, head, package)
        if cell:
            at = parse_cell(cell, book)
            told = story(book, at)
            note_viewed(book.folder, "audit", [at])
            if html:
                write_whole(html, story_page(book.name, told))
                typer.echo(str(html))
            _tell(told)
    for fault in found.faults:
        typer.echo(f"hotich: {fault}", err=True)
    verdict = "the log is whole and the book is as it says"
    if found.faults:
        verdict = f"faults: {len(found.faults)}"
    typer.echo(f"{verdict} ({found.lines} lines, last {found.last})")
    if found.faults:
        raise typer.Exit(1)


_CROPS = {
    True: "as it was read",
    False: "NOT the one that was read",
    None: "none is kept, or the log does not tell of it",
}


def _tell(told: Story) -> None:
    value = told.value
    typer.echo(f"{cell_name(told.at)}: {value.value if value.value is not None else value.status}")
    typer.echo(f"  stands at {list(value.box) if value.box else 'no place'} of {told.source}")
    typer.echo(f"  crop {told.crop}: {_CROPS[told.crop_is_true]}")
    for issue in told.issues:
        typer.echo(f"  open: {issue}")
    for event in told.events:
        line = f" [line {event.line}]" if event.line else ""
        typer.echo(f"  {event.time} {event.who} {event.did}{line}: {sentence(event)}")
