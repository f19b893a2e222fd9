"""`hotich evaluate skew`, `orientation` and `curl`: the figures of a page's geometry."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import cv2
import typer

from preprocessing.scans import open_scans

if TYPE_CHECKING:
    from hotich.evaluation.turned_pages import DrawnPage

Pages = Annotated[Path | None, typer.Argument(help="Real pages, upright; a folder of images.")]
Rendered = Annotated[
    Path | None, typer.Option(help="Rendered pages are kept here, and drawn where missing.")
]
Books = Annotated[int, typer.Option(help="Seeds from 9600 on; nine books each.")]
Drawn = Annotated[int, typer.Option("--pages", help="Of each rendered book.")]


def skew(
    data: Pages = None,
    rendered: Rendered = None,
    seeds: Books = 7,
    pages: Drawn = 5,
    turns: Annotated[int, typer.Option(min=1, help="Turns a page.")] = 1,
    seed: Annotated[int, typer.Option(help="Of the angles.")] = 1,
    peers: Annotated[
        Path | None, typer.Option(help="A python with the peers; else .venv-deskew, made once.")
    ] = None,
    every: Annotated[
        int, typer.Option(min=1, help="The peers see one turn of every so many pages.")
    ] = 6,
    kept: Annotated[
        Path | None, typer.Option(help="A file that keeps what is done, to go on later.")
    ] = None,
) -> None:
    """Skew of pages turned by known angles (±15°): ours, jdeskew, deskew and minAreaRect."""
    from hotich.evaluation.geometry import known_pages, skew_table, skew_turns
    from hotich.evaluation.skew_peers import SKEW_PEERS

    cv2.setNumThreads(1)
    real = open_scans(data) if data else None
    known = known_pages(real, _drawn(rendered, seeds, pages))
    python = SKEW_PEERS.python(peers)
    for line in skew_table(list(skew_turns(known, turns, seed, python, every, kept))):
        typer.echo(line)


def orientation(
    data: Pages = None, rendered: Rendered = None, seeds: Books = 7, pages: Drawn = 5
) -> None:
    """Pages turned by 0, 90, 180 and 270 degrees: what is said of them."""
    from hotich.evaluation.geometry import known_pages, orientation_table, orientations

    cv2.setNumThreads(1)
    real = open_scans(data) if data else None
    for line in orientation_table(
        list(orientations(known_pages(real, _drawn(rendered, seeds, pages))))
    ):
        typer.echo(line)


def curl(
    rendered: Annotated[Path, typer.Argument(help="As --rendered of `hotich evaluate skew`.")],
    seeds: Books = 7,
    pages: Drawn = 5,
) -> None:
    """How level printed lines lie on cleaned rendered pages, and whether corners return."""
    from hotich.evaluation.geometry import curl_table, levelled

    cv2.setNumThreads(1)
    for line in curl_table(list(levelled(_drawn(rendered, seeds, pages)))):
        typer.echo(line)


def _drawn(folder: Path | None, seeds: int, pages: int) -> Iterable[DrawnPage]:
    from hotich.evaluation.turned_pages import drawn_pages

    return drawn_pages(folder, seeds, pages) if folder else ()
