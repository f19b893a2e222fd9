"""The one tree of exceptions. Each class has its exit code and says what the user should do."""

from __future__ import annotations

import errno

_ADVICE = {
    errno.ENOENT: "check the path",
    errno.ENOTDIR: "a part of this path is a file; name another",
    errno.EEXIST: "a file is in the way; name another",
    errno.EISDIR: "this is a folder; name a file",
    errno.EACCES: "ask for the right to it, or name another",
    errno.EPERM: "ask for the right to it, or name another",
    errno.EROFS: "this disk cannot be written; name another",
    errno.ENOSPC: "make room on the disk",
    errno.EIO: "the disk is failing; copy the file from elsewhere",
}


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


def advice(error: OSError) -> str:
    """What the user should do about what the operating system refused."""
    return _ADVICE.get(error.errno or 0, "check the path and the disk")


def from_system(error: OSError) -> HotichError:
    """The operating system's refusal as one of ours: a path is the call's, the rest is ours."""
    what = (error.strerror or str(error)).lower()
    if error.filename is None:
        return MissingPartError(what, hint=advice(error))
    return UsageError(what, where=str(error.filename), hint=advice(error))


def install_hint(extra: str) -> str:
    """How to get an optional part of this project, in the folder of its clone."""
    return f".venv/bin/pip install -c constraints.txt -e '.[{extra}]'"
