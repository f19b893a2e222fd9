"""The form of a ledger: its columns, learnt from pages of the book, in a file a clerk corrects.

``form.yaml``::

    register: ANY
    numbers: 1            # which column bears the rows' numbers, from 1
    columns:
      - name: N°s DU RÉPERTOIRE
        left: 0.0         # where the column begins, as a share of the table's width
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from common.errors import FormError
from extract.ledger.columns import Table, find_table
from extract.ledger.headings import Heading, distinct, name_of, read_headings, without_guides
from extract.record import write_whole
from extract.registers import ANY
from models.print_reader import PrintReader
from models.reading import Image
from models.rules import Segment, find_rules

_OFF = 0.02  # of the table's width: how far a rule may stand from where the book has it


@dataclass(frozen=True)
class LedgerForm:
    """The columns of a book's ledger.

    Attributes:
        names: of its columns, from left to right.
        left: where each begins, as a share of the table's width.
        numbers: the column, from 0, that bears the rows' numbers.
    """

    names: tuple[str, ...]
    left: tuple[float, ...]
    numbers: int = 0


def learn_ledger(pages: Sequence[Image], reader: PrintReader) -> LedgerForm:
    """The form that most of the pages show.

    Raises:
        FormError: no page shows a table with headings.
    """
    seen: list[tuple[Table, list[Heading]]] = []
    for page in pages:
        rules = find_rules(page)
        table = find_table(page, rules)
        if table is not None:
            table = without_guides(page, table, rules)
            seen.append((table, read_headings(page, table, rules, reader)))
    if not seen:
        raise FormError("no page shows a table with headings", hint="see the scans")
    usual, _ = Counter(len(headings) for _, headings in seen).most_common(1)[0]
    alike = [(table, headings) for table, headings in seen if len(headings) == usual]
    left = np.median([_shares(table) for table, _ in alike], axis=0)
    best = [
        max((headings[column] for _, headings in alike), key=_sureness) for column in range(usual)
    ]
    names = distinct([name_of(heading) for heading in best])
    return LedgerForm(tuple(names), tuple(round(float(share), 4) for share in left[:-1]))


def place_ledger(page: Image, form: LedgerForm) -> Table:
    """The book's columns on one page: its own rules where they stand, else where the book has
    them.

    Raises:
        FormError: the page shows no table, or another one.
    """
    table = find_table(page)
    if table is None:
        raise FormError("no table with headings on the page")
    wanted = np.array([*form.left, 1.0])
    fits = [
        (first, last, _misfit(table, first, last, wanted))
        for first in range(len(table.rules) - 1)
        for last in range(first + 2, len(table.rules))
    ]
    first, last, misfit = min(fits, key=lambda fit: (fit[2], fit[0] - fit[1]))
    if misfit > len(form.names) // 2:
        raise FormError("the page shows another table than the book")
    return _laid(table, first, last, wanted)


def save_ledger(form: LedgerForm, path: Path) -> None:
    """Write the form's file in one move."""
    columns = [
        {"name": name, "left": left} for name, left in zip(form.names, form.left, strict=True)
    ]
    data = {"register": ANY, "numbers": form.numbers + 1, "columns": columns}
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    write_whole(path, text.encode("utf-8"))


def load_ledger(path: Path) -> LedgerForm:
    """Read a form's file.

    Raises:
        FormError: it is none, or contradicts itself.
    """
    try:
        data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        names = tuple(str(column["name"]) for column in data["columns"])
        left = tuple(float(column["left"]) for column in data["columns"])
        numbers = int(data["numbers"]) - 1
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise FormError("not the form of a ledger", where=str(path)) from error
    if not (len(names) == len(set(names)) > 0 and list(left) == sorted(left)):
        raise FormError("columns twice or out of order", where=str(path))
    if not 0 <= numbers < len(names):
        raise FormError("no such column of numbers", where=str(path))
    return LedgerForm(names, left, numbers)


def _sureness(heading: Heading) -> float:
    return sum(sure for _, sure in heading) / (len(heading) + 1)


def _shares(table: Table) -> NDArray[np.float64]:
    """Where the rules stand at the head of the body, as shares of the table's width."""
    edges = table.edges(table.body)
    return np.asarray((edges - edges[0]) / (edges[-1] - edges[0]))


def _misfit(table: Table, first: int, last: int, wanted: NDArray[np.float64]) -> int:
    """How many of the book's rules a page lacks when its rules first..last are the outer ones."""
    edges = table.edges(table.body)
    shares = (edges - edges[first]) / (edges[last] - edges[first])
    return int((np.abs(shares[:, None] - wanted).min(axis=0) > _OFF).sum())


def _laid(table: Table, first: int, last: int, wanted: NDArray[np.float64]) -> Table:
    left, right = table.rules[first], table.rules[last]
    edges = table.edges(table.body)
    shares = (edges - edges[first]) / (edges[last] - edges[first])
    rules = []
    for share in wanted:
        nearest = int(np.abs(shares - share).argmin())
        if abs(shares[nearest] - share) <= _OFF:
            rules.append(table.rules[nearest])
        else:
            rules.append(Segment(*(a + share * (b - a) for a, b in zip(left, right, strict=True))))
    return Table(tuple(rules), table.top, table.body, table.bottom)
