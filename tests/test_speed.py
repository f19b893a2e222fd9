"""The clock of `hotich evaluate speed`: own time of each step, every step there, all put back."""

from __future__ import annotations

import time
from pkgutil import resolve_name

import pytest

from hotich.evaluation.speed import STEPS, Speed
from hotich.evaluation.stopwatch import REST, Stopwatch

HERE = __name__


def busy(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def inner() -> None:
    busy(0.06)


def outer() -> None:
    busy(0.03)
    inner()


def test_a_step_is_not_charged_for_another_that_it_calls() -> None:
    watch, own = Stopwatch(), outer
    with watch.watching({f"{HERE}:outer": "out", f"{HERE}:inner": "in"}):
        outer()
        busy(0.02)
    assert watch.seconds["in"] == pytest.approx(0.06, abs=0.015)
    assert watch.seconds["out"] == pytest.approx(0.03, abs=0.015)
    assert watch.seconds[REST] == pytest.approx(0.02, abs=0.015)
    assert outer is own


def test_a_step_that_fails_is_timed_and_put_back() -> None:
    watch, own = Stopwatch(), busy
    with pytest.raises(TypeError), watch.watching({f"{HERE}:busy": "busy"}):
        busy("long")  # type: ignore[arg-type]
    assert "busy" in watch.seconds
    assert busy is own


def test_every_step_of_extract_is_where_it_is_looked_for() -> None:
    for where in STEPS:
        assert callable(resolve_name(where)), where


def test_pages_a_core_hour() -> None:
    title, *_, first, second = Speed(9, 10, {"read": 15.0, "clean": 5.0}).rows()
    assert title == "10 pages, 9 cases: 2.00 s of one core a page, 1,800 pages a core-hour"
    assert first == "| read | 1.500 | 75.0% |"
    assert second == "| clean | 0.500 | 25.0% |"
