"""Matching measured: a simulated list, spoilt queries, what is found, how sure, and the cost."""

from __future__ import annotations

import csv
import itertools
import os
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from common.errors import InputError
from extract.match import (
    Match,
    Matcher,
    MatchOptions,
    PeopleIndex,
    Person,
    build_index,
    read_people,
    resolve,
)
from extract.match.explain import as_text, explain
from extract.match.fit import Figures, figures
from extract.match.score import DEFAULTS, Scored
from extract.match.simulate import Question, Trial, is_person, questions
from extract.match.table import COLUMNS

BATCHES = (20, 110, 1000)  # queries asked together
SHARES = (0.1, 0.5, 0.8)  # of those asked for, who are in the list
_DRAWN = 3000  # queries of all batches of one kind


class Cost(NamedTuple):
    """Seconds on the clock and of CPU, and the most memory, MiB, of one step in its own process."""

    seconds: float
    cpu: float
    mib: float

    def __str__(self) -> str:
        return f"{self.cpu:.1f} s of CPU ({self.seconds:.0f} s on the clock), {self.mib:.0f} MiB"


class Batches(NamedTuple):
    """What small batches gave: what was told of each person, queries a batch, the share of them
    in the list, and the figures of all batches."""

    told: str
    size: int
    share: float
    found: Figures


class Answers(NamedTuple):
    """What the queries gave: rows of the list, CPU seconds a query, figures; and those of small
    batches of them."""

    rows: int
    seconds: list[float]
    found: Figures
    batches: list[Batches]


@dataclass(frozen=True)
class MatchingFigure:
    """What matching a simulated list gave, and what each step cost."""

    people: int
    seed: int
    build: Cost
    opened: Cost
    asking: Cost
    disk_mib: float
    answers: Answers


class Data(NamedTuple):
    """A simulated list on disk, and the people asked for."""

    listing: Path
    chosen: Path


def make_data(people: int, queries: int, seed: int, work: Path) -> Data:
    """The list as CSV, the people asked for, and the spoilt queries with who is right, in ``work``;
    what is there is not made again."""
    name = f"{people}-{queries}-{seed}"
    data = Data(work / f"list-{name}.csv", work / f"asked-{name}.csv")
    if not data.chosen.is_file():
        trial = Trial(people, queries, seed)
        write_people(data.listing, trial.rows())
        told = ((*fields_of(person), int(there)) for person, there in trial.chosen)
        asked = ((*fields_of(query), who or "") for query, who in questions(trial.chosen, seed))
        write_rows(work / f"queries-{name}.csv", (*COLUMNS, "truth"), asked)
        write_rows(data.chosen, (*COLUMNS, "listed"), told)
    return data


def questions_of(data: Data, seed: int) -> list[Question]:
    """The spoilt queries for the people asked for."""
    with data.chosen.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return questions([(Person(*row[:7]), row[7] == "1") for row in rows], seed)


def evaluate_matching(people: int, queries: int, seed: int, work: Path) -> MatchingFigure:
    """Build, open and ask; each step in a process of its own, on one core."""
    work.mkdir(parents=True, exist_ok=True)
    data = make_data(people, queries, seed, work)
    folder = work / f"index-{people}-{queries}-{seed}"
    kept = folder / "cost.csv"
    if kept.is_file():
        build = Cost(*map(float, kept.read_text().split()))
    else:
        _, build = measured(_build, data.listing, folder)
        kept.write_text(" ".join(map(str, build)))
    _, opened = measured(_open, folder)
    answers, asking = measured(_ask, folder, data, seed)
    disk = sum(file.stat().st_size for file in folder.iterdir()) / 2**20
    return MatchingFigure(people, seed, build, opened, asking, disk, answers)


def measured(step: Callable[..., Any], *given: Any) -> tuple[Any, Cost]:
    """Run a step in a new process: what it gives, and what it cost."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        result, cost = pool.submit(_costed, step, *given).result()
    return result, cost


def write_people(path: Path, people: Iterable[Person]) -> None:
    """A CSV as `hotich match` reads it."""
    write_rows(path, COLUMNS, map(fields_of, people))


def fields_of(person: Person) -> tuple[str, ...]:
    """A person's fields in the order of the columns."""
    return tuple(getattr(person, name) for name in person.__slots__)


def table(figure: MatchingFigure) -> Iterator[str]:
    """The figure as lines of text."""
    found, times = figure.answers.found, sorted(figure.answers.seconds)
    yield (
        f"simulated list of {figure.people:,} people in {figure.answers.rows:,} rows, "
        f"{found.queries:,} queries of which {1 - found.present:.0%} are not in it, "
        f"seed {figure.seed}"
    )
    yield f"index built: {figure.build}; {figure.disk_mib:.0f} MiB on disk"
    yield f"index opened: {figure.opened}"
    yield (
        f"a query: {1000 * sum(times) / len(times):.2f} ms of CPU on one thread, 99 % under "
        f"{1000 * times[int(0.99 * len(times))]:.1f} ms; {figure.asking.mib:.0f} MiB"
    )
    yield _line(found)
    for told, size, share, few in figure.answers.batches:
        yield f"batches of {size:,} with {share:.0%} in the list, {told}: {_line(few)}"


def _line(found: Figures) -> str:
    return (
        f"recall@1 {found.recall_at_1:.4f}, at the threshold of {DEFAULTS.threshold} recall "
        f"{found.recall:.4f} and precision {found.precision:.4f}, calibration error "
        f"{found.calibration_error:.4f} (n={found.queries:,})"
    )


def _build(listing: Path, folder: Path) -> None:
    build_index(read_people(listing), folder)


def _open(folder: Path) -> int:
    return len(PeopleIndex.open(folder))


def _ask(folder: Path, data: Data, seed: int) -> Answers:
    """Ask every query, and measure the answers of all together and of small batches."""
    matcher = Matcher(PeopleIndex.open(folder), MatchOptions(top=1))
    asked, scored, times = questions_of(data, seed), [], []
    for query, _ in asked:
        began = time.process_time()
        scored.append(matcher.candidates(query))
        times.append(time.process_time() - began)
    found = resolve(matcher, scored)
    whole = figures(asked, [rows[0] if rows else None for rows in found])
    half = asked[: (len(asked) + 1) // 2]
    bare = [matcher.candidates(Person(q.id, q.name, q.birth)) for q, _ in half]
    batches = [
        *_batches(matcher, asked, scored, "all fields", seed),
        *_batches(matcher, half, bare, "name and day only", seed),
    ]
    return Answers(len(matcher.index), times, whole, batches)


def _batches(
    matcher: Matcher, asked: Sequence[Question], scored: Sequence[Scored], told: str, seed: int
) -> Iterator[Batches]:
    """Batches drawn from queries, of every size and share for which there are enough."""
    listed = [at for at, (_, truth) in enumerate(asked) if truth is not None]
    others = [at for at, (_, truth) in enumerate(asked) if truth is None]
    for size, share in itertools.product(BATCHES, SHARES):
        rng, there = Random(f"batches {seed}"), round(size * share)
        if there > len(listed) or size - there > len(others):
            continue
        drawn: list[Question] = []
        best: list[Match | None] = []
        for _ in range(_DRAWN // size):
            kept = [*rng.sample(listed, there), *rng.sample(others, size - there)]
            drawn += [asked[at] for at in kept]
            found = resolve(matcher, [scored[at] for at in kept])
            best += [rows[0] if rows else None for rows in found]
        yield Batches(told, size, share, figures(drawn, best))


def _costed(step: Callable[..., Any], *given: Any) -> tuple[Any, Cost]:
    os.environ["OMP_NUM_THREADS"] = "1"
    began, cpu = time.monotonic(), time.process_time()
    result = step(*given)
    cost = Cost(
        time.monotonic() - began,
        time.process_time() - cpu,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    return result, cost


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV that appears whole or not at all."""
    waiting = path.with_name(path.name + ".part")
    try:
        with waiting.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
        waiting.replace(path)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(path)) from error


def explained(people: int, queries: int, seed: int, work: Path, count: int) -> Iterator[str]:
    """``count`` matches explained: first those that are wrong, then doubtful and sure right ones,
    then people not in the list."""
    if not count:
        return
    data = make_data(people, queries, seed, work)
    index = PeopleIndex.open(work / f"index-{people}-{queries}-{seed}")
    matcher, asked = Matcher(index, MatchOptions(top=1)), questions_of(data, seed)
    found = resolve(matcher, [matcher.candidates(query) for query, _ in asked])
    kinds: dict[str, list[tuple[float, str]]] = {}
    for (query, truth), rows in zip(asked, found, strict=True):
        if not rows:
            continue
        best = rows[0]
        kind = _kind(truth, is_person(best.id, truth), best.score >= DEFAULTS.threshold)
        shown = kinds.setdefault(kind, [])
        if len(shown) < 4 * count:
            text = as_text(explain(matcher, query, best))
            shown.append((best.score, f"[{kind}; {truth or 'not in the list'}]\n{text}"))
    for kind, wanted in _shares({kind: len(kinds.get(kind, ())) for kind in _SHOWN}, count).items():
        one = sorted(kinds[kind], reverse=kind.startswith("wrong"))
        yield from (text for _, text in one[:: len(one) // wanted][:wanted])


def _shares(there: Mapping[str, int], count: int) -> dict[str, int]:
    """How many of each kind are shown: ``count`` in all, as even as what is there allows."""
    shares: dict[str, int] = {}
    for turn in range(max(there.values(), default=0)):
        for kind, size in there.items():
            if turn < size and sum(shares.values()) < count:
                shares[kind] = turn + 1
    return shares


_SHOWN = (
    "wrong: another person", "wrong: not in the list", "right", "right, not reported",
    "right: nobody",
)  # fmt: skip


def _kind(truth: str | None, right: bool, reported: bool) -> str:
    if right:
        return "right" if reported else "right, not reported"
    if not reported:
        return "right: nobody" if truth is None else "missed"
    return "wrong: not in the list" if truth is None else "wrong: another person"
