"""Where a run's processor time goes: each step's own, by functions replaced while it is watched."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pkgutil import resolve_name
from typing import Any

REST = "the rest"


class Stopwatch:
    """Seconds of processor time by step, this process's and that of the programs it calls."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._within: list[float] = []

    @contextmanager
    def watching(self, steps: Mapping[str, str]) -> Iterator[None]:
        """Time the functions that ``steps`` names (``module:name`` → the step's name).

        What a step calls of another step counts as that one's; what none holds is `REST`.
        """
        began, replaced = _now(), []
        for where, step in steps.items():
            module, _, name = where.partition(":")
            holder: Any = resolve_name(module)
            *path, last = name.split(".")
            for part in path:
                holder = getattr(holder, part)
            own = getattr(holder, last)
            replaced.append((holder, last, own))
            setattr(holder, last, self._timed(step, own))
        try:
            yield
        finally:
            for holder, last, own in reversed(replaced):
                setattr(holder, last, own)
            self.seconds[REST] += _now() - began - sum(self.seconds.values())

    def _timed(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*values: Any, **named: Any) -> Any:
            began = _now()
            self._within.append(0.0)
            try:
                return function(*values, **named)
            finally:
                taken = _now() - began
                self.seconds[step] += taken - self._within.pop()
                if self._within:
                    self._within[-1] += taken

        return timed


def _now() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system
