"""The lines of a drawn page that can be read: what each says and where a pen wrote it."""

from __future__ import annotations

from collections.abc import Iterator

from models.charset import default_charset
from models.synth.clerk import ILLEGIBLE
from models.synth.entry import COMPOSITE
from models.synth.leaves import Scan
from models.synth.page import Mark


def legible_lines(scan: Scan) -> Iterator[Mark]:
    """Each line of handwriting for itself, in the letters that the reader can write.

    A value that runs on below is two lines. A field that a blot or a tear took is left out with all
    its lines, and a line without a letter or digit. A page without entries (a cover) has none.
    """
    charset = default_charset()
    for line in scan.page.lines:
        if not scan.entries or not charset.covers(line.text):
            continue
        written = scan.entries[max(line.entry, 1) - 1].written
        codes = {line.code, *COMPOSITE.get(line.code, ())} & written.keys()
        lost = any(written[code].status == ILLEGIBLE for code in codes)
        if not lost and any(map(str.isalnum, line.text)):
            yield line
