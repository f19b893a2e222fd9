"""The cases of a book made ready to be written: each with its file's name and its row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.errors import PackageError, UsageError
from extract.deliver.names import BookNumber, NameRules, case_name, parse_book_number
from extract.deliver.sheet import SheetForm, row_of
from extract.deliver.xlsx import Source
from extract.record import MACHINE, Record
from extract.registers import Register
from extract.store import Store

PERSON, DERIVED, DECLARED = "người sửa", "suy ra", "khai báo khi giao"


@dataclass(frozen=True)
class Case:
    """One case ready to be written: its file's name, and its cells by column."""

    record: Record
    name: str
    cells: dict[str, str | None]

    def row(self, form: SheetForm, counted: int) -> list[str | None]:
        """Its cells in the order of the sheet; ``counted`` is its place among the cases."""
        cells = {**self.cells, form.counter: str(counted)} if form.counter else self.cells
        return [cells.get(code) for code in form.columns]


def book_number(records: Sequence[Record], name: str, declared: str) -> BookNumber:
    """Quyển số: as declared, else as the cases say (most of them), else as the book is called.

    Raises:
        UsageError: what was declared is no such number. PackageError: none of them says.
    """
    if declared and not parse_book_number(declared):
        raise UsageError(f"no number of a book: {declared}", hint="--book-number 01/1962")
    written = Counter(record.get("quyenSo").value or "" for record in records)
    del written[""]
    for text in (declared, *(text for text, _ in written.most_common()), name):
        number = parse_book_number(text)
        if number:
            return number
    raise PackageError(
        "the number and year of the book are unknown", where=name, hint="give --book-number 01/1962"
    )


def ready_cases(
    records: Sequence[Record],
    register: Register,
    form: SheetForm,
    number: BookNumber,
    names: NameRules,
) -> list[Case]:
    """Every case with its name and row.

    Raises:
        PackageError: a list of all cases that cannot be delivered, a line each, with the causes.
    """
    cases, stopped = [], []
    seen: Counter[str] = Counter()
    for record in records:
        name, causes = case_name(record, number, names)
        row, uncoded = row_of(record, form, register)
        cells = dict(zip(form.columns, row, strict=True))
        own = parse_book_number(cells.get("quyenSo") or "")
        if own not in (None, number):
            causes.append(f"quyenSo {cells['quyenSo']} khác {number.sheet}")
        cells["quyenSo"] = number.sheet
        seen[name] += bool(name)
        if seen[name] > 1:
            causes.append(f"trùng tên {name}")
        known = {cause.split()[0] for cause in causes}
        causes += [cause for cause in uncoded if cause.split()[0] not in known]
        if causes:
            stopped.append(f"tờ {record.page} trường hợp {record.entry}: {', '.join(causes)}")
        cases.append(Case(record, name, cells))
    if stopped:
        lines = "".join(f"\n  {line}" for line in stopped)
        raise PackageError(
            f"{len(stopped)} of {len(records)} cases cannot be delivered; settle them with "
            f"hotich review push, pull:{lines}",
            where=records[0].book,
        )
    return cases


def sources(store: Store, case: Case, form: SheetForm) -> Iterator[Source]:
    """The cells that are not simply what the machine read, and what people said of fields for
    which the sheet has no column."""
    record = case.record
    shown = {code: case.cells.get(code) for code in form.columns}
    more = {
        code: value.value
        for code, value in record.fields.items()
        if value.author != MACHINE and code not in shown
    }
    for code, cell in {**shown, **more}.items():
        value = record.get(code)
        at = (record.page, record.entry, record.get("so").value or "", code)
        if value.author != MACHINE:
            history = store.history(record.book, record.page, record.entry, code)
            read = [past.value or "" for past in history if past.author == MACHINE]
            machine = read[-1] if read else ""
            yield Source(*at, machine, cell or "", PERSON, value.author, value.time)
        elif code == "quyenSo" and value.value != cell:
            yield Source(*at, value.value or "", cell or "", DECLARED, MACHINE, value.time)
        elif value.status == "derived" and cell:
            yield Source(*at, value.raw or "", cell, DERIVED, MACHINE, value.time)
