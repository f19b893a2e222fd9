"""Runs `hotich extract` as a vendor would, in a process of its own, and measures what it costs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError
from extract.folder import BookFolder
from extract.record import Record, read_records


@dataclass(frozen=True)
class Extraction:
    """One finished run: its folder, seconds of wall time, seconds of CPU, peak memory in MiB."""

    folder: BookFolder
    seconds: float
    cpu_seconds: float
    peak_mib: float
    exit_code: int

    def records(self) -> list[Record]:
        return read_records(self.folder.records)


def extract_call(scans: Path, out: Path, register: str = "KS", *more: str) -> list[str]:
    """The command line, with this interpreter."""
    return [sys.executable, "-m", "hotich", "extract", str(scans), "--register", register,
            "--out", str(out), *more]  # fmt: skip


def run_extraction(call: Sequence[str], out: Path) -> Extraction:
    """Run the command to its end.

    Raises:
        InputError: it ended with neither 0 nor 1, with what it said.
    """
    began = time.monotonic()
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        raise InputError(f"extract ended with {code}: {said.strip()[-300:]}", where=str(out))
    return Extraction(
        BookFolder(out),
        time.monotonic() - began,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / 1024,
        code,
    )
