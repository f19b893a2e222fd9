"""A run killed with SIGKILL at random moments, started again each time, against an unbroken run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from extract.folder import BookFolder
from hotich.evaluation.extraction import extract_call, run_extraction


class ResumeFigure(NamedTuple):
    """Seconds after which the run was killed each time, and whether the records came out equal."""

    killed_after: tuple[float, ...]
    equal: bool
    size: int


def evaluate_resume(scans: Path, work: Path, kills: int = 5, seed: int = 0) -> ResumeFigure:
    """Extract ``scans`` unbroken, and broken ``kills`` times; compare ``records.jsonl``.

    The whole process group is killed, at moments drawn evenly from the length of the unbroken
    run, so that learning the form, reading pages and writing records are all hit in the long run.
    """
    whole, broken = work / "unbroken", work / "broken"
    unbroken = run_extraction(extract_call(scans, whole), whole)
    rng = random.Random(seed)
    moments: list[float] = []
    for _ in range(kills):
        moment = rng.uniform(0.3, 0.95) * unbroken.seconds / (1 if not moments else 2)
        if not _kill_after(extract_call(scans, broken), moment):
            BookFolder(broken).records.unlink()  # it had finished: the next one starts at the end
        moments.append(round(moment, 2))
    run_extraction(extract_call(scans, broken), broken)
    first = BookFolder(whole).records.read_bytes()
    return ResumeFigure(
        tuple(moments), first == BookFolder(broken).records.read_bytes(), len(first)
    )


def _kill_after(call: list[str], seconds: float) -> bool:
    """Start the command and kill it after so many seconds; False when it had ended before."""
    process = subprocess.Popen(
        call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(seconds)
    alive = process.poll() is None
    if alive:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return alive
