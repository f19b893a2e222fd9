"""Reports, each one file without a server: a book's, and that of many books together."""

from __future__ import annotations

from pathlib import Path

from extract.confidence.curves import POOLED, load_calibration
from extract.record import write_whole
from extract.reopen import Extracted
from extract.report.area import Area, area_of, write_area
from extract.report.layout import render, share
from extract.report.levels import named_levels, texts
from extract.report.view import book_view

__all__ = ["Area", "area_of", "write_area", "write_report"]


def write_report(root: Path, store_url: str = "") -> Path:
    """Write ``report.html`` into a folder that ``extract`` wrote; returns its path.

    Args:
        store_url: address of the store; empty takes the one in the folder.
    """
    with Extracted.open(root, store_url) as book:
        view, path = book_view(book), book.folder.report
        overlay = book.folder.overlay.name if book.folder.overlay.is_file() else ""
    html = render(
        "report.html.j2",
        book=view,
        waiting=view.waiting,
        total=sum(view.levels.values()),
        levels=named_levels(),
        texts=texts(),
        overlay=overlay,
        calibration=_calibration(),
        share=share,
        script_name="script.js",
    )
    write_whole(path, html.encode("utf-8"))
    return path


def _calibration() -> str:
    curves = load_calibration()
    n = curves.cases.get(POOLED)
    if not n:
        return "chưa có (số của máy đọc, chưa hiệu chỉnh)"
    kind, _, names = curves.data.partition(": ")
    kind = "sổ dựng bằng máy, không phải sổ thật" if kind == "rendered books" else kind
    return f"{len(names.split(', '))} {kind}; {n} ô"
