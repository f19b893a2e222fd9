"""The CSV of people that `hotich match` reads: found right in every common encoding, or refused.

Rows stream: a file of any size is read in little memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from common.errors import InputError
from common.text import fold, squeeze
from extract.match.csv_rows import read_rows
from extract.match.notes import Notes
from extract.match.people import Person, date_trouble

COLUMNS = ("id", "ho_ten", "ngay_sinh", "gioi_tinh", "cha", "me", "noi_sinh")
_PLACE = COLUMNS.index("noi_sinh")


def read_people(path: Path, notes: Notes | None = None) -> Iterator[Person]:
    """The rows of a CSV with the columns of `COLUMNS`, in any order, however they are written.

    Args:
        notes: takes down what was not taken as it stands.

    Raises:
        InputError: no such encoding, a column missing, no id, an id that stands twice, a line
            that is none.
    """
    notes = notes or Notes(path.name)
    seen: set[int] = set()
    rows = read_rows(path, notes)
    _, header = next(rows, (1, []))
    places = _places(path, header)
    for line, cells in rows:
        if len(cells) > len(header):
            cells = _shortened(cells, len(header), places, line, notes)
        person = _person(cells, places)
        key = hash(person.id)
        if not person.id or key in seen:
            what = f"id {person.id} stands twice" if person.id else "id is empty"
            raise InputError(
                f"line {line}: {what}", where=str(path), hint="give every row an id of its own"
            )
        seen.add(key)
        if trouble := date_trouble(person.birth):
            notes.add(trouble, line, person.birth)
        yield person


def _shortened(
    cells: list[str], width: int, places: Sequence[int], line: int, notes: Notes
) -> list[str]:
    """A row that is too long. A place without its quotation marks is the commonest cause: where
    places stand last, they get what stands over."""
    over = [cell.strip() for cell in cells[width:] if cell.strip()]
    if not over:
        return cells[:width]
    if places[_PLACE] != width - 1:
        notes.add("cut", line, ", ".join(over))
        return cells[:width]
    whole = ", ".join([cells[width - 1].strip(), *over])
    notes.add("joined", line, whole)
    return [*cells[: width - 1], whole]


def _places(path: Path, names: Sequence[str]) -> list[int]:
    """Where each of `COLUMNS` stands."""
    known = [fold(name).replace(" ", "_") for name in names]
    missing = [column for column in COLUMNS if column not in known]
    if missing:
        raise InputError(
            f"column {', '.join(missing)} missing",
            where=str(path),
            hint=f"the first line must name {','.join(COLUMNS)}",
        )
    return [known.index(column) for column in COLUMNS]


def _person(cells: Sequence[str], places: Sequence[int]) -> Person:
    size = len(cells)
    return Person(*[_clean(cells[place]) if place < size else "" for place in places])


def _clean(text: str) -> str:
    return squeeze(text) if "\n" in text or "\t" in text else text.strip()
