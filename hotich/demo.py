"""`make demo`: the main job on the sample book, and how well it went."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from extract.evaluate import evaluate
from extract.folder import BookFolder
from extract.record import read_records
from extract.registers import load_register
from hotich.evaluation.extraction import extract_call

SAMPLE = Path(__file__).parents[1] / "sample"


def main() -> int:
    """Extract the sample, compare with its truth, print three lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("demo-out"))
    out: Path = parser.parse_args().out
    scans = SAMPLE / "KS.1962.01.pdf"
    code = subprocess.call(extract_call(scans, out, "KS"))
    folder = BookFolder(out)
    if code not in (0, 1) or not folder.records.exists():
        return code or 1
    truth = read_records(SAMPLE / "truth.jsonl")
    score = evaluate(read_records(folder.records), truth, load_register("KS"))
    print(f"report:          {folder.report.resolve()}")  # noqa: T201
    print(  # noqa: T201
        f"fields right:    {score.value.right} of {score.value.n} values exact "
        f"({score.value.share:.0%}), states {score.states.share:.0%} of {score.states.n}; "
        f"{score.cases.right} of {score.cases.n} cases (sample book, rendered)"
    )
    print(  # noqa: T201
        f"sent to review:  {score.review.right} of {score.review.n} fields "
        f"({score.review.share:.0%})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
