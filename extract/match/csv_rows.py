"""Rows of a CSV as it comes from offices: Excel's ``sep=`` line, empty rows, quotes left open."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from common.errors import InputError
from extract.match.lines import open_lines
from extract.match.notes import Notes

_DELIMITERS = (";", "\t", ",")
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_HEAD = 20  # lines from which it is told what parts the columns
_RUNS = 50  # lines that a field in quotation marks may run over


def read_rows(path: Path, notes: Notes) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with the number of its first line.

    Commas, semicolons or tabs part the columns, or what an Excel line ``sep=`` says. A field in
    quotation marks may run over lines; a mark that is never closed is noted, and read as if it
    were not there, so that it swallows no row.

    Raises:
        InputError: it cannot be read as text or as a table.
    """
    with open_lines(path) as lines:
        first = next(lines, "")
        told = _SEP.fullmatch(first)
        before = [] if told else [first]
        head = list(islice(chain(before, lines), _HEAD))
        delimiter, width = _columns(head)
        delimiter = told[1] if told else delimiter
        table = _Table(chain(head, lines), delimiter, width, notes)
        try:
            for line, cells in table.rows(1 + bool(told)):
                if any(cell and not cell.isspace() for cell in cells):
                    yield line, cells
        except csv.Error as error:
            raise InputError(f"not a CSV table: {error}", where=str(path)) from error


def _columns(head: Sequence[str]) -> tuple[str, int]:
    """What parts the columns, and how many there are, by the first line with several."""

    def parts(line: str) -> tuple[int, str]:
        return max(((line.count(one), one) for one in _DELIMITERS), key=lambda each: each[0])

    counts = [parts(line) for line in head] or [(0, _DELIMITERS[0])]
    count, delimiter = next((one for one in counts if one[0] > 1), counts[0])
    return delimiter, count + 1


class _Table:
    """Lines parsed into rows, each line by itself where a quotation mark was left open."""

    def __init__(self, lines: Iterator[str], delimiter: str, width: int, notes: Notes) -> None:
        self._lines, self._delimiter, self._width = lines, delimiter, width
        self._notes = notes
        self._again: deque[str] = deque()  # lines to be parsed once more
        self._fed: list[str] = []  # lines of the row that is being parsed

    def rows(self, line: int) -> Iterator[tuple[int, list[str]]]:
        """Rows with the numbers of their first lines; ``line`` is the first's."""
        noted = 0
        while True:
            for cells in csv.reader(self._feed(), delimiter=self._delimiter):
                if self._swallowed(cells):
                    if noted != line:
                        self._notes.add("quote", line, self._fed[0].strip())
                        noted = line
                    self._again.extendleft(reversed(self._fed))
                    self._again[0] = self._without_open(self._fed[0])
                    self._fed.clear()
                    break
                yield line, cells
                line += len(self._fed)
                self._fed.clear()
            else:
                return

    def _feed(self) -> Iterator[str]:
        while len(self._fed) < _RUNS:
            line = self._again.popleft() if self._again else next(self._lines, None)
            if line is None:
                return
            self._fed.append(line)
            yield line

    def _swallowed(self, cells: Sequence[str]) -> bool:
        """Whether the row runs on because a quotation mark was left open."""
        first = self._fed[0]
        if len(self._fed) == 1:
            whole = len(cells) >= self._width and not cells[-1].endswith("\n")
            if whole or '"' not in first:
                return False
            return self._is_open([first]) or first.count(self._delimiter) + 1 == self._width
        if self._is_open(self._fed) or len(cells) > self._width:
            return True
        return self._width > 1 and any(
            len(self._parse([line])) >= self._width for line in self._fed[1:]
        )

    def _is_open(self, lines: Sequence[str]) -> bool:
        reader = csv.reader([*lines, ""], delimiter=self._delimiter)
        next(reader)
        return reader.line_num > len(lines)

    def _parse(self, lines: Sequence[str]) -> list[str]:
        return next(csv.reader(lines, delimiter=self._delimiter), [])

    def _without_open(self, line: str) -> str:
        """The line without the quotation mark that opens its last open field; where that closes
        in a wrong place, without any."""
        if not self._is_open([line]):
            return line.replace('"', "")
        starts = [
            at
            for at, ch in enumerate(line)
            if ch == '"' and (at == 0 or line[at - 1] == self._delimiter)
        ]
        at = next(at for at in reversed(starts) if self._is_open([line[at:]]))
        return line[:at] + line[at + 1 :]
