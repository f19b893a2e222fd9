"""Is a JPEG whole? Decoders paint what they cannot read grey and say nothing."""

from __future__ import annotations

import re

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
# ITU-T T.81, table B.1: tables, frames, application data and comments, each with its length.
_SEGMENTS = frozenset({*range(0xC0, 0xD0), *range(0xDA, 0xE0), *range(0xE0, 0xF0), 0xFE})
# Within the coded picture a byte FF is followed by 00, a restart marker, or FF as filling.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)


def fault(data: bytes) -> str:
    """What is wrong with a JPEG file's marks, or "" when they run in order to its end.

    Foreign bytes in the coded picture soon hold a mark that cannot stand there (T.81, B.1.1);
    bytes lost at the end take the end mark with them.
    """
    if data[:2] != bytes((0xFF, _START)):
        return "damaged"
    at, last, coded = 2, _START, False
    while found := _NEXT_MARKER.search(data, at):
        mark = data[found.start() + 1]
        if mark == _END:
            return ""
        stray = coded and last != _SCAN and found.start() != at
        if stray or mark not in _SEGMENTS:
            return "damaged"
        at = found.start() + 2
        at += int.from_bytes(data[at : at + 2], "big")
        last, coded = mark, coded or mark == _SCAN
    return "cut short"
