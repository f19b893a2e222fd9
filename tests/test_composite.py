"""Several columns written in one place."""

from __future__ import annotations

from dataclasses import replace

from extract.decision.composite import parts_of, split_shared
from extract.reading.readings import SlotReading
from extract.registers import load_register

KS = load_register("KS")
PAPERS = [
    KS.column(f"nyc{name}")
    for name in (
        "SoGiayToTuyThan",
        "LoaiGiayToTuyThan",
        "NgayCapGiayToTuyThan",
        "NoiCapGiayToTuyThan",
    )
]


def test_a_paper_with_its_issuer_and_day() -> None:
    text = "CMND số 282138315 do CA Tiền Giang cấp ngày 21 tháng 06 năm 2014"
    assert parts_of(text, PAPERS) == {
        "nycSoGiayToTuyThan": "282138315",
        "nycLoaiGiayToTuyThan": "CMND",
        "nycNgayCapGiayToTuyThan": "21 tháng 06 năm 2014",
        "nycNoiCapGiayToTuyThan": "CA Tiền Giang",
    }


def test_a_name_and_an_office() -> None:
    columns = [KS.column("nguoiKy"), KS.column("chucVuNguoiKy")]
    assert parts_of("Bùi Quốc Mẫn - Chủ tịch", columns) == {
        "nguoiKy": "Bùi Quốc Mẫn",
        "chucVuNguoiKy": "Chủ tịch",
    }
    assert parts_of("Bùi Quốc Mẫn", columns) == {"nguoiKy": "Bùi Quốc Mẫn"}


def test_only_places_that_are_shared_are_split() -> None:
    name = SlotReading(
        "nguoiKy", "person_name", (1, 2, 3, 4), candidates=(("Lê Văn Tư, Chủ tịch", 0.9),)
    )
    office = replace(name, code="chucVuNguoiKy", kind="person_name")
    other = replace(name, code="nksHoTen", box=(5, 6, 7, 8))
    split = {slot.code: slot.text for slot in split_shared([name, office, other], KS)}
    assert split == {
        "nguoiKy": "Lê Văn Tư",
        "chucVuNguoiKy": "Chủ tịch",
        "nksHoTen": "Lê Văn Tư, Chủ tịch",
    }


def test_an_office_is_told_from_a_name_without_a_sign_between() -> None:
    columns = [KS.column("nguoiKy"), KS.column("chucVuNguoiKy")]
    for written in ("Lê Văn Do Phó Chủ tịch", "Lê Văn Do- Phó Chủ tịch", "Lê Văn Do Phố Chủ tch"):
        assert parts_of(written, columns)["nguoiKy"] == "Lê Văn Do"
    assert parts_of("Lê Văn Chủ", columns) == {"nguoiKy": "Lê Văn Chủ"}
    tight = parts_of("Nguyễn Bộ Bé-Ctịch", columns)
    assert tight == {"nguoiKy": "Nguyễn Bộ Bé", "chucVuNguoiKy": "Ctịch"}
    for name in ("Trần-Văn-Hai", "Nguyễn Văn-Hai", "Lê-thị Hồng-Hoa"):
        assert parts_of(name, columns) == {"nguoiKy": name}


def test_an_age_and_the_work_behind_it() -> None:
    columns = [KS.column("chaNgaySinh"), KS.column("chaNgheNghiep")]
    for age in ("32 tuổi", "32", "hai mươi tám tuổi"):
        assert parts_of(f"{age}, làm ruộng", columns) == {
            "chaNgaySinh": age,
            "chaNgheNghiep": "làm ruộng",
        }
    assert parts_of("làm ruộng", columns) == {"chaNgheNghiep": "làm ruộng"}


def test_a_notice_s_kind_and_its_number() -> None:
    deaths = load_register("KT")
    columns = [deaths.column("gbtSo"), deaths.column("gbtLoai")]
    assert parts_of("Giấy báo tử số 12/2018", columns) == {
        "gbtLoai": "Giấy báo tử",
        "gbtSo": "12/2018",
    }
    assert parts_of("07/2019", columns) == {"gbtSo": "07/2019"}


def test_a_ticked_box_that_two_codes_share_is_told_by_the_sex() -> None:
    box = SlotReading("loaiXacNhan", "tick", (1, 2, 3, 4), candidates=(("3", 0.9),))
    sex = SlotReading("cmGioiTinh", "enum", (5, 6, 7, 8), candidates=(("Nữ", 0.8),))
    register = load_register("CMC")
    for said, code in ((sex, "4"), (replace(sex, candidates=(("Nam", 0.8),)), "3")):
        assert split_shared([box, said], register)[0].text == code
    assert split_shared([box], register)[0].text == "3"
