"""The tables of the report of many books: the same for the page and for the workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from extract.report.levels import texts
from extract.report.summary import BookSummary
from extract.sample import Acceptance

Value = str | int | float | None
"""A text, a count, a share of one; None where there is nothing to tell."""
Books = Sequence[BookSummary]


@dataclass(frozen=True)
class Row:
    """Cells in the order of the headers; ``state`` is what the page can show alone."""

    cells: tuple[Value, ...]
    link: Path | None = None
    state: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its title. The first ``names`` columns name the row."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    names: int = 1


def book_table(books: Books) -> Table:
    """A row a book."""
    words, above = texts(), _levels(books)
    headers = (*above, words["books"], words["headers"]["register"], *_headers(words["headers"]))
    rows = [
        Row(
            (*_padded(book.place, len(above)), book.name, book.register, *_numbers([book])),
            book.report,
            book.promise or "none",
        )
        for book in books
    ]
    return Table(words["books"], headers, tuple(rows), len(above) + 2)


def place_tables(books: Books) -> Iterator[Table]:
    """A row a commune, then a district, then a province: as deep as the folders are."""
    words, above = texts(), _levels(books)
    for depth in range(len(above), 0, -1):
        groups: dict[tuple[str, ...], list[BookSummary]] = {}
        for book in books:
            groups.setdefault(_padded(book.place, len(above))[:depth], []).append(book)
        heads = words["headers"]
        headers = (*above[:depth], heads["books"], *_headers(heads))
        rows = [Row((*place, len(own), *_numbers(own))) for place, own in sorted(groups.items())]
        yield Table(above[depth - 1], headers, tuple(rows), depth)


def day_table(books: Books) -> Table:
    """Every day from the first to the last: pages read, answers given."""
    words = texts()["days"]
    days = sorted({day for book in books for day in (*book.read, *book.answered)})
    rows = []
    for day in _every(days[0], days[-1]) if days else ():
        read = sum(book.read.get(day, 0) for book in books)
        rows.append(Row((day, read, sum(book.answered.get(day, 0) for book in books))))
    return Table(words["title"], (words["day"], words["read"], words["answered"]), tuple(rows))


def sample_table(samples: Sequence[Acceptance]) -> Table:
    """A row for each blind sample."""
    words = texts()["samples"]
    rows = []
    for one in samples:
        about = (", ".join(one.packages), one.cells)
        found: tuple[Value, ...] = (None,) * 7
        if one.day:
            found = (
                one.day, one.inspector, one.wrong, one.looked, one.low, one.high, one.limit,
            )  # fmt: skip
        rows.append(Row((*about, *found, words["verdicts"][_verdict(one)])))
    return Table(words["title"], tuple(words["headers"]), tuple(rows))


def trouble_table(troubles: Sequence[tuple[Path, str]]) -> Table:
    """Folders that could not be counted, and why."""
    words = texts()["troubles"]
    rows = tuple(Row((str(folder), cause)) for folder, cause in troubles)
    return Table(words["title"], tuple(words["headers"]), rows, 2)


def numbers_of(books: Books) -> dict[str, Value]:
    """What is counted of these books together, by name."""
    fields = sum(book.fields for book in books)
    waiting = sum(book.waiting for book in books)
    looked = sum(book.seen.n for book in books)
    return {
        "pages": sum(book.pages for book in books),
        "unread": sum(book.unread for book in books),
        "cases": sum(book.cases for book in books),
        "fields": fields,
        "person": sum(book.levels.get("person", 0) for book in books),
        "waiting": waiting,
        "done": 1 - waiting / fields if fields else None,
        "right": sum(book.seen.right for book in books) / looked if looked else None,
        "promised": sum(book.seen.promised for book in books) / looked if looked else None,
        "promise": _together(books, lambda book: book.promise == "kept", _promise),
        "delivered": _together(books, lambda book: bool(book.delivered), lambda b: b.delivered),
    }


def _together(
    books: Books, done: Callable[[BookSummary], bool], own: Callable[[BookSummary], str]
) -> str:
    """Of one book what is to be said of it, of several how many are done."""
    return own(books[0]) if len(books) == 1 else f"{sum(map(done, books))}/{len(books)}"


def _promise(book: BookSummary) -> str:
    return str(texts()["promise_states"][book.promise or "none"])


def _numbers(books: Books) -> tuple[Value, ...]:
    return tuple(numbers_of(books).values())


def _headers(words: dict[str, str]) -> tuple[str, ...]:
    return tuple(words[name] for name in numbers_of(()))


def _levels(books: Books) -> tuple[str, ...]:
    """What the folders above the books are called, from the highest."""
    names = texts()["places"]
    deepest = min(max((len(book.place) for book in books), default=0), max(names))
    return tuple(names[deepest]) if deepest else ()


def _padded(place: tuple[str, ...], depth: int) -> tuple[str, ...]:
    """As many names as there are levels: deeper folders stand in the last one."""
    if len(place) > depth:
        return (*place[: depth - 1], "/".join(place[depth - 1 :]))
    return (*("",) * (depth - len(place)), *place)


def _every(first: str, last: str) -> Iterator[str]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)


def _verdict(one: Acceptance) -> str:
    if not one.day:
        return "given"
    return "measured" if one.accepted is None else "accepted" if one.accepted else "refused"
