"""`hotich evaluate books`, `form`, `joint`, `refusal` and `shapes`: the figures of
docs/registers.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hotich.evaluation.work import work_folder

if TYPE_CHECKING:
    from extract.evaluate import Score

EVERY = "all"

Work = Annotated[Path | None, typer.Option(help="Keep the rendered books and runs here.")]
Registers = Annotated[
    list[str] | None,
    typer.Option(help="KS, KH, KT, CMC, HN, NCN, GH, CDGH, LH, TD, all; repeatable."),
]
Forms = Annotated[list[str] | None, typer.Option(help="Repeatable; all when left out.")]
Severities = Annotated[list[str] | None, typer.Option(help="clean, moderate, severe; repeatable.")]


def books(
    form: Forms = None,
    severity: Severities = None,
    pages: Annotated[int, typer.Option(min=3)] = 30,
    seed: Annotated[
        list[int] | None, typer.Option(help="Never trained on; repeatable; 9001 when left out.")
    ] = None,
    register: Registers = None,
    work: Work = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    rows: Annotated[
        Path | None,
        typer.Option(
            help="Append a markdown row for each book to this file, and print it, at last what the "
            "table says together; a book that fails has its row too, and one whose row is there is "
            "passed over."
        ),
    ] = None,
) -> None:
    """Rendered books of unseen presses and faces: cases, boxes, states, values, seconds, memory.

    Several books of one decay are also counted together.
    """
    from extract.evaluate import table
    from hotich.evaluation.books import BookFigure, add_rows, evaluate_book, orders, together
    from hotich.evaluation.table_of_books import summary

    def show(title: str, score: Score, cost: str) -> None:
        if as_json:
            facts = {"data": title, "cost": cost, **score.as_json()}
            typer.echo(json.dumps(facts, ensure_ascii=False))
        else:
            typer.echo(f"\n{title}\n{table(score)}\n{cost}".rstrip())

    asked = orders(_codes(register), form, severity or ["moderate"], pages, seed or [9001])
    figures: list[BookFigure] = []
    with work_folder(work) as folder:
        if rows:
            for row in add_rows(asked, folder, rows):
                typer.echo(row)
            for line in summary(rows):
                typer.echo(line)
            return
        for order in asked:
            figures.append(evaluate_book(order, folder))
            show(order.title, figures[-1].score, figures[-1].cost)
    for title, score in together(figures):
        show(title, score, "")


def joint(
    books: Annotated[
        list[Path], typer.Argument(help="Rendered books with `extracted` and truth.jsonl.")
    ],
    changes: Annotated[bool, typer.Option(help="List every value that was changed.")] = False,
) -> None:
    """Fields decided together against each decided alone, on the same readings; what it broke."""
    from hotich.evaluation.joint import evaluate_joint

    found = evaluate_joint(books)
    for change in found.changes if changes else ():
        typer.echo(str(change))
    typer.echo(f"{len(found.books)} rendered books, the same readings: {', '.join(found.books)}")
    for row in found.rows():
        typer.echo(row)
    typer.echo("")
    for row in found.by_rule():
        typer.echo(row)


def refusal(
    given: Annotated[
        Path | None,
        typer.Argument(help="A folder of pages that are no register KS; rendered books without."),
    ] = None,
    form: Forms = None,
    severity: Severities = None,
    register: Registers = None,
    pages: Annotated[int, typer.Option(min=3, help="Of each book.")] = 10,
    learn: Annotated[int, typer.Option(min=3, help="Pages that teach a book's form.")] = 5,
    strays: Annotated[int, typer.Option(help="Pages of other registers put to each book.")] = 10,
    seed: Annotated[int, typer.Option(help="Never trained on.")] = 9400,
    work: Work = None,
    rows: Annotated[
        Path | None,
        typer.Option(help="Keep the rows in this file: a book whose row is there is passed over."),
    ] = None,
) -> None:
    """Pages of wrong registers are refused with the reason, pages of the right one are not."""
    from hotich.evaluation.books import orders
    from hotich.evaluation.refusal import HEAD, add_rows

    if given:
        _refused(given, work)
        return
    asked = orders(_codes(register or [EVERY]), form, severity or ["moderate"], pages, [seed])
    typer.echo(HEAD)
    with work_folder(work) as folder:
        for row in add_rows(asked, learn, strays, folder, rows or folder / "refusal.md"):
            typer.echo(row)


def shapes(
    seed: Annotated[int, typer.Option(help="Never trained on.")] = 9400,
    work: Work = None,
    pictures: Annotated[
        Path | None, typer.Option(help="A folder for every page with what was found drawn on it.")
    ] = None,
) -> None:
    """Books of hard shapes: three pages, every page torn, two generations, a stray page."""
    from hotich.evaluation import shapes

    typer.echo(shapes.HEAD)
    with work_folder(work) as folder:
        for shape in shapes.shapes(seed):
            typer.echo(shapes.evaluate_shape(shape, folder, pictures).row)


def form(
    form: Forms = None,
    severity: Severities = None,
    register: Registers = None,
    pages: Annotated[int, typer.Option(min=3, help="Of each book.")] = 10,
    learn: Annotated[
        list[int] | None, typer.Option(help="Pages that teach the form; repeatable; 3, 5, 10.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Never trained on.")] = 9400,
    work: Work = None,
) -> None:
    """Forms learnt from few pages: the generation told, cases and field boxes of every page."""
    from hotich.evaluation.books import orders
    from hotich.evaluation.forms import HEAD, Taught, evaluate_form

    totals = {count: Taught() for count in learn or [3, 5, 10]}
    typer.echo(HEAD)
    with work_folder(work) as folder:
        for order in orders(
            _codes(register or [EVERY]), form, severity or ["moderate"], pages, [seed]
        ):
            for count, found in evaluate_form(order.rendered(folder), list(totals)):
                typer.echo(found.row(order.name, count))
                totals[count].add(found)
    for count, total in totals.items():
        typer.echo(total.row("**all**", count))


def _refused(pages: Path, work: Path | None) -> None:
    """Pages of another register given to `hotich extract`: refused, and no record invented."""
    from common.errors import InputError
    from hotich.evaluation.extraction import extract_call, run_extraction

    with work_folder(work) as folder:
        out = folder / "refusal"
        try:
            extraction = run_extraction(extract_call(pages, out), out)
        except InputError as error:
            typer.echo(f"{pages}: refused: {error.what}; 0 records")
            return
    records = extraction.records()
    typer.echo(f"{pages}: exit {extraction.exit_code}, {len(records)} records")
    raise typer.Exit(1 if records else 0)


def _codes(registers: list[str] | None) -> list[str]:
    """The registers asked for; births when none is."""
    from extract.registers import register_codes

    if registers and EVERY in registers:
        return list(register_codes())
    return registers or ["KS"]
