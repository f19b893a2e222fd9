"""From a training to weights that may be shipped: exported, checked, calibrated, with figures."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError
from models.evaluate_reader import evaluate_own, evaluate_set, held_back_sets, rendered_sets
from models.handwriting import HandwritingReader, ReaderOptions
from models.reading import Image
from models.training.calibrate import fit_calibration, line_outcomes, reliability
from models.training.data import Line, load_line, read_labels
from models.training.export import export
from models.training.worst import draw_worst, worst_lines
from models.weights import Calibration, write_calibration, write_manifest

FIGURES, WORST = "figures.md", "worst.png"
WORST_LOSS = 0.003
"""How much CER int8 may cost against fp32 before fp32 is shipped instead."""


@dataclass(frozen=True)
class Release:
    """What a release is made of: the trained folder, real data, rendered lines not trained on."""

    trained: Path
    data: Path
    rendered: tuple[Path, ...] = ()
    name: str = "lines"


def release(plan: Release, folder: Path, say: Callable[[str], None] = print) -> None:
    """Write a complete weights folder; it replaces ``folder`` only when everything is done.

    Int8 is shipped unless it costs more than `WORST_LOSS` of CER over all held-back lines.

    Raises:
        InputError: nothing trained, or no data to check it with.
    """
    if not (plan.trained / "config.json").is_file():
        raise InputError("no trained network", where=str(plan.trained))
    sets = held_back_sets(plan.data) | rendered_sets(plan.rendered)
    crops = calibration_crops(plan.data)
    with tempfile.TemporaryDirectory() as scratch:
        fp32, int8 = Path(scratch) / "fp32", Path(scratch) / "int8"
        for place, small in ((fp32, False), (int8, True)):
            place.mkdir()
            write_calibration(place, Calibration())
            export(plan.trained, place, plan.name, crops, int8=small, say=say)
        figures: list[str] = []

        def note(line: str) -> None:
            figures.append(line)
            say(line)

        chosen = int8 if _int8_is_good(fp32, int8, sets, note) else fp32
        note(f"shipped: {chosen.name}")
        _calibrate(chosen, sets, plan.name, note)
        draw_worst(worst_lines(HandwritingReader(chosen), sets), chosen / WORST)
        evaluate_own(chosen, sets, empty=1000, say=note)
        page = ["Written by `hotich train --release`.", "", "```", *figures, "```", ""]
        (chosen / FIGURES).write_text("\n".join(page), encoding="utf-8")
        shutil.copytree(chosen, folder, dirs_exist_ok=True)


def calibration_crops(
    data: Path, aside: Mapping[str, frozenset[str]] | None = None, per_set: int = 60
) -> list[Image]:
    """Real training lines, spread over every set, for the ranges of int8.

    Args:
        aside: by set, the groups held back in place of those of its own rule.
    """
    crops = []
    for labels in sorted(data.glob("*/labels.tsv")):
        held = (aside or {}).get(labels.parent.name)
        rows = read_labels(labels.parent, held_back=False, aside=held)
        crops += [load_line(path) for path, _, _ in rows[:: max(1, len(rows) // per_set)]]
    return crops


def halves(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines in two, no group in both: every other group, in sorted order."""
    groups = sorted({line.group for line in lines})
    first = set(groups[::2])
    return (
        [line for line in lines if line.group in first],
        [line for line in lines if line.group not in first],
    )


def _int8_is_good(
    fp32: Path, int8: Path, sets: dict[str, list[Line]], say: Callable[[str], None]
) -> bool:
    lines = [line for members in sets.values() for line in members]
    quick = ReaderOptions(beam=0)
    exact = evaluate_set(HandwritingReader(fp32, quick), "fp32", lines)
    small = evaluate_set(HandwritingReader(int8, quick), "int8", lines)
    say(
        f"fp32 CER {exact.rates.cer:.4f}, {1000 * exact.seconds:.1f} ms a line; "
        f"int8 CER {small.rates.cer:.4f}, {1000 * small.seconds:.1f} ms a line; n {len(lines)}"
    )
    return small.rates.cer - exact.rates.cer <= WORST_LOSS


def _calibrate(
    folder: Path, sets: dict[str, list[Line]], name: str, say: Callable[[str], None]
) -> None:
    """Fit on half of each set's groups, report on the other half, and store it."""
    parts = [halves(lines) for lines in sets.values()]
    fit_on = [line for first, _ in parts for line in first]
    report_on = [line for _, second in parts for line in second]
    raw = HandwritingReader(folder)
    calibration = fit_calibration(raw, fit_on, f"half the groups of {', '.join(sets)}, held back")
    write_calibration(folder, calibration)
    write_manifest(folder, name, raw.manifest.characters, raw.manifest.height)
    reader = HandwritingReader(folder)
    found = reliability(*line_outcomes(reader.read([line.image for line in report_on]), report_on))
    say(f"line confidence, fitted on n {len(fit_on)}: ECE {found.ece:.3f} on the other n {found.n}")
