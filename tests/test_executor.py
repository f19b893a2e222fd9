"""The executor: order, failures, killed and hanging workers, laziness, and one result all ways."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from common.errors import InputError, MissingPartError, PageError, UsageError
from common.executor import Outcome, Pool, Ray, Serial, run


def square(number: int) -> int:
    time.sleep(0.01 * (number % 3))  # so that items end out of order
    return number * number


def picky(number: int) -> int:
    if number == 2:
        raise InputError("not a scan", where="page 2", hint="scan it again")
    if number == 3:
        raise ValueError("three")
    return number


def murderous(number: int) -> int:
    if number == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def dies_once(folder: Path, number: int) -> int:
    """Kills its worker at item 1, the first time only."""
    mark = folder / "died"
    if number == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def hangs(number: int) -> int:
    if number == 1:
        time.sleep(600)
    return number


def a_lock(number: int) -> object:
    return (lambda: number) if number == 1 else number


def summary(outcomes: Iterator[Outcome[int]]) -> list[tuple[int, int | None, str]]:
    return [(o.index, o.value, str(o.error or "")) for o in outcomes]


def test_outcomes_come_in_order_and_are_the_same_serial_and_pooled() -> None:
    serial = summary(run(picky, range(9)))
    pooled = summary(run(picky, range(9), Pool(3)))
    assert serial == pooled
    assert [index for index, _, _ in serial] == list(range(9))
    squares = [o.value for o in run(square, range(20), Pool(2))]
    assert squares == [n * n for n in range(20)]


@pytest.mark.parametrize("how", [Serial(), Pool(2)])
def test_a_failing_item_is_recorded_with_its_cause_and_the_rest_goes_on(how: Serial | Pool) -> None:
    outcomes = list(run(picky, range(6), how))
    assert [o.index for o in outcomes if not o.ok] == [2, 3]
    ours, unexpected = outcomes[2], outcomes[3]
    assert isinstance(ours.error, InputError)
    assert str(ours.error) == "page 2: not a scan — scan it again"
    assert (ours.error.where, ours.error.hint) == ("page 2", "scan it again")
    assert isinstance(unexpected.error, PageError)
    assert "ValueError: three" in str(unexpected.error)
    assert 'raise ValueError("three")' in unexpected.cause


def test_an_item_that_kills_its_worker_twice_is_recorded_and_the_rest_goes_on() -> None:
    outcomes = list(run(murderous, range(10), Pool(2)))
    assert [o.value for o in outcomes] == [0, 1, 2, 3, None, 5, 6, 7, 8, 9]
    assert isinstance(outcomes[4].error, PageError)
    assert "2 times" in str(outcomes[4].error)
    assert outcomes[4].cause == f"exit code {-signal.SIGKILL}"


def test_an_item_whose_worker_died_once_is_tried_again(tmp_path: Path) -> None:
    outcomes = list(run(partial(dies_once, tmp_path), range(4), Pool(2)))
    assert (tmp_path / "died").exists()
    assert [o.value for o in outcomes] == [0, 1, 2, 3]


def test_a_hanging_item_is_stopped_by_the_timeout() -> None:
    start = time.monotonic()
    outcomes = list(run(hangs, range(4), Pool(2, timeout=4)))
    assert time.monotonic() - start < 60
    assert [o.index for o in outcomes if not o.ok] == [1]
    assert "stopped after 4 s" in str(outcomes[1].error)


def test_a_value_that_cannot_be_pickled_is_recorded() -> None:
    outcomes = list(run(a_lock, range(3), Pool(1)))
    assert [o.ok for o in outcomes] == [True, False, True]
    assert "between processes" in str(outcomes[1].error)


@pytest.mark.parametrize(("how", "most"), [(Serial(), 1), (Pool(2), 9)])
def test_items_are_read_only_a_little_ahead(how: Serial | Pool, most: int) -> None:
    read = 0

    def pages() -> Iterator[int]:
        nonlocal read
        for number in range(1000):
            read += 1
            yield number

    outcomes = run(square, pages(), how)
    assert read == 0
    for taken in range(1, 21):
        next(outcomes)
        assert read <= taken + most
    outcomes.close()  # type: ignore[attr-defined]
    assert read < 40


def test_none_is_an_item_and_nothing_is_no_outcome() -> None:
    assert [o.value for o in run(repr, [None, None], Pool(1))] == ["None", "None"]
    assert list(run(repr, [], Pool(1))) == []


def test_a_pool_of_no_workers_is_refused() -> None:
    with pytest.raises(UsageError):
        Pool(0)


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed")
def test_ray_that_is_not_installed_is_a_missing_part() -> None:
    with pytest.raises(MissingPartError, match="cluster"):
        list(run(square, range(2), Ray()))


@pytest.mark.slow(seconds=20)
@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
def test_ray_gives_what_serial_gives() -> None:
    import ray

    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # no worker imports tests
    try:
        on_ray = summary(run(picky, range(9), Ray("local", ahead=3)))
        assert on_ray == summary(run(picky, range(9)))
        killed = list(run(murderous, range(6), Ray("local")))
        assert [o.index for o in killed if not o.ok] == [4]
    finally:
        ray.shutdown()
