"""The workbook of two keyings compared: a clerk works through it, a row a decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from common.tables import yaml_table
from extract.deliver.xlsx import put_text
from extract.match.people import ROLES
from extract.match.reconcile import Case, Reconciled
from extract.registers import Register

_HEAD = PatternFill("solid", fgColor="DDE6EE")
_PLAIN = ("Vị trí bên ta", "Vị trí bên kia", "Số", "Họ tên")
_DIFFERS = (*_PLAIN, "Cột", "Tên cột", "Bên ta", "Bên kia", "Khác thế nào", "Độ tin của máy",
            "Chọn", "Ghi chú")  # fmt: skip
_KINDS = {True: "chỉ khác cách viết", False: "khác nội dung"}
_CHOICES = '"ta,kia,khác"'


def write_workbook(path: Path, found: Reconciled, register: Register) -> None:
    """Sheets: the sums, what differs (field by field), the same, only ours, only theirs."""
    book = Workbook()
    sums = book.active
    assert sums is not None
    sums.title = "Tổng hợp"
    _fill(sums, ("Kết quả", "Số lượng"), [(text, str(n)) for text, n in totals(found)])
    differs = book.create_sheet("Khác")
    name = _name_column(register)
    ordered = sorted(found.differences, key=lambda one: one.spelling)
    _fill(
        differs,
        _DIFFERS,
        (
            (
                *_case(one.ours, one.theirs, name),
                one.column.code,
                one.column.label,
                one.ours.values.get(one.column.code, ""),
                one.theirs.values.get(one.column.code, ""),
                _KINDS[one.spelling],
                _sure(one.ours, one.column.code),
            )
            for one in ordered
        ),
    )
    choice = DataValidation(type="list", formula1=_CHOICES, allow_blank=True)
    differs.add_data_validation(choice)
    if ordered:
        letter = get_column_letter(_DIFFERS.index("Chọn") + 1)
        choice.add(f"{letter}2:{letter}{len(ordered) + 1}")
    _fill(book.create_sheet("Giống"), _PLAIN, (_case(a, b, name) for a, b in found.same))
    for title, cases in (("Chỉ có bên ta", found.only_ours), ("Chỉ có bên kia", found.only_theirs)):
        codes = [c.code for c in register.columns if any(c.code in case.values for case in cases)]
        rows = ((case.where, *(case.values.get(code, "") for code in codes)) for case in cases)
        _fill(book.create_sheet(title), ("Vị trí", *codes), rows)
    book.save(path)


def totals(found: Reconciled) -> list[tuple[str, int]]:
    """What the first sheet tells."""
    spelling = sum(one.spelling for one in found.differences)
    return [
        ("Trường hợp giống hệt", len(found.same)),
        ("Trường hợp có chỗ khác", len(found.pairs) - len(found.same)),
        ("Chỗ khác nội dung", len(found.differences) - spelling),
        ("Chỗ chỉ khác cách viết", spelling),
        ("Chỉ có bên ta", len(found.only_ours)),
        ("Chỉ có bên kia", len(found.only_theirs)),
    ]


def _case(ours: Case, theirs: Case, name: str) -> tuple[str, ...]:
    number = ours.values.get("so", "") or theirs.values.get("so", "")
    named = ours.values.get(name, "") or theirs.values.get(name, "")
    return ours.where, theirs.where, number, named


def _name_column(register: Register) -> str:
    roles = yaml_table(ROLES).get(register.code, {})
    return str(next(iter(roles.values()))["name"]) if roles else ""


def _sure(case: Case, code: str) -> str:
    return f"{case.confidence[code]:.2f}" if code in case.confidence else ""


def _fill(sheet: Any, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    for column, text in enumerate(header, start=1):
        cell = sheet.cell(1, column)
        put_text(cell, text)
        cell.font, cell.fill = Font(bold=True), _HEAD
        sheet.column_dimensions[get_column_letter(column)].width = max(14, len(text) + 4)
    number = 1
    for number, cells in enumerate(rows, start=2):
        for column, text in enumerate(cells, start=1):
            put_text(sheet.cell(number, column), text)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{max(number, 1)}"
