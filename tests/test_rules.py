"""The plausibility rules fire on what cannot be, and only there."""

from __future__ import annotations

import csv
from pathlib import Path

import extract.rules
from extract.checks import CHECKS
from extract.record import ABSENT, FieldValue, Record
from extract.registers import load_register
from extract.rules import check_book, severity
from extract.sequence import SEQUENCE_CHECKS

KS = load_register("KS")
SOUTH = KS.generation("rvn-1955-1975")
SOUND = {
    "so": "07/1962",
    "ngayDangKy": "20.03.1962",
    "nksHoTen": "Nguyễn Văn Tư",
    "nksGioiTinh": "Nam",
    "nksNgaySinh": "12.03.1962",
    "chaHoTen": "Nguyễn Văn Ba",
    "chaNgaySinh": "1930",
    "meHoTen": "Lê Thị Sáu",
    "meNgaySinh": "1934",
}


def record(page: int = 1, **changes: str | None) -> Record:
    values = {**SOUND, **changes}
    fields = {
        code: ABSENT if value is None else FieldValue(value, value, 0.9, "read")
        for code, value in values.items()
    }
    return Record("b", page, 1, "KS", SOUTH.id, fields)


def broken(*records: Record) -> list[set[str]]:
    return [{i.rule for i in r.issues} for r in check_book(records, KS, SOUTH)]


def test_a_sound_record_breaks_nothing() -> None:
    assert broken(record()) == [set()]


def test_each_rule_of_a_record_fires() -> None:
    cases = {
        "F01": {"so": None},
        "F03": {"ngayDangKy": "03.1962"},
        "F04": {"so": "07/1961"},
        "F05": {"trangSo": "12b"},
        "F07": {"meHoTen": "Lê Thị 6"},
        "F08": {"ngayDangKy": "20.03.1985", "so": "07/1985"},
        "F09": {"nksNgaySinhBangChu": "ngày mười ba tháng ba năm một ngàn chín trăm sáu mươi hai"},
        "F11": {"nycSoGiayToTuyThan": "1234"},
        "X01": {"nksNgaySinh": "21.03.1962"},
        "X02": {"nksNgaySinh": "01.01.1962", "loaiDangKy": "1"},
        "X03": {"nksNgaySinh": "01.01.1940", "chaNgaySinh": "1910", "meNgaySinh": "1915"},
        "X04": {"meNgaySinh": "1955"},
        "X05": {"nksHoTen": "Trần Văn Tư"},
        "X07": {"nksHoTen": "Nguyễn Thị Tư"},
        "X08": {"nksDanToc": "Hoa", "chaDanToc": "Kinh", "meDanToc": "Kinh"},
        "X23": {"nksQueQuan": "Gia Định"},
    }
    for rule, changes in cases.items():
        assert rule in broken(record(**changes))[0], rule


def test_words_that_say_the_same_date_are_fine() -> None:
    words = "ngày mười hai tháng ba năm một ngàn chín trăm sáu mươi hai"
    assert "F09" not in broken(record(nksNgaySinhBangChu=words))[0]


def test_surnames_are_not_handed_down_everywhere() -> None:
    other = record(nksHoTen="Y Bion", nksDanToc="Ê Đê", chaDanToc="Ê Đê", meDanToc="Ê Đê")
    assert "X05" not in broken(other)[0]
    assert "X05" not in broken(record(nksHoTen="Lê Văn Tư"))[0]  # the mother's


def test_the_sequence_of_a_book() -> None:
    def book(*numbers: str) -> list[set[str]]:
        return broken(*(record(page, so=so) for page, so in enumerate(numbers, start=1)))

    assert book("07/1962", "08/1962") == [set(), set()]
    assert book("07/1962", "10/1962")[1] == {"S03"}
    assert book("07/1962", "05/1962")[1] == {"S01"}
    assert book("07/1962", "07/1962")[1] == {"S02"}
    dates = broken(record(), record(2, so="08/1962", ngayDangKy="15.03.1962"))
    assert dates[1] == set()  # five days back: clerks do that
    dates = broken(record(nksNgaySinh="1961"), record(2, so="08/1962", ngayDangKy="12.03.1962"))
    assert dates[1] == {"S04"}
    partial = broken(record(), record(2, so="08/1962", ngayDangKy="1962"))
    assert "S04" not in partial[1]  # some day of that year


def test_messages_name_what_they_mean() -> None:
    (checked,) = check_book([record(nksNgaySinh="21.03.1962")], KS, SOUTH)
    (issue,) = checked.issues
    assert issue.fields == ("nksNgaySinh", "ngayDangKy")
    assert issue.message == "Ngày sinh (21.03.1962) sau ngày đăng ký (20.03.1962)."


def test_the_table_is_whole() -> None:
    path = Path(extract.rules.__file__).with_name("data") / "rules.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    used = {row["check"] for row in rows}
    assert used == set(CHECKS) | set(SEQUENCE_CHECKS)
    assert {row["severity"] for row in rows} == {"error", "warn", "info"}
    assert severity("X01") == "error" and severity("X05") == "warn"
