"""What adaptation is worth: unseen hands, before and after a few of their lines were learnt.

Every hand's test lines are set aside before any line is learnt, and are the same for every number
of lines. What was measured can be kept in a table, so that a run that was stopped goes on.
"""

from __future__ import annotations

import csv
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from common.errors import InputError
from models.handwriting import HandwritingReader
from models.network import LineNetwork
from models.training.adapt import NetworkReader, cross_check, open_base
from models.training.check import cer
from models.training.data import Line
from models.training.one_hand import AdaptOptions
from models.training.unseen import Unseen


@dataclass(frozen=True)
class Learnt:
    """What some lines of a hand were worth, as a row of the table.

    Attributes:
        reader, settings: the base's identity, and a hash of the options.
        set, hand: whose lines.
        lines, tested: how many were learnt, and how many others tell what that was worth.
        before, after: CER of these others, by the same decoder, in full precision.
        seen: relative drop of the errors to be expected of the learnt lines, each held back once.
        kept: whether the check let the reader pass.
        share: of the way from the base that was taken.
        stretch: of the lines' width.
        seconds: of processor time, the check included.
    """

    reader: str
    settings: str
    set: str
    hand: str
    lines: int
    tested: int
    before: float
    after: float
    seen: float
    kept: bool
    share: float
    stretch: float
    seconds: float

    @property
    def drop(self) -> float:
        """Of the CER, relative; 0 where the check refused, for then the base reads on."""
        return 1 - self.after / self.before if self.before and self.kept else 0.0

    def __str__(self) -> str:
        kept = f"{self.share:.0%}, width {self.stretch:g}" if self.kept else "refused"
        whose = f"{self.set:<18} {self.hand:<28} {self.tested:>6} {self.lines:>6}"
        worth = f"{self.before:>6.3f} {self.after:>6.3f} {self.drop:>7.1%}"
        return f"{whose}   {worth}  {kept:<16} {self.seconds:>5.0f}"


HEAD = (
    f"{'set':<18} {'hand':<28} {'tested':>6} {'learnt':>6}   "
    f"{'before':>6} {'after':>6} {'drop':>7}  {'check':<16} {'CPU s':>5}"
)


def evaluate_adapt(
    base: Path,
    hands: Sequence[Unseen],
    counts: Sequence[int],
    options: AdaptOptions,
    table: Path | None = None,
    say: Callable[[str], None] = print,
) -> list[Learnt]:
    """Learn each hand from ``counts`` of its lines; print a row each, and the means.

    Args:
        table: rows that stand there already are not measured again; the others are added.

    Raises:
        InputError: the table has other columns.
    """
    reader, network = open_base(base)
    say(f"{reader.source}, case folded; CER of test lines that were neither learnt nor checked on")
    say(HEAD)
    settings = hashlib.sha256(options.model_dump_json().encode()).hexdigest()[:8]
    known = {(row.set, row.hand, row.lines): row for row in _read(table, reader.source, settings)}
    found = []
    for hand in hands:
        for count in counts:
            row = known.get((hand.kind, hand.name, count))
            if row is None and (lines := hand.learnt(count, min(counts))):
                test = hand.tested(min(counts))
                row = _learn(reader, network, hand, test, lines, options, settings)
                _add(table, row)
            if row is not None:
                say(str(row))
                found.append(row)
    for count in counts:
        rows = [row for row in found if row.lines == count]
        for kind in [*dict.fromkeys(row.set for row in rows), "all"]:
            say(_mean(kind, count, [row for row in rows if kind in ("all", row.set)]))
    return found


def refusal(
    base: Path, hand: Unseen, count: int, options: AdaptOptions, say: Callable[[str], None] = print
) -> bool:
    """Whether lines whose texts were mixed up among them are refused."""
    reader, network = open_base(base)
    lines = hand.lines[:count]
    others = lines[1:] + lines[:1]
    mixed = [replace(one, text=two.text) for one, two in zip(lines, others, strict=True)]
    check = cross_check(reader, network, mixed, options, say=lambda _: None).check
    verdict = "kept" if check.better else "refused"
    say(f"{hand.kind} {hand.name}, texts mixed up: {verdict}; {check}")
    return not check.better


def _learn(
    reader: HandwritingReader,
    network: LineNetwork,
    hand: Unseen,
    test: Sequence[Line],
    lines: Sequence[Line],
    options: AdaptOptions,
    settings: str,
) -> Learnt:
    started = time.process_time()
    trial = cross_check(reader, network, lines, options, say=lambda _: None)
    return Learnt(
        reader=reader.source,
        settings=settings,
        set=hand.kind,
        hand=hand.name,
        lines=len(lines),
        tested=len(test),
        seconds=round(time.process_time() - started, 1),
        before=_cer(network, reader, test),
        after=_cer(trial.network, reader, test),
        seen=round(trial.check.drop, 3),
        kept=trial.check.better,
        share=trial.share,
        stretch=trial.network.config.stretch,
    )


def _cer(network: LineNetwork, reader: HandwritingReader, lines: Sequence[Line]) -> float:
    readings = NetworkReader(reader.folder, network).read([line.image for line in lines])
    return round(cer(readings, lines), 5)


def _mean(kind: str, count: int, rows: Sequence[Learnt]) -> str:
    refused = sum(not row.kept for row in rows)
    drop = float(np.mean([row.drop for row in rows]))
    seconds = float(np.mean([row.seconds for row in rows]))
    return (
        f"mean {kind}, {count} lines: drop {drop:.1%} over {len(rows)} hands, {refused} refused, "
        f"{seconds:.0f} s of processor time each"
    )


def _read(table: Path | None, reader: str, settings: str) -> Iterator[Learnt]:
    """The rows of a table that were measured with this reader and these settings."""
    if table is None or not table.is_file():
        return
    rows = TypeAdapter(list[Learnt])
    with table.open(encoding="utf-8", newline="") as file:
        found = csv.DictReader(file, delimiter="\t")
        if found.fieldnames != [field.name for field in fields(Learnt)]:
            raise InputError(
                "a table with other columns", where=str(table), hint="begin another one"
            )
        for row in rows.validate_python(list(found)):
            if (row.reader, row.settings) == (reader, settings):
                yield row


def _add(table: Path | None, row: Learnt) -> None:
    if table is None:
        return
    cells = asdict(row)
    lines = ["\t".join(map(str, cells.values()))]
    if not table.is_file():
        lines.insert(0, "\t".join(cells))
    with table.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
