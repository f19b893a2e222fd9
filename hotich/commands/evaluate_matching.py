"""The commands of `hotich evaluate` that measure matching."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hotich.evaluation.work import work_folder

Work = Annotated[Path | None, typer.Option(help="Keep the lists and indexes here.")]
Seed = Annotated[int, typer.Option(help="Of the people drawn; 1 to 3 set the weights.")]


def matching(
    people: Annotated[int, typer.Option(min=100, help="In the list.")] = 3_500_000,
    queries: Annotated[int, typer.Option(min=10, help="A fifth of them not in it.")] = 10_000,
    seed: Seed = 707,
    work: Work = None,
    brute_force: Annotated[
        int, typer.Option(min=0, help="So many queries against every row with rapidfuzz.")
    ] = 0,
    splink: Annotated[
        bool, typer.Option(help="Splink, too: for lists up to some 200,000.")
    ] = False,
    splink_python: Annotated[
        Path | None, typer.Option(help="A python that has splink; else .venv-splink, made once.")
    ] = None,
    examples: Annotated[int, typer.Option(help="So many matches explained, some wrong.")] = 0,
) -> None:
    """Names against a simulated list: recall, precision, calibration, time, memory; and peers."""
    from hotich.evaluation import linkage_peers, peers
    from hotich.evaluation.matching import evaluate_matching, explained, make_data, table

    with work_folder(work) as folder:
        figure = evaluate_matching(people, queries, seed, folder)
        for line in table(figure):
            typer.echo(line)
        data = make_data(people, queries, seed, folder)
        if splink:
            python = peers.SPLINK.python(splink_python)
            typer.echo(linkage_peers.splink_peer(python, data, seed, folder))
        if brute_force:
            peer = linkage_peers.brute_force_peer(data, seed, brute_force)
            ours = 1000 * sum(figure.answers.seconds) / len(figure.answers.seconds)
            typer.echo(f"{peer}; {peer.ms / ours:.0f} times ours")
        for text in explained(people, queries, seed, folder, examples):
            typer.echo(f"\n{text}")


def links(
    people: Annotated[int, typer.Option(min=100, help="In the registers.")] = 20_000,
    seed: Seed = 707,
) -> None:
    """Simulated registers: registered twice, twins, birth with death, marriage, recognition."""
    from hotich.evaluation.links import evaluate_links

    typer.echo(
        f"simulated registers of {people:,} people, spoilt by clerks and readers, seed {seed}"
    )
    for figure in evaluate_links(people, seed):
        typer.echo(figure)


def against(
    books: Annotated[list[Path], typer.Argument(help="Folders of `hotich evaluate books --work`.")],
    people: Annotated[int, typer.Option(help="Others in the list.")] = 30_000,
    seed: Seed = 707,
) -> None:
    """What `extract --against` adds: names exact with a list that is right, lacks all, or errs."""
    from extract.match.trial_books import read_book
    from hotich.evaluation.informed import evaluate_informed

    for gain in evaluate_informed([read_book(folder) for folder in books], people, seed):
        typer.echo(gain)
