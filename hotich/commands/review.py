"""`hotich review`: Label Studio — a private server, doubtful fields out, corrections back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from annotation.client import LabelStudio
from annotation.pull import Pulled
from annotation.pull import pull as pull_answers
from annotation.push import push as push_tasks
from annotation.queue import second_reading
from annotation.server import USER, own_server
from common.errors import MissingPartError, UsageError
from extract.promise import keep
from extract.reopen import Extracted
from hotich.commands.promise import opened, tell

app = typer.Typer(no_args_is_help=True, help="Label Studio: send doubtful fields, take them back.")

Folder = Annotated[Path, typer.Argument(help="What `hotich extract` wrote.")]
Url = Annotated[str, typer.Option(help="A server that exists; else the one of `review start`.")]
TokenFile = Annotated[
    Path | None, typer.Option(help="File with its token; or HOTICH_LABEL_STUDIO_TOKEN.")
]
StoreUrl = Annotated[str, typer.Option("--store", help="Address of the store; else DIR's own.")]


@app.command()
def start(
    port: Annotated[int, typer.Option(help="0 takes any free one.")] = 0,
) -> None:
    """Start a private server on this machine; the first time it is installed (about 1 GB)."""
    server = own_server()
    if not server.installed and not server.running():
        typer.echo("Installing Label Studio, once: about 1 GB, a minute or two …", err=True)
    typer.echo(server.start(port))
    typer.echo(f"user {USER}, password in {server.home / 'server.json'}", err=True)


@app.command()
def stop() -> None:
    """Stop the private server."""
    typer.echo("stopped" if own_server().stop() else "it was not running")


@app.command()
def push(
    folder: Folder,
    second: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share of fields that two people read.")
    ] = None,
    second_field: Annotated[
        list[str] | None, typer.Option(help="A column that two people read; repeatable.")
    ] = None,
    max_error: Annotated[
        float | None, typer.Option(help="Ask for what this promise needs: see `hotich promise`.")
    ] = None,
    beside: Annotated[
        list[Path] | None, typer.Option("--with", help="Another book of its project; repeatable.")
    ] = None,
    url: Url = "",
    token_file: TokenFile = None,
    store: StoreUrl = "",
) -> None:
    """Send what needs a person; what is already there is not sent again."""
    if max_error is not None:
        with opened([folder, *(beside or [])], store) as books:
            tell(keep(books, {"max_error": max_error}))
    elif beside:
        raise UsageError("--with without --max-error", hint="name the error, too")
    with _studio(url, token_file) as studio, Extracted.open(folder, store) as book:
        wanted = second_reading(book, second, tuple(second_field or ()))
        done = push_tasks(studio, own_server(), book, wanted)
        for kind, one in done.projects.items():
            counts = f"{one.added} new, {one.renewed} renewed, {one.dropped} settled"
            typer.echo(f"{kind}: {counts}, {one.waiting} already there")
            typer.echo(f"{studio.url}/projects/{one.project}/data?labeling=1")
        if not done.projects:
            typer.echo("nothing needs a person")
        if done.unseen:
            typer.echo(f"{done.unseen} fields have no place on a page: see report.html", err=True)


@app.command()
def pull(folder: Folder, url: Url = "", token_file: TokenFile = None, store: StoreUrl = "") -> None:
    """Take people's answers into the store, each with its author and time, and decide again."""
    with _studio(url, token_file) as studio, Extracted.open(folder, store) as book:
        _tell(pull_answers(studio, book))


@app.command()
def listen(
    folder: Folder,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two polls.")] = 60,
    port: Annotated[int, typer.Option(help="0 takes any free one.")] = 0,
    reader: Annotated[
        str, typer.Option(help="Reads drawn boxes: as for `hotich read --reader`.")
    ] = "",
    url: Url = "",
    token_file: TokenFile = None,
    store: StoreUrl = "",
) -> None:
    """Take answers as they are given, and read the boxes that people draw, until interrupted."""
    from annotation.boxes import BoxReader
    from annotation.listener import Listener, follow
    from models.plugins import open_reader

    with (
        _studio(url, token_file) as studio,
        Extracted.open(folder, store) as book,
        Listener(BoxReader(book.folder, open_reader(reader)), port) as listener,
    ):
        typer.echo("listening; Ctrl+C ends", err=True)
        try:
            follow(studio, book, listener, every, _tell_heard)
        except KeyboardInterrupt:
            typer.echo("stopped", err=True)


def _tell(done: Pulled) -> None:
    typer.echo(f"{done.new} new answers, {done.known} known, {done.open} tasks still open")
    _tell_settled(done)


def _tell_heard(done: Pulled) -> None:
    """What came in while listening: of a single answer nobody knows how many tasks are open."""
    typer.echo(f"{done.new} new answers")
    _tell_settled(done)


def _tell_settled(done: Pulled) -> None:
    if done.settled:
        typer.echo(f"{done.settled} other values decided by them; push again to shorten the queue")


@app.command()
def status(url: Url = "", token_file: TokenFile = None) -> None:
    """Whether a server answers, where, and how a colleague joins."""
    with _studio(url, token_file) as studio:
        typer.echo(f"{studio.url} answers; you are {studio.user()}")
        if not url:
            typer.echo(f"password: in {own_server().home / 'server.json'}")
        invitation = studio.call("GET", "/api/invite")["invite_url"]
        typer.echo(f"invite a colleague: {studio.url}{invitation}")


def _studio(url: str, token_file: Path | None) -> LabelStudio:
    """The server that a command talks to: a given one with its token, or our own."""
    if not url:
        server = own_server()
        if not server.running():
            raise MissingPartError("no Label Studio runs here", hint="hotich review start")
        return LabelStudio(server.url, server.credentials.token)
    token = os.environ.get("HOTICH_LABEL_STUDIO_TOKEN", "")
    if token_file:
        try:
            token = token_file.read_text("utf-8")
        except OSError as error:
            raise UsageError(f"cannot be read: {error.strerror}", where=str(token_file)) from error
    if not token.strip():
        raise UsageError(
            "no token for the server",
            where=url,
            hint="set HOTICH_LABEL_STUDIO_TOKEN or give --token-file",
        )
    return LabelStudio(url, token.strip())
