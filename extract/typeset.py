"""HTML set in type as PDF, in a font with every Vietnamese letter. Nothing in it runs or loads."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pymupdf

import models

FONT = Path(models.__file__).parent / "synth" / "fonts" / "print" / "noto-sans-regular.ttf"
"""A font with every Vietnamese letter, for what hotich itself writes into a PDF."""
_PAGE = pymupdf.paper_rect("a4")
_MARGIN = 40
_FONT_CSS = f"@font-face {{font-family: noto; src: url({FONT.name});}} * {{font-family: noto;}}\n"


def typeset(texts: Iterable[str], css: str) -> bytes:
    """A PDF of A4 pages; each text, HTML, begins on a page of its own."""
    content = BytesIO()
    writer = pymupdf.DocumentWriter(content)
    inside = pymupdf.Rect(_MARGIN, _MARGIN, _PAGE.x1 - _MARGIN, _PAGE.y1 - _MARGIN)
    fonts = pymupdf.Archive(str(FONT.parent))
    for text in texts:
        story = pymupdf.Story(text, user_css=_FONT_CSS + css, archive=fonts)
        more = 1
        while more:
            device = writer.begin_page(_PAGE)
            more, _ = story.place(inside)
            story.draw(device)
            writer.end_page()
    writer.close()
    with pymupdf.open(stream=content.getvalue(), filetype="pdf") as document:
        document.subset_fonts()
        small: bytes = document.tobytes(garbage=3, deflate=True)
    return small
