"""`hotich sample`: a blind sample of any package, drawn, taken back, made a statement."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from extract.acceptance import find_packages
from extract.record import write_whole
from extract.sample import (
    SampleOptions,
    draw_sample,
    keep_verdict,
    lines,
    statement_pdf,
    take_sample,
)

app = typer.Typer(no_args_is_help=True, help="A blind sample of any package: draw, take back.")


@app.command()
def draw(
    packages: Annotated[list[Path], typer.Argument(help="As for `hotich check`.")],
    out: Annotated[Path, typer.Option(help="Folder for the sample; its kiem-tra is given out.")],
    half_width: Annotated[float, typer.Option(help="Of the interval, e.g. 0.01: ± 1 %.")] = 0.01,
    confidence: Annotated[float, typer.Option(help="Of every interval.")] = 0.95,
    expected: Annotated[float, typer.Option(help="Share of wrong cells reckoned with.")] = 0.01,
    least: Annotated[int, typer.Option(help="Cells of every stratum, at least.")] = 20,
    seed: Annotated[str, typer.Option(help="Any words; agreed by both sides.")] = "hotich",
    crops: Annotated[
        list[Path] | None,
        typer.Option(help="What `hotich extract` wrote, one a package: shows single places."),
    ] = None,
) -> None:
    """Draw a sample, stratified by era, register and field, for an inspector who sees no value."""
    options = SampleOptions.of(
        half_width=half_width, confidence=confidence, expected=expected, least=least, seed=seed
    )
    given = draw_sample(find_packages(packages), out, options, crops or [])
    typer.echo(
        f"{given.cells} cells of {given.strata} strata; give {given.folder} to the inspector"
    )
    for name in given.by_place:
        told = "the PDFs' names tell no case: they were matched to the rows by their order"
        typer.echo(f"hotich: {name}: {told}", err=True)
    if given.unseen:
        lost = f"{given.unseen} cells have no picture, and will count as wrong"
        hint = "find out with hotich check which PDFs are missing, then draw anew"
        typer.echo(f"hotich: {lost} — {hint}", err=True)
        raise typer.Exit(1)


@app.command()
def take(
    sample: Annotated[Path, typer.Argument(help="The --out of `hotich sample draw`.")],
    sheet: Annotated[Path, typer.Argument(help="The sheet that the inspector filled in.")],
    to: Annotated[Path, typer.Option(help="The statement, a PDF.")],
    inspector: Annotated[str, typer.Option(help="Who looked; stands in the statement.")] = "…………",
    limit: Annotated[
        float | None, typer.Option(help="Share of wrong cells that may be accepted.")
    ] = None,
) -> None:
    """Hold the filled sheet against the package, and write the acceptance statement; 1 when the
    limit is not proved."""
    verdict = take_sample(sample, sheet)
    write_whole(to, statement_pdf(verdict, inspector, limit, date.today()))
    keep_verdict(sample, verdict, inspector, limit)
    for line in lines(verdict, inspector, limit):
        typer.echo(line)
    typer.echo(str(to))
    if limit is not None and verdict.worst > limit:
        raise typer.Exit(1)
