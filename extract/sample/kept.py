"""What became of a sample, kept beside it for the reports of many books."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from common.errors import InputError
from extract.record import write_whole
from extract.sample.acceptance import KEPT, Verdict, kept_sample
from extract.store import now

_VERDICT = "verdict.json"


@dataclass(frozen=True)
class Acceptance:
    """A sample that was drawn, and what was found in it once it was taken back.

    Attributes:
        packages: names of the books that it stands for.
        cells: drawn.
        day: on which it was taken back; empty before.
        wrong, looked: cells of the even part; the interval from ``low`` to ``high`` is theirs.
        limit: share of wrong cells that may be accepted, where one was agreed.
        accepted: whether the limit is proved; None without a limit, or before it was taken back.
    """

    packages: tuple[str, ...]
    cells: int
    day: str = ""
    inspector: str = ""
    wrong: int = 0
    looked: int = 0
    low: float = 0.0
    high: float = 1.0
    limit: float | None = None
    accepted: bool | None = None


def keep_verdict(folder: Path, verdict: Verdict, inspector: str, limit: float | None) -> None:
    """Remember beside the sample what was found; a later verdict replaces it."""
    whole = verdict.whole
    kept = Acceptance(
        packages=tuple(package.name for package in verdict.packages),
        cells=len(verdict.checked),
        day=now()[:10],
        inspector=inspector,
        wrong=whole.wrong,
        looked=whole.looked,
        low=whole.low,
        high=whole.high,
        limit=limit,
        accepted=None if limit is None else verdict.worst <= limit,
    )
    text = json.dumps(asdict(kept), ensure_ascii=False, indent=1) + "\n"
    write_whole(folder / _VERDICT, text.encode("utf-8"))


def sample_folders(roots: Sequence[Path]) -> Iterator[Path]:
    """Every folder at or below these in which a sample was drawn."""
    for root in roots:
        yield from (path.parent for path in sorted(root.rglob(KEPT)))


def acceptance_of(folder: Path) -> Acceptance:
    """What became of the sample in a folder.

    Raises:
        InputError: what lies there is no sample, or its verdict is none.
    """
    content, found = kept_sample(folder), folder / _VERDICT
    try:
        if not found.is_file():
            return Acceptance(tuple(content["packages"]), len(content["cells"]))
        told = json.loads(found.read_text("utf-8"))
        return Acceptance(**{**told, "packages": tuple(told["packages"])})
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            "not a sample's verdict", where=str(found), hint="hotich sample take again"
        ) from error
