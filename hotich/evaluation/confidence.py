"""Whether the confidence of extracted values keeps its word, on the books of each decay apart."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from extract.confidence.curves import calibration_error
from extract.evaluate import asked_of
from extract.folder import BookFolder
from extract.record import read_records
from extract.registers import load_register

Claims = list[tuple[float, bool]]
_DRAWS = 200


def evaluate_confidence(books: Sequence[Path]) -> Iterator[str]:
    """Rows of text: the calibration error by decay and kind of field, with n, and what it would
    be were every confidence honest: chance alone leaves an error at any n.

    Args:
        books: rendered books with ``book.json``, ``truth.jsonl`` and, in ``extracted``, what
            ``hotich extract`` wrote.
    """
    by_decay: defaultdict[str, list[Path]] = defaultdict(list)
    for book in books:
        by_decay[json.loads((book / "book.json").read_text("utf-8"))["severity"]].append(book)
    for severity, mine in sorted(by_decay.items()):
        kinds: defaultdict[str, Claims] = defaultdict(list)
        for book in mine:
            for kind, claim in _claims(book):
                kinds[kind].append(claim)
                kinds["all"].append(claim)
        yield f"{severity} decay, {len(mine)} rendered books: calibration error of values"
        yield from (_row(kind, kinds[kind]) for kind in sorted(kinds))


def _claims(book: Path) -> Iterator[tuple[str, tuple[float, bool]]]:
    """The kind, the confidence and the truth of every value that the records give."""
    found = {one.key: one for one in read_records(BookFolder(book / "extracted").records)}
    for true in read_records(book / "truth.jsonl"):
        record = found.get(true.key)
        for code, kind, wanted in asked_of(true, load_register(true.register)):
            own = record.get(code) if record else None
            if own and own.value is not None:
                yield kind, (own.confidence, own.value == wanted.value)


def _row(kind: str, claims: Claims) -> str:
    stated, right = (float(np.mean(column)) for column in zip(*claims, strict=True))
    return (
        f"  {kind:<9} n {len(claims):>6}  error {calibration_error(claims):.3f} "
        f"(honest ones: {_by_chance(claims):.3f})  stated {stated:.3f}, right {right:.3f}"
    )


def _by_chance(claims: Claims) -> float:
    """The mean error of these confidences where each comes true as often as it says."""
    rng = np.random.default_rng(0)
    stated = np.array([confidence for confidence, _ in claims])
    drawn = rng.random((_DRAWS, len(stated))) < stated
    pairs = (list(zip(stated.tolist(), row.tolist(), strict=True)) for row in drawn)
    return float(np.mean([calibration_error(each) for each in pairs]))
