"""Every figure of the handwriting reader on held-back lines: CER, WER, diacritic-blind CER, n."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.errors import InputError
from models.charset import default_charset
from models.handwriting import HandwritingReader, ReaderOptions
from models.reading import Image, Reader, Reading
from models.training.augment import draw_rules, empty_line, paper_level, stain
from models.training.calibrate import Reliability, line_outcomes, reliability
from models.training.data import Line, held_back_lines
from models.training.metrics import ErrorRates, error_rates
from models.training.shards import read_shard

REAL_SETS = ("vn_address_lines", "cursive_fr", "wills_fr")


@dataclass(frozen=True)
class SetResult:
    """One held-back set as one reader reads it; case is folded in every rate."""

    name: str
    rates: ErrorRates
    reliability: Reliability
    seconds: float
    """Of processor time a line."""


def held_back_sets(data: Path, limit: int | None = None) -> dict[str, list[Line]]:
    """The held-back lines of every real set that lies under ``data``.

    Raises:
        InputError: none of them does.
    """
    found = {
        name: held_back_lines(data / name, limit)
        for name in REAL_SETS
        if (data / name / "labels.tsv").is_file()
    }
    if not found:
        raise InputError(f"none of {', '.join(REAL_SETS)} here", where=str(data))
    return found


def rendered_sets(shards: Sequence[Path]) -> dict[str, list[Line]]:
    """Rendered lines that hold text, by severity (what stands before ``/`` in a line's group)."""
    sets: dict[str, list[Line]] = {}
    for path in shards:
        shard = read_shard(path)
        for image, text, group in zip(shard.images, shard.texts, shard.groups, strict=True):
            if text and default_charset().covers(text):
                sets.setdefault(f"rendered {group.partition('/')[0]}", []).append(
                    Line(image, text, group)
                )
    return dict(sorted(sets.items()))


def evaluate_set(reader: Reader, name: str, lines: Sequence[Line]) -> SetResult:
    """Read the lines and compare with their texts, case folded."""
    started = time.process_time()
    readings = reader.read([line.image for line in lines])
    seconds = (time.process_time() - started) / max(1, len(lines))
    texts = [reading.text for reading in readings]
    rates = error_rates(texts, [line.text for line in lines], fold_case=True)
    return SetResult(name, rates, reliability(*line_outcomes(readings, lines)), seconds)


def empty_slots(lines: Sequence[Line], n: int, seed: int = 7) -> list[Image]:
    """Empty slots made of real lines' paper: plain, stained, ruled or dotted."""
    rng = np.random.default_rng(seed)
    slots = []
    for i in range(n):
        slot = empty_line(lines[i % len(lines)].image, rng)
        if rng.random() < 0.5:
            slot = draw_rules(slot, rng, paper_level(slot))
        if rng.random() < 0.5:
            slot = stain(slot, rng)
        slots.append(slot)
    return slots


def read_as_empty(readings: Sequence[Reading]) -> float:
    """The share of readings without any text."""
    return sum(not reading.text for reading in readings) / max(1, len(readings))


def evaluate(
    reader: Reader,
    sets: Mapping[str, Sequence[Line]],
    *,
    empty: int = 0,
    say: Callable[[str], None] = print,
) -> list[SetResult]:
    """Print one row a set (and the share of ``empty`` slots read as nothing); return the rows."""
    say(f"{reader.source}, case folded; none of these lines was trained on")
    say(f"{'set':<20} {'n':>5} {'CER':>7} {'WER':>7} {'blind':>7} {'exact':>6} {'ECE':>6} ms/line")
    results = []
    for name, lines in sets.items():
        result = evaluate_set(reader, name, lines)
        rates = result.rates
        say(
            f"{name:<20} {rates.n:>5} {rates.cer:>7.4f} {rates.wer:>7.4f} {rates.blind_cer:>7.4f}"
            f" {rates.exact:>6.3f} {result.reliability.ece:>6.3f} {1000 * result.seconds:>7.1f}"
        )
        results.append(result)
    if empty:
        slots = empty_slots([line for lines in sets.values() for line in lines], empty)
        say(f"empty slots read as nothing: {read_as_empty(reader.read(slots)):.4f} of {empty}")
    return results


def evaluate_own(
    weights: Path | None,
    sets: Mapping[str, Sequence[Line]],
    *,
    empty: int = 0,
    say: Callable[[str], None] = print,
) -> None:
    """Our reader in a weights folder: the best path of its network alone, then as it reads."""
    say("the network's best path:")
    evaluate(HandwritingReader(weights, ReaderOptions(beam=0)), sets, say=say)
    say("what is doubtful weighed by character n-grams, as `hotich read` does:")
    evaluate(HandwritingReader(weights), sets, empty=empty, say=say)
