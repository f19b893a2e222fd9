"""`hotich evaluate promise` and `hotich evaluate sample`: do the promise and the interval hold?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_SIZES = (1200, 400, 200, 80)
_ERRORS = (
    (0.0, 0.0, 0.0, 0.0),
    (0.001, 0.001, 0.001, 0.001),
    (0.005, 0.005, 0.005, 0.005),
    (0.0, 0.0, 0.02, 0.1),
    (0.05, 0.02, 0.01, 0.2),
)


def promise(
    books: Annotated[
        list[Path], typer.Argument(help="Rendered books with `extracted` and truth.jsonl.")
    ],
    max_error: Annotated[float, typer.Option(help="What is promised.")] = 0.005,
    size: Annotated[int, typer.Option(help="Books of a simulated project.")] = 20,
    count: Annotated[int, typer.Option(help="Simulated projects.")] = 100,
    plain: Annotated[
        list[float] | None, typer.Option(help="Confidences to set beside; repeatable.")
    ] = None,
    learn: Annotated[int, typer.Option(help="Audited fields before anything is chosen.")] = 400,
    by_kind: Annotated[bool, typer.Option(help="Each kind of field by itself.")] = False,
    settled: Annotated[
        bool, typer.Option(help="First decide each book again with the answers; a minute a book.")
    ] = False,
    seed: int = 1,
) -> None:
    """Simulated projects of rendered books: is the error of what was accepted as promised?"""
    from extract.promise import PromiseOptions
    from hotich.evaluation import promise as trial

    options = PromiseOptions.of(max_error=max_error, learn=learn, by_kind=by_kind)
    opened = [trial.open_book(folder, settled=settled) for folder in books]
    fields, missed = (sum(getattr(b, name) for b in opened) for name in ("fields", "missed"))
    typer.echo(
        f"{len(opened)} rendered books, {fields} fields on their forms ({missed} values held for "
        f"absent, which no promise covers); {count} projects of {size} books drawn from them; "
        f"claims {'after the answers' if settled else 'as extracted'}"
    )
    ways = {f"plain, confidence {floor:g}": trial.plain(floor) for floor in plain or (0.95, 0.995)}
    projects = trial.projects(opened, size, count, seed)
    for name, way in ways.items():
        typer.echo(trial.row(name, [way(books) for books in projects], max_error))
    kept = [
        trial.promised(options.model_copy(update={"seed": f"{seed} {number}"}))(books)
        for number, books in enumerate(projects)
    ]
    typer.echo(trial.row(f"promise {max_error:g}, learn {learn}", kept, max_error))


def sample(
    acceptances: Annotated[int, typer.Option(help="Simulated for each set of errors.")] = 1000,
    half_width: Annotated[float, typer.Option(help="As for `hotich sample draw`.")] = 0.02,
    seed: int = 1,
) -> None:
    """Simulated acceptances: how often the sample's interval covers the true share of errors."""
    from extract.sample import SampleOptions
    from hotich.evaluation.sample import coverage

    options = SampleOptions.of(half_width=half_width)
    for errors in _ERRORS:
        found = coverage(_SIZES, errors, options, acceptances, seed)
        typer.echo(
            f"strata of {_SIZES} cells, errors {errors}: covered {found.whole:.1%} of "
            f"{found.acceptances} (strata {found.strata:.1%}); ± {found.width:.2%}, "
            f"{found.drawn:.0f} cells drawn"
        )
