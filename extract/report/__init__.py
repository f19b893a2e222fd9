"""``report.html``: one file, no server, nothing from outside."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from extract.confidence import POOLED, load_calibration
from extract.record import write_whole
from extract.reopen import Extracted
from extract.report.view import book_view, texts
from extract.store import now

_HERE = Path(__file__).parent


def write_report(root: Path, store_url: str = "") -> Path:
    """Write ``report.html`` into a folder that ``extract`` wrote; returns its path.

    Args:
        store_url: address of the store; empty takes the one in the folder.
    """
    with Extracted.open(root, store_url) as book:
        view, path = book_view(book), book.folder.report
        overlay = book.folder.overlay.name if book.folder.overlay.is_file() else ""
    words = texts()
    levels = [(row["id"], row["label"]) for row in words["levels"]]
    page = _environment().get_template("report.html.j2")
    html = page.render(
        book=view,
        waiting=view.waiting,
        total=sum(view.levels.values()),
        levels=[*levels, ("person", words["person"]), ("empty", words["empty"])],
        texts=words,
        overlay=overlay,
        calibration=_calibration(),
        share=_share,
        time=now()[:16].replace("T", " "),
        style=Markup((_HERE / "style.css").read_text("utf-8")),
        script=Markup((_HERE / "script.js").read_text("utf-8")),
    )
    write_whole(path, html.encode("utf-8"))
    return path


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _calibration() -> str:
    curves = load_calibration()
    n = curves.cases.get(POOLED)
    return f"{curves.data}, n = {n}" if n else "chưa có (số của máy đọc, chưa hiệu chỉnh)"


def _share(part: float, whole: int) -> str:
    return f"{100 * part / whole:.1f} %".replace(".", ",") if whole else "–"
