"""Our matching, splink and brute force, on the same list and queries: quality and time."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from common.errors import MissingPartError
from common.text import fold
from extract.match.names import parse_name
from extract.match.people import Person, parse_date
from extract.match.simulate import Question, is_person
from extract.match.table import read_people
from hotich.evaluation.brute_force import brute_force, folded
from hotich.evaluation.matching import Data, questions_of, write_rows

_HEADER = (
    "unique_id", "surname", "middle", "given", "birth", "year", "sex", "father", "mother", "place",
)  # fmt: skip
_SCRIPT = Path(__file__).with_name("splink_peer.py")


class Peer(NamedTuple):
    """What one way of matching gave. ``precision`` is at the threshold that lets its recall and
    precision be best together (F1): each peer has the best of its thresholds."""

    name: str
    queries: int
    recall_at_1: float
    recall: float
    precision: float
    threshold: float
    ms: float

    def __str__(self) -> str:
        return (
            f"{self.name}: recall@1 {self.recall_at_1:.4f}, at its best threshold "
            f"({self.threshold:.3g}) recall {self.recall:.4f}, precision {self.precision:.4f}; "
            f"{self.ms:.2f} ms of CPU a query (n={self.queries})"
        )


def peer_of(
    name: str, asked: Sequence[Question], best: Sequence[tuple[str, float]], ms: float
) -> Peer:
    """Measure each query's best row (id, score); an empty id is none."""
    right = [is_person(row, truth) for (row, _), (_, truth) in zip(best, asked, strict=True)]
    present = max(sum(truth is not None for _, truth in asked), 1)
    ranked = sorted(zip((score for _, score in best), right, strict=True), reverse=True)
    top, hits = (0.0, 0.0, 0.0, 1.0), 0
    for taken, (score, good) in enumerate(ranked, start=1):
        hits += good
        last = taken == len(ranked) or ranked[taken][0] < score
        f1 = 2 * hits / (taken + present)
        if last and f1 > top[0]:
            top = (f1, hits / present, hits / taken, score)
    return Peer(name, len(asked), sum(right) / present, *top[1:3], top[3], ms)


def splink_peer(python: Path, data: Data, seed: int, work: Path) -> Peer:
    """Splink on DuckDB, one thread; its time is the CPU of predicting, over the queries."""
    asked = questions_of(data, seed)
    existing, queries, out = (work / f"splink-{name}.csv" for name in ("rows", "asked", "found"))
    write_rows(existing, _HEADER, map(_features, read_people(data.listing)))
    write_rows(queries, _HEADER, (_features(query) for query, _ in asked))
    call = [str(python), str(_SCRIPT), str(existing), str(queries), str(out)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingPartError(f"splink failed: {done.stderr.strip()[-300:]}", where=str(python))
    cost = json.loads(done.stdout.splitlines()[-1])
    found: dict[str, tuple[str, float]] = {}
    with out.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            one, other = row["unique_id_l"], row["unique_id_r"]
            query, match = (one, other) if one.startswith("Q") else (other, one)
            score = float(row["match_probability"])
            if score > found.get(query, ("", 0.0))[1]:
                found[query] = match, score
    best = [found.get(query.id, ("", 0.0)) for query, _ in asked]
    ms = 1000 * cost["predicting"] / len(asked)
    return peer_of(f"splink (trained in {cost['training']:.0f} s of CPU)", asked, best, ms)


def brute_force_peer(data: Data, seed: int, sample: int) -> Peer:
    """Brute force on the first ``sample`` queries, against the whole list."""
    asked = questions_of(data, seed)[:sample]
    people = list(read_people(data.listing))
    ids, rows = [person.id for person in people], folded(people)
    del people
    found = brute_force([query for query, _ in asked], rows)
    best = [(ids[row], score) for row, score in zip(found.rows, found.scores, strict=True)]
    return peer_of("brute force with rapidfuzz", asked, best, 1000 * found.seconds)


def _features(person: Person) -> tuple[str, ...]:
    """What splink compares: parts of the name, dates as ISO text, all without marks."""
    name, date = parse_name(person.name) or ("", "", ""), parse_date(person.birth)
    birth = f"{date.year:04d}-{date.month:02d}-{date.day:02d}" if date else ""
    others = (fold(text.replace("-", " ")) for text in (person.father, person.mother, person.place))
    return (person.id, *map(fold, name), birth, birth[:4], person.sex, *others)
