"""A pool of processes in which a dying worker takes down its own item only.

``concurrent.futures.ProcessPoolExecutor`` breaks wholly when one worker dies. Here each worker is
a spawned process with a pipe of its own: the end of its pipe tells that it died, its item is tried
once more in a fresh process, and an item that lost its worker twice is recorded as failed.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing.connection import Connection, wait
from pickle import PicklingError
from typing import Any, Generic

from common.errors import PageError
from common.outcome import Item, Outcome, Value, attempt

TRIES = 2
AHEAD = 4  # items read ahead, for each worker
SPAWN = multiprocessing.get_context("spawn")


class WorkerPool(Generic[Item, Value]):
    """Runs one step over many items; see `run`. ``timeout``: seconds an item may take."""

    def __init__(
        self, step: Callable[[Item], Value], workers: int, timeout: float | None = None
    ) -> None:
        self._step, self._timeout = step, timeout
        self._ahead = AHEAD * workers
        self._workers = [_Worker(step) for _ in range(workers)]
        self._items: dict[int, Item] = {}  # read and not done
        self._queue: deque[int] = deque()  # of these, the ones that no worker has
        self._losses: dict[int, int] = {}
        self._done: dict[int, Outcome[Value]] = {}  # done, waiting for their turn

    def run(self, items: Iterable[Item]) -> Iterator[Outcome[Value]]:
        """Yield the outcomes in order, with at most four items a worker read ahead."""
        source = enumerate(items)
        turn = 0
        try:
            while True:
                room = self._ahead - len(self._items) - len(self._done)
                for index, item in islice(source, room):
                    self._items[index] = item
                    self._queue.append(index)
                if not self._items and not self._done:
                    return
                self._feed()
                if turn in self._done:
                    yield self._done.pop(turn)
                    turn += 1
                else:
                    self._collect()
        finally:
            for worker in self._workers:
                worker.stop()

    def _feed(self) -> None:
        for place, worker in enumerate(self._workers):
            if worker.index is None and self._queue:
                if not worker.process.is_alive():
                    worker = self._workers[place] = _Worker(self._step)
                index = self._queue.popleft()
                if not worker.give(index, self._items[index]):
                    self._lost(worker, "died")

    def _collect(self) -> None:
        """Wait until a busy worker answers, dies, or runs out of time."""
        busy = {worker.pipe: worker for worker in self._workers if worker.index is not None}
        now = time.monotonic()
        patience = None
        if self._timeout is not None and busy:
            oldest = min(worker.since for worker in busy.values())
            patience = max(0.0, oldest + self._timeout - now)
        for pipe in wait(list(busy), patience):
            worker = busy[pipe]  # type: ignore[index]
            try:
                outcome: Outcome[Value] = worker.pipe.recv()
            except (EOFError, OSError):
                self._lost(worker, "died")
                continue
            worker.index = None
            self._finish(outcome)
        if self._timeout is not None:
            for worker in busy.values():
                if worker.index is not None and time.monotonic() - worker.since >= self._timeout:
                    self._lost(worker, f"was stopped after {self._timeout:g} s")

    def _lost(self, worker: _Worker, how: str) -> None:
        """Replace a worker that died or hangs; its item is tried again, or recorded as failed."""
        index = worker.index
        if index is None:
            return
        worker.index = None
        worker.kill()
        self._losses[index] = self._losses.get(index, 0) + 1
        if self._losses[index] < TRIES:
            self._queue.appendleft(index)
        else:
            what = f"the process that worked on it {how}, {TRIES} times"
            self._finish(Outcome(index, error=PageError(what), cause=worker.epitaph()))

    def _finish(self, outcome: Outcome[Value]) -> None:
        del self._items[outcome.index]
        self._losses.pop(outcome.index, None)
        self._done[outcome.index] = outcome


class _Worker:
    """A process, our end of its pipe, the index of its item, and since when it has it."""

    def __init__(self, step: Callable[[Any], Any]) -> None:
        self.pipe, theirs = SPAWN.Pipe()
        self.process = SPAWN.Process(target=_work, args=(step, theirs), daemon=True)
        self.process.start()
        theirs.close()  # so that the pipe ends when the process does
        self.index: int | None = None
        self.since = 0.0

    def give(self, index: int, item: object) -> bool:
        """Hand over an item; False when the process is gone."""
        self.index, self.since = index, time.monotonic()
        try:
            self.pipe.send((index, item))
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def stop(self) -> None:
        """End an idle process by ending its pipe, a busy one by force."""
        if self.index is not None:
            self.process.kill()
        self.pipe.close()
        self.process.join(timeout=5)
        if self.process.is_alive():
            self.process.kill()

    def epitaph(self) -> str:
        return f"exit code {self.process.exitcode}"


def _work(step: Callable[[Any], Any], pipe: Connection) -> None:
    """The life of a worker: items in, outcomes out, until the pipe ends."""
    while True:
        try:
            index, item = pipe.recv()
        except EOFError:
            return
        outcome = attempt(step, index, item)
        try:
            pipe.send(outcome)
        except (PicklingError, TypeError, AttributeError) as error:
            what = f"its result cannot be sent between processes: {error}"
            pipe.send(Outcome(index, error=PageError(what)))
