"""`hotich reconcile`: our records of a book against another keying of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from common.errors import UsageError
from extract.match.keyings import read_keying
from extract.match.notes import Notes
from extract.match.reconcile import reconcile as compare
from extract.match.reconcile_book import totals, write_workbook
from extract.registers import load_register


def reconcile(
    ours: Annotated[Path, typer.Argument(help="What `hotich extract` wrote; or xlsx, CSV.")],
    theirs: Annotated[Path, typer.Argument(help="The other keying: xlsx or CSV, or a folder.")],
    register: Annotated[str, typer.Option(help="KS KH KT CMC HN NCN GH CDGH LH TD")],
    out: Annotated[Path, typer.Option(help="Workbook to write.")],
) -> None:
    """Two keyings of one book compared, as a workbook to work through; 1 when they differ."""
    if out.resolve() in (ours.resolve(), theirs.resolve()):
        raise UsageError(
            "the workbook would replace a keying", where=str(out), hint="give it a name of its own"
        )
    known = load_register(register)
    notes = Notes(theirs.name), Notes(ours.name)
    other, their_codes = read_keying(theirs, known, notes[0])
    mine, my_codes = read_keying(ours, known, notes[1])
    for line in (line for each in notes for line in each.lines()):
        typer.echo(line, err=True)
    found = compare(mine, other, set(my_codes) & set(their_codes), known)
    write_workbook(out, found, known)
    for text, count in totals(found):
        typer.echo(f"{text}: {count}")
    typer.echo(str(out))
    if found.differences or found.only_ours or found.only_theirs:
        raise typer.Exit(1)
