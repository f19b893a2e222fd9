"""`hotich evaluate`: every figure of the project, with its data and n, rendered or real."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from common.errors import MissingPartError, install_hint
from hotich.commands.evaluate_delivery import delivery
from hotich.commands.evaluate_geometry import curl, orientation, skew
from hotich.commands.evaluate_matching import against, links, matching
from hotich.commands.evaluate_promise import promise, sample
from hotich.commands.evaluate_reading import confidence, lexicon
from hotich.commands.evaluate_registers import books, form, joint, refusal, shapes
from hotich.commands.evaluate_review import effort, review
from hotich.commands.evaluate_speed import speed
from hotich.evaluation.work import work_folder
from models.evaluate_binarisation import main as binarisation
from models.evaluate_restoration import main as restoration

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("skew")(skew)
app.command("orientation")(orientation)
app.command("curl")(curl)
app.command("delivery")(delivery)
app.command("binarisation")(binarisation)
app.command("effort")(effort)
app.command("review")(review)
app.command("matching")(matching)
app.command("links")(links)
app.command("against")(against)
app.command("restoration")(restoration)
app.command("lexicon")(lexicon)
app.command("confidence")(confidence)
app.command("promise")(promise)
app.command("sample")(sample)
app.command("books")(books)
app.command("speed")(speed)
app.command("joint")(joint)
app.command("refusal")(refusal)
app.command("shapes")(shapes)
app.command("form")(form)

Work = Annotated[Path | None, typer.Option(help="Keep the rendered books and runs here.")]


@app.command()
def lines(
    data: Annotated[Path, typer.Argument(help="A folder of labelled sets.")],
    rendered: Annotated[list[Path] | None, typer.Option(help="Shards never trained on.")] = None,
    empty: Annotated[int, typer.Option(help="Empty slots to read.")] = 1000,
    weights: Annotated[Path | None, typer.Option(help="Not the package's own.")] = None,
) -> None:
    """The handwriting reader on held-back lines: CER, WER, diacritic-blind CER, seconds."""
    from models.evaluate_reader import evaluate_own, held_back_sets, rendered_sets

    sets = held_back_sets(data) | rendered_sets(rendered or [])
    evaluate_own(weights, sets, empty=empty, say=typer.echo)


@app.command()
def benchmark(
    data: Annotated[Path, typer.Argument(help="A labelled set; its held-back lines are read.")],
    asterocr: Annotated[
        Path | None,
        typer.Option(help="A python that has asterocr; else .venv-asterocr, made once."),
    ] = None,
    reader: Annotated[
        list[str] | None, typer.Option(help="Further readers, as for `hotich read --reader`.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only so many lines.")] = None,
) -> None:
    """Our reader, asterocr and Tesseract on the same lines: CER, WER, seconds on one thread."""
    from hotich.evaluation.peers import ASTEROCR
    from models.benchmark import compare, held_back_colour
    from models.plugins import TESSERACT, open_reader
    from models.plugins.aster import AsterReader

    images = held_back_colour(data, limit)
    further = [open_reader(name) for name in [*(reader or []), TESSERACT]]
    typer.echo(f"{data}: held-back lines, real unless the set says otherwise; case folded")
    compare([open_reader(), AsterReader(ASTEROCR.python(asterocr)), *further], images, typer.echo)


@app.command()
def folds(
    data: Annotated[Path, typer.Argument(help="A folder of labelled sets.")],
    out: Annotated[Path, typer.Argument(help="What `hotich train --folds` wrote.")],
    count: Annotated[int, typer.Option("--folds", min=2, help="As it was trained.")] = 5,
    name: Annotated[str, typer.Option("--set", help="The set.")] = "vn_address_lines",
    asterocr: Annotated[Path | None, typer.Option(help="As for `benchmark`.")] = None,
    peers: Annotated[bool, typer.Option(help="asterocr and Tesseract too.")] = True,
) -> None:
    """Every line of a set read once, by a network that never saw its writer; peers beside it."""
    try:
        from models.training.folds import evaluate_folds
    except ImportError as error:
        raise MissingPartError(
            f"{error.name} is not installed", hint=install_hint("train")
        ) from error
    from hotich.evaluation.peers import ASTEROCR
    from models.plugins import TESSERACT, open_reader
    from models.plugins.aster import AsterReader

    others = [AsterReader(ASTEROCR.python(asterocr)), open_reader(TESSERACT)] if peers else []
    typer.echo(f"{data / name}: real lines, case folded")
    evaluate_folds(data, name, out, count, others, typer.echo)


@app.command()
def adapt(
    data: Annotated[Path, typer.Argument(help="A folder of labelled sets.")],
    learn: Annotated[list[int] | None, typer.Option(help="Lines learnt; 16 and 64.")] = None,
    hands: Annotated[int | None, typer.Option(help="At most so many of each set.")] = None,
    rendered: Annotated[int, typer.Option(help="Clerks of faces never trained on.")] = 6,
    seed: Annotated[int, typer.Option(help="Of the rendered clerks.")] = 1,
    table: Annotated[
        Path | None, typer.Option(help="A tsv file that keeps what was measured: go on from it.")
    ] = None,
    weights: Annotated[Path | None, typer.Option(help="Not the package's own.")] = None,
    config: Annotated[Path | None, typer.Option(help="As for `hotich adapt`.")] = None,
) -> None:
    """Unseen hands, read before and after some of their lines were learnt; and a refusal."""
    try:
        from models.training.evaluate_adapt import evaluate_adapt, refusal
        from models.training.one_hand import AdaptOptions
        from models.training.unseen import real_hands, rendered_hands
    except ImportError as error:
        raise MissingPartError(
            f"{error.name} is not installed", hint=install_hint("train,synth")
        ) from error
    from models.weights import HANDWRITING

    counts, base, options = learn or [16, 64], weights or HANDWRITING, AdaptOptions.read(config)
    unseen = [*real_hands(data, min(counts), hands), *rendered_hands(rendered, seed)]
    evaluate_adapt(base, unseen, counts, options, table, typer.echo)
    refusal(base, unseen[0], min(counts), options, typer.echo)


@app.command()
def layout(
    pages: Annotated[Path, typer.Argument(help="A folder with images and pages.jsonl.")],
) -> None:
    """Line finding on pages with true polygons: recall and precision, one to one and covered."""
    from models.evaluate_lines import LineScore, evaluate

    total = LineScore()
    typer.echo(f"{'image':34s}   true  found   one to one (R P)  covered (R P)")
    for image, score in evaluate(pages):
        total += score
        typer.echo(f"{image:34s} {score.row()}")
    typer.echo(f"{'all':34s} {total.row()}   n={total.true} lines of {pages}")


@app.command()
def ledger(
    data: Annotated[Path, typer.Argument(help="Folder of the set register_pages_fr.")],
    pictures: Annotated[
        Path | None, typer.Option(help="A folder for the pages with what was found drawn on them.")
    ] = None,
) -> None:
    """Real pages of a ledger that nobody described: columns, numbered rows, their numbers."""
    from hotich.evaluation.ledger import evaluate_ledger

    evaluate_ledger(data, typer.echo, pictures)


@app.command()
def resume(
    scans: Annotated[Path, typer.Argument(help="A book, as for extract.")],
    kills: int = 5,
    seed: int = 0,
    work: Work = None,
) -> None:
    """A run killed at random moments gives the records of an unbroken run, byte by byte."""
    from hotich.evaluation.resume import evaluate_resume

    with work_folder(work) as folder:
        figure = evaluate_resume(scans, folder, kills, seed)
    after = ", ".join(f"{s} s" for s in figure.killed_after)
    verdict = "byte-equal" if figure.equal else "DIFFERENT"
    typer.echo(f"{scans}: killed after {after}; records.jsonl ({figure.size} bytes) {verdict}")
    raise typer.Exit(0 if figure.equal else 1)


@app.command()
def installation() -> None:
    """The run-time environment: its size, and that there is no torch in it."""
    from hotich.evaluation.installation import evaluate_installation

    figure = evaluate_installation()
    heavy = ", ".join(figure.heavy) or "none"
    sizes = f"{figure.megabytes:.0f} MB, our weights {figure.weights_megabytes:.1f} MB"
    typer.echo(f"{figure.environment}: {sizes}, training packages in it: {heavy}")
