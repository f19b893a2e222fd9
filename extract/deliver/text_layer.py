"""What is written where on each page, as the records hold it: for archives and for searching."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from common.geometry import Box
from common.text import squeeze
from extract.record import FieldValue, Record


@dataclass(frozen=True)
class Written:
    """One field: its text as written, its value where that says it otherwise, its place in pixels
    of the page's picture, and how sure the reading is."""

    code: str
    text: str
    value: str
    box: Box
    confidence: float


@dataclass(frozen=True)
class WrittenCase:
    """One case of a page, and what is written there in reading order."""

    entry: int
    fields: tuple[Written, ...]

    @property
    def box(self) -> Box:
        """What holds all its fields."""
        whole = self.fields[0].box
        for field in self.fields[1:]:
            whole = whole.union(field.box)
        return whole


def written_cases(
    records: Iterable[Record], scale: float, width: int, height: int
) -> list[WrittenCase]:
    """The cases of one page that have something written.

    Args:
        scale: pixels of the picture for one of the scan; ``width``, ``height``: the picture's.
    """
    cases = []
    for record in records:
        fields = tuple(_fields(record, scale, width, height))
        if fields:
            cases.append(WrittenCase(record.entry, fields))
    return cases


def by_page(records: Iterable[Record]) -> dict[int, list[Record]]:
    """The records of each page."""
    pages = groupby(sorted(records, key=lambda r: r.key), key=lambda record: record.page)
    return {page: list(cases) for page, cases in pages}


def _fields(record: Record, scale: float, width: int, height: int) -> Iterator[Written]:
    placed = [(code, value) for code, value in record.fields.items() if value.box]
    for code, value in sorted(placed, key=lambda item: _reading_order(item[1])):
        raw, said = _clean(value.raw), _clean(value.value)
        box = Box(*(edge * scale for edge in value.box or ())).clipped(width, height)
        if (raw or said) and box.width >= 2 and box.height >= 2:
            other = said if raw and said and raw != said else ""
            yield Written(code, raw or said, other, box, value.confidence)


def _reading_order(value: FieldValue) -> tuple[int, int]:
    x0, y0, _, _ = value.box or (0, 0, 0, 0)
    return y0, x0


def _clean(text: str | None) -> str:
    """The text without what neither XML nor a PDF can hold."""
    return squeeze("".join(ch if ch.isprintable() else " " for ch in text or ""))
