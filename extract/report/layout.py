"""Pages of one file: template, style and script together, nothing from outside."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from extract.store import now

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HERE = Path(__file__).parent


def render(template: str, *, script_name: str = "", **content: object) -> str:
    """The page of a template, with the style, a script, if any, and the time of its making; without
    the control characters of any value, which no page may hold."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["share"] = share
    environment.filters["count"] = count
    page = environment.get_template(template).render(
        **content,
        time=now()[:16].replace("T", " "),
        style=Markup((_HERE / "style.css").read_text("utf-8")),
        script=Markup((_HERE / script_name).read_text("utf-8") if script_name else ""),
    )
    return _CONTROLS.sub("", page)


def share(part: float | None, whole: float = 1.0) -> str:
    """``12,5 %``; a dash where there is no whole."""
    if part is None or not whole:
        return "–"
    return f"{100 * part / whole:.1f} %".replace(".", ",")


def count(number: int) -> str:
    """``12.345``."""
    return f"{number:,}".replace(",", ".")
