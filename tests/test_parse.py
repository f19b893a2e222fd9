"""Names, sex, places, marks and papers: text as written to the value delivered."""

from __future__ import annotations

import pytest

from extract.parse.closed import parse_closed
from extract.parse.dates import Era
from extract.parse.field import Context, parse_value
from extract.parse.identity import parse_identity
from extract.parse.marks import mark_of
from extract.parse.names import middle_names, parse_name, same_syllable, surname
from extract.parse.places import parse_place, province_of
from extract.parse.sex import parse_sex
from extract.parse.times import parse_time
from extract.registers import load_register


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Nguyễn-văn-Tư", "Nguyễn Văn Tư"),
        ("NGUYỄN VĂN TƯ", "Nguyễn Văn Tư"),
        ("Huỳnh - thị  Sáu ......", "Huỳnh Thị Sáu"),
        ("… Lê Kiểng .", "Lê Kiểng"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("Lê-văn-Tư, 45 tuổi, làm-ruộng", "Lê Văn Tư, 45 tuổi, làm ruộng"),
        ("....", None),
    ],
)
def test_names(raw: str, value: str | None) -> None:
    assert parse_name(raw) == value


def test_parts_of_names() -> None:
    assert surname("Nguyễn Văn Tư") == "Nguyễn"
    assert middle_names("Nguyễn Thị Kim Tư") == ("Thị", "Kim")
    assert middle_names("Lê Tư") == ()
    assert same_syllable("Lý", "Lí") and same_syllable("Nguyễn", "Nguyển")
    assert not same_syllable("Lê", "Lý")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Nam", "Nam"),
        ("con gái", "Nữ"),
        ("gái.", "Nữ"),
        ("trại", "Nam"),
        ("Nử", "Nữ"),
        ("masculin", "Nam"),
        ("féminin", "Nữ"),
        ("Nan", "Nam"),
        ("xã Bình", None),
        ("", None),
    ],
)
def test_sex(raw: str, value: str | None) -> None:
    assert parse_sex(raw) == value


@pytest.mark.parametrize(
    ("raw", "mark"),
    [
        ("//", "either"),
        ("/", "blank"),
        ("không có", "blank"),
        ("vô danh", "unknown"),
        ("nt", "ditto"),
        ("N.T", "ditto"),
        ("n t", "ditto"),
        ("7", None),
        ("như trên", "ditto"),
        ("..như cha..", "ditto_father"),
        ("Nguyễn Văn Tư", None),
        ("", None),
    ],
)
def test_marks(raw: str, mark: str | None) -> None:
    assert mark_of(raw) == mark


def test_places() -> None:
    assert parse_place("xã Bình-hòa ,quận Gò-vấp, Gia-định..") == (
        "xã Bình hòa, quận Gò vấp, Gia định"
    )
    assert parse_place("Hoằng-Đông - Thanh Hóa") == "Hoằng Đông - Thanh Hóa"
    assert parse_place("Thọ Lâm-Thọ Xuân- Thanh Hóa") == "Thọ Lâm - Thọ Xuân - Thanh Hóa"
    assert parse_place("ấp Cái-Tắc, xã Hương-Hồ") == "ấp Cái Tắc, xã Hương Hồ"
    assert parse_place("…") is None


@pytest.mark.parametrize(
    ("place", "province"),
    [
        ("xã Bình hòa, quận Gò vấp, Gia định", "Gia Định"),
        ("Phường 1, quận 5, TP. Hồ Chí Minh", "Hồ Chí Minh"),
        ("xã Long Trì, tỉnh Long An", "Long An"),
        ("Nhà bảo sanh Vĩnh Long", "Vĩnh Long"),
        ("Bà Rịa - Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("xã Bình Hòa", None),
        ("xã Phước Tuy", None),
        ("Hoằng Đông - Hoằng Hóa - Thanh Hóa", "Thanh Hóa"),
        ("xã Phước Tuy Bến Tre", "Bến Tre"),
        (None, None),
    ],
)
def test_the_province_that_ends_a_place(place: str | None, province: str | None) -> None:
    assert province_of(place) == province


def test_identity_papers() -> None:
    assert parse_identity("020 123 456") == "020123456"
    assert parse_identity("079.062.000123") == "079062000123"
    assert parse_identity("O2O123456") == "020123456"
    assert parse_identity("b1234567") == "B1234567"
    assert parse_identity("12") is None


def test_closed_lists_keep_what_they_do_not_know() -> None:
    assert parse_closed("Việt-Nam", "nationality") == "Việt Nam"
    assert parse_closed("khơ-me", "ethnic") == "Khơ Me"
    assert parse_closed("stiêng", "ethnic") == "Stiêng"


def test_papers_become_their_code() -> None:
    papers = load_register("KS").column("nycLoaiGiayToTuyThan")
    context = Context(2017, Era(1900, 2020))
    assert parse_value(papers, "enum", "CMND", context) == "1"
    assert parse_value(papers, "enum", "Hộ chiêu", context) == "2"
    assert parse_value(papers, "enum", "làm ruộng", context) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("9 giờ 05", "09:05"), ("14h30", "14:30"), ("7 giờ", "07:00"), ("23 0", "23:00"),
     ("1430", "14:30"), ("25 giờ", None), ("sáng", None)],
)  # fmt: skip
def test_an_hour_of_the_day(text: str, value: str | None) -> None:
    assert parse_time(text) == value


@pytest.mark.parametrize(
    ("register", "code", "text", "value"),
    [
        ("KH", "chongCha", "Lê-quốc-Thạnh, sông", "Lê Quốc Thạnh, sống"),
        ("KH", "voMe", "Nguyễn Thị Hiếu chét", "Nguyễn Thị Hiếu, chết"),
        ("KH", "voMe", "Nguyễn Thị Hiếu", "Nguyễn Thị Hiếu"),
        ("KH", "voHoTen", "Lê Văn Sông", "Lê Văn Sông"),
        ("KT", "noiDangKy", "UÔNP xã Hải Phương", "UBND xã Hải Phương"),
        ("KT", "noiDangKy", "Bình xã Hải Phương", "Bình xã Hải Phương"),
        ("KT", "gbtSo", "102/ 2016", "102/2016"),
    ],
)
def test_what_columns_of_kin_offices_and_notices_hold(
    register: str, code: str, text: str, value: str
) -> None:
    column = load_register(register).column(code)
    assert parse_value(column, column.type, text, Context(2016, Era(1900, 2020))) == value
