"""Two keyings of a book: what a spreadsheet made of dates and numbers is no difference, another
name is one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from extract.match.keyings import read_keying
from extract.match.notes import Notes
from extract.match.reconcile import Case, Reconciled, reconcile
from extract.registers import load_register

KS = load_register("KS")
CODES = ("so", "ngayDangKy", "nksHoTen", "nksNgaySinh", "nksGioiTinh", "chaSoGiayToTuyThan")
OURS = {
    "so": "3/1969",
    "ngayDangKy": "10.01.1969",
    "nksHoTen": "Lê Thị Thắm",
    "nksNgaySinh": "03.01.1969",
    "nksGioiTinh": "Nữ",
    "chaSoGiayToTuyThan": "079123456789",
}


def compared(folder: Path, *cells: object) -> Reconciled:
    """Our case against a workbook whose one row holds these cells."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(CODES))
    sheet.append(list(cells))
    book.save(folder / "theirs.xlsx")
    theirs, codes = read_keying(folder / "theirs.xlsx", KS, Notes(""))
    return reconcile([Case("1", OURS, {})], theirs, codes, KS)


def test_cells_of_a_spreadsheet_say_the_same(tmp_path: Path) -> None:
    days = datetime(1969, 1, 10), date(1969, 1, 3)
    found = compared(tmp_path, "3/1969", days[0], OURS["nksHoTen"], days[1], 2, "079123456789")
    assert len(found.same) == 1 and not found.differences
    found = compared(tmp_path, "03/1969", 25213, OURS["nksHoTen"], 25206.0, 2.0, "079123456789")
    assert len(found.same) == 1 and not found.differences


def test_what_a_spreadsheet_spoilt_is_writing_and_no_content(tmp_path: Path) -> None:
    made = datetime(1969, 3, 1)  # of the number 3/1969; and a number has lost its nought
    found = compared(tmp_path, made, "10/1/1969", OURS["nksHoTen"], "3.1.1969", "Nữ", 79123456789.0)
    assert {one.column.code: one.spelling for one in found.differences} == {
        "so": True,
        "chaSoGiayToTuyThan": True,
    }


def test_another_day_is_another_content(tmp_path: Path) -> None:
    found = compared(tmp_path, "3/1969", datetime(1969, 1, 11), "Lê Thị Thắm", "1969", 2, "")
    told = {one.column.code: one.spelling for one in found.differences}
    assert told == {"ngayDangKy": False, "nksNgaySinh": False, "chaSoGiayToTuyThan": False}


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("Lê-Thị-Thắm", True),
        ("LÊ THỊ  THẮM", True),
        ("Lê Thị Thấm", False),
        ("Lê Thị Tham", False),
        ("Lê Thị Thắn", False),
    ],
)
def test_only_ways_of_writing_are_spelling(tmp_path: Path, name: str, spelling: bool) -> None:
    row = ["3/1969", "10.01.1969", name, "03.01.1969", "Nữ", "079123456789"]
    (difference,) = compared(tmp_path, *row).differences
    assert difference.spelling is spelling


@pytest.mark.parametrize(
    ("one", "other", "spelling"),
    [
        ("Lý Hòa", "Lí Hoà", True),
        ("Nguyễn Mỹ Quý", "Nguyễn Mĩ Quí", True),
        ("Trần Huy", "Trần Hui", False),
        ("Võ Đào", "Võ Dào", False),
    ],
)
def test_i_and_y_and_the_place_of_tones(one: str, other: str, spelling: bool) -> None:
    pair = [Case(name, {**OURS, "nksHoTen": name}, {}) for name in (one, other)]
    (difference,) = reconcile(pair[:1], pair[1:], CODES, KS).differences
    assert difference.spelling is spelling
