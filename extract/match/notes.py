"""What a table of people held that was not taken as it stands: told in a line, not left unsaid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_DATES: Mapping[str, str] = {
    "unknown": "not understood and left out",
    "short year": "with a year of two figures, left out (of which century?)",
    "partly": "with a day or month that cannot be, of which the rest is used",
    "number": "Excel numbers, read as the days they count",
}
_ROWS: Mapping[str, str] = {
    "quote": "with a quotation mark that is never closed, read as if it were not there",
    "joined": "with more cells than the first line has columns, put with the place of birth",
    "cut": "with more cells than the first line has columns, left out",
}
_LONGEST = 40  # characters of an example


class Notes:
    """Counts of what was noted in one table, with the first line of each kind."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._counts: dict[str, int] = {}
        self._first: dict[str, str] = {}

    def add(self, kind: str, line: int, text: str) -> None:
        """Note one thing: a kind of dates or of rows, where, and what stands there."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        self._first.setdefault(kind, f"line {line}: «{short}»")

    def lines(self) -> list[str]:
        """At most two lines: what was noted of dates, and of rows."""
        groups = {"dates": _DATES, "rows": _ROWS}
        return [
            f"{self._table}: {name}: {'; '.join(said)}"
            for name, words in groups.items()
            if (said := list(self._said(words)))
        ]

    def _said(self, words: Mapping[str, str]) -> Iterator[str]:
        for kind, text in words.items():
            if kind in self._counts:
                yield f"{self._counts[kind]} {text} ({self._first[kind]})"
