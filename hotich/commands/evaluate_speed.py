"""`hotich evaluate speed`: how long `hotich extract` takes, and where the time goes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hotich.evaluation.work import work_folder


def speed(
    scans: Annotated[
        Path | None, typer.Argument(help="A book, as for extract; one is rendered when left out.")
    ] = None,
    register: Annotated[str, typer.Option(help="Of the book.")] = "KS",
    form: Annotated[str, typer.Option(help="Of the book that is rendered.")] = "rvn-1955-1975",
    severity: Annotated[str, typer.Option(help="clean, moderate, severe.")] = "moderate",
    pages: Annotated[int, typer.Option(min=3, help="Of the book that is rendered.")] = 200,
    seed: Annotated[int, typer.Option(help="Never trained on.")] = 9001,
    learnt: Annotated[
        Path | None, typer.Option(help="A form file, as `extract --form`: nothing is learnt.")
    ] = None,
    work: Annotated[Path | None, typer.Option(help="Keep the rendered book here.")] = None,
) -> None:
    """One book extracted, report included: processor time a page, pages a core-hour, by step."""
    from hotich.evaluation.rendered import Order
    from hotich.evaluation.speed import evaluate_speed

    with work_folder(work) as folder, work_folder(None) as out:
        title = str(scans)
        if scans is None:
            order = Order(register, form, severity, pages, seed)
            scans, title = order.rendered(folder) / "pages", order.title
        found = evaluate_speed(scans, out, register, learnt)
    typer.echo(title)
    for row in found.rows():
        typer.echo(row)
