"""The front door: puts the commands together, and turns errors into one line and an exit code."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import NoReturn

import typer

from common.errors import HotichError, from_system
from hotich.commands import COMMANDS, Command


def build(called: str | None) -> typer.Typer:
    """The application, with only the ``called`` command loaded; the others show in the help."""
    app = typer.Typer(
        help="Scans of Vietnamese civil-status registers in, records a registry can sign for out.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # "-e .[train]" is not markup
    )
    for name, command in COMMANDS.items():
        if name == called:
            _attach(app, name, command)
        else:
            app.command(name, help=command.help)(_not_called)
    return app


def _attach(app: typer.Typer, name: str, command: Command) -> None:
    loaded = getattr(import_module(f"hotich.commands.{command.module}"), command.name)
    if isinstance(loaded, typer.Typer):
        app.add_typer(loaded, name=name, help=command.help)
    else:
        app.command(name)(loaded)


def _not_called() -> None:
    """Stands for a command that was not called, so that the help lists it."""


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 attention, 2 call, 3 input, 4 missing part."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: more threads only wait
    called = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    try:
        build(called)()
    except HotichError as error:
        _end(error)
    except BrokenPipeError:
        os._exit(0)  # whoever read our output has gone; nothing is left to tell
    except OSError as error:
        _end(from_system(error))


def _end(error: HotichError) -> NoReturn:
    typer.echo(f"hotich: {' '.join(str(error).split())}", err=True)
    sys.exit(error.exit_code)
