"""What a table of rendered books says together: which forms reach what is asked, and the sums."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ASKED = {"cases found": 99.0, "box holds the true centre": 98.0, "state right": 97.0}
"""Of every form, in percent, by the column of `hotich.evaluation.books.HEAD`."""
_TALLY = re.compile(r"([\d.]+)% \((\d+)\)")

Row = Mapping[str, str]


def summary(table: Path) -> Iterator[str]:
    """Lines for each decay of a table that `hotich.evaluation.books.add_rows` wrote.

    A book that failed is short of everything, and stands in no sum.
    """
    rows = list(_rows(table))
    for severity in dict.fromkeys(row["decay"] for row in rows):
        mine = [row for row in rows if row["decay"] == severity]
        yield f"{severity} decay, {len(mine)} rendered books"
        for column in list(mine[0])[5:-1]:  # between which book it is and its seconds
            said = f"  {column}: {_whole(mine, column)}"
            if column in ASKED:
                said += _reached(mine, column, ASKED[column])
            yield said


def _rows(table: Path) -> Iterator[Row]:
    head, _, *lines = table.read_text(encoding="utf-8").splitlines()
    names = _cells(head)
    for line in lines:
        cells = _cells(line)
        yield dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=True))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _whole(rows: Sequence[Row], column: str) -> str:
    """All books counted as one."""
    tallies = [found.groups() for row in rows if (found := _TALLY.search(row[column]))]
    n = sum(int(count) for _, count in tallies)
    right = sum(round(float(share) * int(count) / 100) for share, count in tallies)
    return f"{100 * right / n:.1f} % (n {n:,})" if n else "none"


def _reached(rows: Sequence[Row], column: str, asked: float) -> str:
    shares = [_TALLY.search(row[column]) for row in rows]
    short = [
        f"{row['register']} {row['form']} {found[1] if found else 'failed'}"
        for row, found in zip(rows, shares, strict=True)
        if found is None or float(found[1]) < asked
    ]
    said = f"; at least {asked:g} % in {len(rows) - len(short)} of {len(rows)}"
    return f"{said}; short: {', '.join(short)}" if short else said
