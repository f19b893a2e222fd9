"""Where an evaluation works: a folder that is kept, or one that goes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def work_folder(kept: Path | None) -> Iterator[Path]:
    """``kept``, made if need be; a temporary folder when None."""
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="hotich-") as folder:
        yield Path(folder)
