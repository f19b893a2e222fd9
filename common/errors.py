"""The one tree of exceptions. Each class has its exit code and says what the user should do."""

from __future__ import annotations


class HotichError(Exception):
    """Base of every error this project raises on purpose.

    ``str(error)`` is one line: what, where, and what to do. ``exit_code`` is what the
    command line returns when the error ends a command.
    """

    exit_code = 3

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what, self.where, self.hint = what, where, hint
        parts = [f"{where}: {what}" if where else what, hint]
        super().__init__(" — ".join(part for part in parts if part))


class UsageError(HotichError):
    """The call itself is wrong: an unknown register, an option out of range."""

    exit_code = 2


class InputError(HotichError):
    """The input cannot be used: not a scan, damaged, too large, not a table."""


class PageError(InputError):
    """One page cannot be used. Recorded with its cause; the book goes on."""


class FormError(InputError):
    """The book, or a page, does not show a form this register knows."""


class PackageError(InputError):
    """A delivery package is incomplete or would be refused by the national database."""


class MissingPartError(HotichError):
    """A part of the installation, or a server, is not there."""

    exit_code = 4
