"""`hotich extract`: scans of one book → pre-filled records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from common.errors import UsageError
from common.executor import Pool, Ray, Serial
from extract.folder import BookFolder
from extract.learn import How
from extract.match import MatchOptions, inform
from extract.match.existing import open_existing
from extract.registers import ANY, Register, load_register
from extract.report import write_report
from extract.run import Matcher, RunSummary, run_book
from extract.store import Store
from models.plugins import open_reader
from preprocessing.scans import book_name

_PHASES = {"form": "Learning the form", "pages": "Reading pages"}


def extract(
    scans: Annotated[list[Path], typer.Argument(help="PDF, TIFF or a folder, in page order.")],
    register: Annotated[
        str, typer.Option(help="KS KH KT CMC HN NCN GH CDGH LH TD, or ANY: any ledger")
    ],
    out: Annotated[Path, typer.Option(help="Folder to write; run again, it goes on there.")],
    form: Annotated[
        str, typer.Option(help="auto, or a form file that a person corrected.")
    ] = "auto",
    book: Annotated[str, typer.Option(help="The book's name; by default the file's stem.")] = "",
    reader: Annotated[
        str, typer.Option(help="Not the package's own: as for `hotich read --reader`.")
    ] = "",
    against: Annotated[Path | None, typer.Option(help="CSV of existing records.")] = None,
    present: Annotated[
        float | None,
        typer.Option(min=0.0001, max=0.9999, help="Share of the book's people in it, when known."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Pages read at the same time.")] = 1,
    ray: Annotated[str, typer.Option(help="Address of a Ray cluster.")] = "",
    store: Annotated[str, typer.Option(help="Store; by default SQLite in the folder.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="The outcome as JSON.")] = False,
) -> None:
    """Read the scans of one book into pre-filled records.

    Exit code 1 when a page failed or was refused: the causes are listed, the rest is done.
    """
    folder = BookFolder(out)
    known = load_register(register)
    matcher = _matcher(against, known, present)
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks = {name: bar.add_task(text, visible=False) for name, text in _PHASES.items()}

        def show(phase: str, done: int, of: int) -> None:
            bar.update(tasks[phase], completed=done, total=of, visible=True)

        summary = run_book(
            scans,
            register,
            folder,
            book=book or book_name(scans),
            form=None if form == "auto" else Path(form),
            store=Store.open(store) if store else None,
            reader=open_reader(reader) if reader else None,
            how=_how(workers, ray),
            matcher=matcher,
            progress=show,
        )
    folder.matched_with(against, present)
    write_report(out, store)
    _tell(summary, folder, console, as_json)
    if summary.needs_attention:
        raise typer.Exit(1)


def _matcher(against: Path | None, register: Register, present: float | None) -> Matcher | None:
    """What adds the list's word to the records, after a line of what of the list was not taken."""
    if against is None:
        if present is not None:
            raise UsageError("--present without --against", hint="name the list, too")
        return None
    if register.code == ANY:
        raise UsageError("--against needs to know which columns are names", hint="name a register")
    index = open_existing(against)
    for line in index.notes:
        typer.echo(line, err=True)
    return inform.against(index, register, MatchOptions(present=present))


def _how(workers: int, ray: str) -> How:
    if ray:
        return Ray(ray)
    return Pool(workers) if workers > 1 else Serial()


def _tell(summary: RunSummary, folder: BookFolder, console: Console, as_json: bool) -> None:
    fields = [v for r in summary.records for v in r.fields.values() if v.status != "absent_on_form"]
    review = sum(value.review for value in fields)
    if as_json:
        told = {
            "book": summary.book,
            "form": summary.form,
            "pages": dict(sorted(summary.outcomes.items())),
            "records": len(summary.records),
            "fields": len(fields),
            "review": review,
            "causes": [{"page": page, "cause": cause} for page, cause in summary.causes],
            "out": str(folder.records),
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for page, cause in summary.causes:
        console.print(f"page {page}: {cause}", highlight=False, markup=False, soft_wrap=True)
    if console.is_terminal:
        share = review / len(fields) if fields else 0.0
        text = f"{summary.book}: {len(summary.records)} records, form {summary.form}, "
        console.print(f"{text}{share:.0%} of fields for a person to look at", highlight=False)
        console.print(str(folder.records), highlight=False)
