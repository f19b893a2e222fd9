"""Which scan a page was read from: people's answers belong to scans, not to places in a book."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Sequence
from functools import lru_cache
from pathlib import Path

from common.errors import UsageError
from extract.store import StoredPage
from preprocessing.scans import Scan, Scans

SCAN = "scan"
"""Where a stored page's payload keeps it."""


def identity(scan: Scan) -> str:
    """What is the same for the same scan under whatever name: its file's hash and the page."""
    return f"{_hash(scan.path)} {scan.frame}" if scan.path.is_file() else ""


@lru_cache(maxsize=4096)
def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def check_same_scans(scans: Scans, pages: Sequence[StoredPage], answered: Container[int]) -> None:
    """What people said of a page is said of its scan, wherever that stands now.

    Raises:
        UsageError: another scan stands at such a page.
    """
    for page in pages:
        before = page.payload.get(SCAN)
        if page.page not in answered or before is None:
            continue
        now = identity(scans[page.page - 1]) if page.page <= len(scans) else ""
        if now != before:
            raise UsageError(
                f"people have answered for page {page.page}, and its scan is another one now",
                where=str(page.payload.get("source", "")),
                hint="put new scans after the others, or give another --out",
            )
