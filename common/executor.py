"""One way to run a step over many pages: serial, in a pool of processes, or on a Ray cluster.

`run` yields one `Outcome` an item, in the items' order, whatever the way. It reads only a bounded
number of items ahead, so a book of any length needs the memory of a few pages. A page that fails,
hangs, or kills its process is an outcome with its error, and the rest goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from common.errors import MissingPartError, PageError, UsageError, install_hint
from common.outcome import Item, Outcome, Value, attempt
from common.worker_pool import WorkerPool

__all__ = ["Outcome", "Pool", "Ray", "Serial", "run"]


@dataclass(frozen=True)
class Serial:
    """One item after the other, in this process."""


@dataclass(frozen=True)
class Pool:
    """A pool of processes on this machine.

    ``timeout``: seconds an item may take, the start of a fresh process included; None: for ever.
    """

    workers: int
    timeout: float | None = None

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise UsageError("a pool needs at least one worker", hint="--workers N")


@dataclass(frozen=True)
class Ray:
    """A Ray cluster.

    ``address`` as ``ray.init`` takes it (``local`` starts one on this machine); ``ahead`` is how
    many items may be under way; ``timeout``: seconds to wait for an item once it is its turn.
    """

    address: str = "auto"
    ahead: int = 64
    timeout: float | None = None


def run(
    step: Callable[[Item], Value],
    items: Iterable[Item],
    how: Serial | Pool | Ray | None = None,
) -> Iterator[Outcome[Value]]:
    """Apply a step to every item, lazily, and yield the outcomes in the items' order.

    Unless ``how`` is `Serial` (the default), the step, the items and the values must be
    picklable; the step is a function of a module, or a ``functools.partial`` of one.

    Raises:
        MissingPartError: Ray was asked for and is not installed, or its cluster does not answer.
    """
    if isinstance(how, Pool):
        return WorkerPool(step, how.workers, how.timeout).run(items)
    if isinstance(how, Ray):
        return _on_ray(step, items, how)
    return (attempt(step, index, item) for index, item in enumerate(items))


def _on_ray(
    step: Callable[[Item], Value], items: Iterable[Item], how: Ray
) -> Iterator[Outcome[Value]]:
    ray = _connected(how.address)
    remote = ray.remote(max_retries=1)(attempt)  # a worker's death: once more, then recorded
    shared = ray.put(step)
    under_way: deque[tuple[int, Any]] = deque()
    for index, item in enumerate(items):
        under_way.append((index, remote.remote(shared, index, item)))
        if len(under_way) >= how.ahead:
            yield _fetched(ray, *under_way.popleft(), how.timeout)
    while under_way:
        yield _fetched(ray, *under_way.popleft(), how.timeout)


def _fetched(ray: Any, index: int, reference: Any, timeout: float | None) -> Outcome[Any]:
    try:
        outcome: Outcome[Any] = ray.get(reference, timeout=timeout)
    except ray.exceptions.GetTimeoutError:
        ray.cancel(reference, force=True)
        return Outcome(index, error=PageError(f"it was stopped after {timeout:g} s"))
    except ray.exceptions.RayError as error:
        summary = str(error).splitlines()[0]
        return Outcome(index, error=PageError(f"lost on the cluster: {summary}"), cause=str(error))
    return outcome


def _connected(address: str) -> Any:
    try:
        import ray
    except ImportError as error:
        raise MissingPartError("Ray is not installed", hint=install_hint("cluster")) from error
    if not ray.is_initialized():
        try:
            ray.init(address=address, log_to_driver=False)
        except ConnectionError as error:
            raise MissingPartError(
                "no Ray cluster answers", where=address, hint="start one: ray start --head"
            ) from error
    return ray
