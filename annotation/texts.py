"""What a reviewer reads, from ``texts.yaml``, and the screens, from ``layout-*.xml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from common.tables import yaml_table

_HERE = Path(__file__).parent


def texts() -> dict[str, Any]:
    """The texts by name."""
    return yaml_table(_HERE / "texts.yaml")


def layout(kind: str, labels: Mapping[str, str] | None = None) -> str:
    """The Label Studio labelling configuration of a kind of project.

    Args:
        labels: for pages, the columns that a box may be, with what people call them.
    """
    if kind != "pages":
        return (_HERE / "layout-fields.xml").read_text("utf-8")
    named = (
        f"<Label value={quoteattr(label)} alias={quoteattr(code)}/>"
        for code, label in (labels or {}).items()
    )
    page = (_HERE / "layout-pages.xml").read_text("utf-8")
    return page.replace("{labels}", "".join(named))
