"""`hotich match`: find people in a list of existing records."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from common.errors import UsageError
from extract.match import Match, Matcher, MatchOptions, Person, read_people, resolve
from extract.match.existing import open_existing
from extract.match.explain import as_html, explain
from extract.match.notes import Notes
from extract.record import write_whole


def match(
    queries: Annotated[Path, typer.Argument(help="CSV: id,ho_ten,ngay_sinh,gioi_tinh,cha,me,…")],
    against: Annotated[Path, typer.Option(help="CSV of existing records, or its index's folder.")],
    out: Annotated[Path, typer.Option(help="CSV to write: query_id,match_id,rank,score.")],
    top: Annotated[int | None, typer.Option(min=1, help="K rows a query, at any score.")] = None,
    threshold: Annotated[float, typer.Option(min=0, max=1, help="The least probability.")] = 0.5,
    present: Annotated[
        float | None,
        typer.Option(min=0.0001, max=0.9999, help="Share of queries in the list, when known."),
    ] = None,
    index: Annotated[
        Path | None, typer.Option(help="Where the list's index is kept; else beside the list.")
    ] = None,
    explained: Annotated[
        Path | None, typer.Option("--explain", help="HTML to write: why, field by field.")
    ] = None,
) -> None:
    """Find people in a list of existing records; a score is the probability that it is they."""
    written = [path.resolve() for path in (out, explained) if path]
    if {queries.resolve(), against.resolve()} & set(written) or len(set(written)) < len(written):
        raise UsageError("a file to write is one of the others", hint="give it a name of its own")
    options = MatchOptions(threshold=threshold, top=top, present=present)
    notes = Notes(queries.name)
    asked = list(read_people(queries, notes))
    matcher = Matcher(open_existing(against, index), options)
    for line in (*notes.lines(), *matcher.index.notes):
        typer.echo(line, err=True)
    console = Console(stderr=True)
    watched = track(asked, "Matching", console=console, disable=not console.is_terminal)
    found = resolve(matcher, [matcher.candidates(query) for query in watched])
    file = io.StringIO(newline="")
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(["query_id", "match_id", "rank", "score"])
    for query, matches in zip(asked, found, strict=True):
        for rank, one in enumerate(matches, start=1):
            rows.writerow([query.id, one.id, rank, f"{one.score:.4f}"])
    write_whole(out, file.getvalue().encode("utf-8"))
    if explained:
        pairs = _pairs(asked, found)
        explained.write_text(as_html([explain(matcher, *pair) for pair in pairs]), "utf-8")


def _pairs(asked: list[Person], found: list[list[Match]]) -> Iterator[tuple[Person, Match]]:
    for query, matches in zip(asked, found, strict=True):
        for one in matches:
            yield query, one
