"""What became of one item of a long run: its value, or the error that is recorded for it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from common.errors import HotichError, PageError

Item = TypeVar("Item")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Outcome(Generic[Value]):
    """The outcome of item ``index`` (from 0): a ``value``, or an ``error``.

    ``cause`` is the traceback as text: it survives the way between processes, and is for the log.
    """

    index: int
    value: Value | None = None
    error: HotichError | None = None
    cause: str = ""

    @property
    def ok(self) -> bool:
        return self.error is None


def attempt(step: Callable[[Item], Value], index: int, item: Item) -> Outcome[Value]:
    """Run a step on one item. The one place where any exception is caught: it is recorded."""
    try:
        return Outcome(index, value=step(item))
    except HotichError as error:
        return Outcome(index, error=error, cause=traceback.format_exc())
    except Exception as error:  # noqa: BLE001 - a page's failure is recorded, never dropped
        summary = f"unexpected {type(error).__name__}: {error}".splitlines()[0]
        page_error = PageError(summary, hint="please report it with the log")
        return Outcome(index, error=page_error, cause=traceback.format_exc())
