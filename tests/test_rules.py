"""The plausibility rules fire on what cannot be, and only there."""

from __future__ import annotations

import csv
from pathlib import Path

import extract.checks.rules
from extract.acceptance import findings
from extract.checks.rules import CHECKS, check_book, severity
from extract.checks.sequence import SEQUENCE_CHECKS
from extract.record import ABSENT, FieldValue, Record
from extract.registers import load_register

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


def test_a_surname_is_no_name() -> None:
    def alone(**changes: str) -> bool:
        return "F17" in broken(record(**changes))[0]

    for name in ("Nguyễn", "LÊ", "Hoàng", "Ksor", "Tôn Nữ", "Nguyễn, 43 tuổi"):
        assert alone(chaHoTen=name), name
    for name in ("Lâm", "Mai", "Sáu", "Hà", "Blao", "Nguyễn Tư"):  # also names
        assert not alone(meHoTen=name), name
    assert alone(chaHoTen="Siu", nksDanToc="Gia Rai", chaDanToc="Kinh")
    assert not alone(chaHoTen="Siu", nksDanToc="Gia Rai")  # of whom names may be one word
    assert not alone(chaHoTen="Siu", chaDanToc="Gia Rai", nksDanToc="Kinh")


def test_the_sequence_of_a_book() -> None:
    def book(*numbers: str) -> list[set[str]]:
        names = ("Nguyễn Văn Tư", "Nguyễn Văn Năm")
        return broken(
            *(record(page, so=so, nksHoTen=names[page % 2]) for page, so in enumerate(numbers, 1))
        )

    assert book("07/1962", "08/1962") == [set(), set()]
    assert book("07/1962", "10/1962")[1] == {"S03"}
    assert book("07/1962", "05/1962")[1] == {"S01"}
    assert book("07/1962", "07/1962")[1] == {"S02"}
    other = {"nksHoTen": "Nguyễn Văn Năm"}
    dates = broken(record(), record(2, so="08/1962", ngayDangKy="15.03.1962", **other))
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
    path = Path(extract.checks.rules.__file__).with_name("rules.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    used = {row["check"] for row in rows}
    assert used == set(CHECKS) | set(SEQUENCE_CHECKS)
    assert {row["severity"] for row in rows} == {"error", "warn", "info"}
    assert {row["scope"] for row in rows} == {"field", "record", "sequence"}
    severities = {(row["rule"], row["severity"]) for row in rows}
    assert len(severities) == len({row["rule"] for row in rows})  # one a rule
    assert severity("X01") == "error" and severity("X05") == "warn"


WHO = {
    "KS": ["nksHoTen"], "KT": ["nktHoTen"], "KH": ["chongHoTen", "voHoTen"],
    "LH": ["chongHoTen", "voHoTen"], "CMC": ["cmHoTen", "ncHoTen"], "HN": ["nxnHoTen"],
    "NCN": ["cnHoTen"], "GH": ["ghHoTen", "dghHoTen"], "CDGH": ["ghHoTen", "dghHoTen"],
    "TD": ["tdHoTen"],
}  # fmt: skip


def of(register: str, *cases: dict[str, str]) -> set[str]:
    """The rules that some delivered cases of a register break."""
    known, always = load_register(register), {"so": "01/2017", "ngayDangKy": "10.04.2017"}
    always |= dict(zip(WHO[register], ("Nguyễn An", "Lê Lành"), strict=False))
    made = []
    for place, values in enumerate(cases, start=1):
        all_values = {**always, "quyenSo": "01/2017", "noiDangKy": "Xã Tân Phú", **values}
        fields = {code: FieldValue(v, v, 1.0, "read") for code, v in all_values.items() if v}
        made.append(Record("b", 0, place, register, "", fields))
    checked = check_book(made, known, None, "delivered")
    return {issue.rule for record in checked for issue in record.issues}


FIFTH = "năm tháng tư năm hai nghìn không trăm mười bảy"  # said without a label
COUPLE = {"chongHoTen": "Nguyễn Văn Tư", "voHoTen": "Lê Thị Lành"}
DELIVERED: list[tuple[str, str, dict[str, str]]] = [
    ("F01", "KS", {"quyenSo": ""}),
    ("F01-place", "GH", {"noiDangKy": ""}),
    *(("F01-name", register, {code: ""}) for register, codes in WHO.items() for code in codes),
    ("F02", "KS", {"quyenSo": "một"}),
    ("F08-book", "KS", {"so": "01/2019", "ngayDangKy": "10.04.2019"}),
    ("F09", "KT", {"nktNgayChet": "02.04.2017", "nktNgayChetGhiBangChu": FIFTH}),
    ("F10", "KT", {"nktHoTen": "nguyễn Văn Tư"}),
    ("F10", "KT", {"nktHoTen": "NGuyễn Văn Tư"}),
    ("F11", "KH", {"chongSoGiayToTuyThan": "12345"}),
    ("F11", "KH", {"chongSoGiayToTuyThan": "123456789", "chongLoaiGiayToTuyThan": "4"}),
    ("F12", "KH", {"chongSoGiayToTuyThan": "083180000001"}),
    ("F12", "KH", {"voSoGiayToTuyThan": "083080000001"}),
    ("F12", "KH", {"voSoGiayToTuyThan": "099180000001"}),
    ("F12", "KH", {"voSoGiayToTuyThan": "083180000001", "voNgaySinh": "1981"}),
    ("F13", "KH", {"voNgayCapGiayToTuyThan": "11.04.2017"}),
    ("F13", "KH", {"voNgayCapGiayToTuyThan": "10.04.2010", "voNgaySinh": "1999"}),
    ("F13", "KH", {"voNgayCapGiayToTuyThan": "10.04.2010", "voLoaiGiayToTuyThan": "4"}),
    ("F14", "KH", {"voDanToc": "Kimh"}),
    ("X06", "KS", {"nksLoaiKhaiSinh": "3", "chaHoTen": "Nguyễn Văn Ba", "meHoTen": "Lê Thị Sáu"}),
    ("X06", "KS", {"nksLoaiKhaiSinh": "1", "meHoTen": "Lê Thị Sáu"}),
    ("X09", "KS", {"nycHoTen": "Lê Thị Sáu", "nycQuanHe": "Mẹ", "meHoTen": "Lê Thị Bảy"}),
    ("X10", "KS", {"nksNoiSinh": "xã Tân Phú, tỉnh Bến Tre", "nksNoiSinhDVHC": "Long An"}),
    ("X11", "KT", {"nktNgaySinh": "05.04.2017", "nktNgayChet": "04.04.2017"}),
    ("X11", "KT", {"nktNgayChet": "11.04.2017"}),
    ("X12", "KT", {"nktNgayChet": "01.02.2017", "loaiDangKy": "1"}),
    ("X13", "KT", {"nktNgayChet": "01.04.2017", "nktNgaySinh": "1890"}),
    ("X14", "KT", {"nktNgayChet": "05.04.2017", "gbtNgay": "04.04.2017"}),
    ("X15", "KT", {"nktGioPhutChet": "25 giờ 10"}),
    ("X16", "KH", {"voNgaySinh": "2001"}),
    ("X17", "KH", {"chongHoTen": "Lê Thị Lành", "voHoTen": "Nguyễn Văn Tư"}),
    ("X17", "LH", {"chongHoTen": "Lê Thị Lành", "voHoTen": "Lê Lành"}),
    ("X17-parents", "KS", {"chaHoTen": "Nguyễn Thị Ba", "meHoTen": "Lê Văn Sáu"}),
    ("X17-parents", "NCN", {"giaoOngHoTen": "Lê Thị Ba", "giaoBaHoTen": "Lê Văn Sáu"}),
    ("X18", "KH", {"ngayXacLapQuanHeHonNhan": "11.04.2017"}),
    ("X18", "KH", {"ngayXacLapQuanHeHonNhan": "01.04.2017", "loaiDangKy": "1"}),
    ("X20", "CMC", {"cmNgaySinh": "1990", "ncNgaySinh": "1999"}),
    ("X20", "CMC", {"loaiXacNhan": "1", "cmGioiTinh": "Nữ"}),
    ("X21", "HN", {"nxnThoiGianCuTruTu": "2016", "nxnThoiGianCuTruDen": "2015"}),
    ("X21", "HN", {"nxnNgaySinh": "2004"}),
    ("X22", "NCN", {"chaNuoiNgaySinh": "1995", "cnNgaySinh": "2010"}),
    ("X24", "KS", {"so": "01/1990", "ngayDangKy": "10.04.1990", "quyenSo": "01/1990",
                    "meNoiCuTru": "xã Lộc Ninh, tỉnh Bình Phước"}),
    ("X26", "KS", {"chaHoTen": "NGUYỄN AN"}),
    ("X26", "LH", {"voHoTen": "Nguyễn An"}),
    ("X27", "KH", {"chongSoGiayToTuyThan": "123456789", "voSoGiayToTuyThan": "123456789"}),
]  # fmt: skip


def test_every_rule_of_a_delivered_case_fires_and_only_on_its_fault() -> None:
    for rule, register, values in DELIVERED:
        assert of(register, values) == {rule}, (rule, values)


def test_what_is_right_in_a_delivered_case_is_let_be() -> None:
    right = {
        **COUPLE, "chongNgaySinh": "1980", "voNgaySinh": "05.1981", "chongDanToc": "Khơ Me",
        "chongSoGiayToTuyThan": "083080000001", "chongLoaiGiayToTuyThan": "4",
        "chongNgayCapGiayToTuyThan": "01.02.2016", "voSoGiayToTuyThan": "B1234567",
        "voLoaiGiayToTuyThan": "2", "loaiDangKy": "1", "ngayXacLapQuanHeHonNhan": "10.04.2017",
        "voNoiCuTru": "ấp 1, xã Tân Phú, tỉnh Bến Tre",
    }  # fmt: skip
    assert of("KH", right) == set()
    death = {"nktNgayChet": "04.2017", "nktNgaySinh": "1930", "nktGioPhutChet": "giờ Tý"}
    assert of("KT", death) == set()
    assert of("KH", {"chongHoTen": "Trần Tú", "voHoTen": "Trần Tư"}) == set()
    assert of("KT", {"nktNgayChet": "05.04.2017", "nktNgayChetGhiBangChu": FIFTH}) == set()


def test_the_sequence_of_a_delivered_book() -> None:
    def book(code: str, *values: str, register: str = "KS", **same: str) -> set[str]:
        cases = [{"so": f"{n:02d}/2017", **same, code: v} for n, v in enumerate(values, start=1)]
        return of(register, *cases)

    assert book("trangSo", "1", "1", "2", "2", "3") == set()
    assert book("trangSo", "1", "2", "1") == {"S06"}
    assert book("trangSo", "1", "2", "3", "9") == {"S06"}
    assert book("so", "01/2017", "02/2017", "02a/2017", "03/2017") == set()
    assert book("so", "01/2017", "03a/2017") == {"S03", "S08"}
    assert book("so", "01/2017", "001/2017") == {"S02"}
    assert book("nguoiKy", "An", "An", "Bình", "An", "An") == {"F15"}
    assert book("nguoiKy", "An", "An", "Bình", "Bình", "Bình") == set()
    years = [{"so": f"0{n}/{y}", "ngayDangKy": f"0{n}.01.{y}", "quyenSo": "01/2016-2018"}
             for n, y in enumerate((2016, 2018, 2016), start=1)]  # fmt: skip
    assert "S07" in of("KS", *years) and "S05" in of("KS", *years)
    new_year = [{"so": "09/2016", "ngayDangKy": "20.12.2016", "quyenSo": "01/2016-2017"},
                {"quyenSo": "01/2016-2017"}]  # fmt: skip
    assert of("KS", *new_year) == set()
    twice = {"nksHoTen": "Lê Văn An", "nksNgaySinh": "01.02.2017", "meHoTen": "Hồ Thị Mai"}
    assert of("KS", twice, {**twice, "so": "02/2017"}) == {"S09"}
    again = {"chongHoTen": "Lê Văn An", "chongNgaySinh": "1980"}
    assert of("KH", again, {**again, "so": "02/2017"}) == {"X19"}
    long = [{"nguoiKy": "Lê An", "so": f"01/{y}", "ngayDangKy": f"01.02.{y}", "quyenSo": f"01/{y}"}
            for y in (1980, 2017)]  # fmt: skip
    assert of("KS", *long) == {"X25"}


def test_every_rule_of_the_trade_is_enforced_or_said_not_to_be() -> None:
    """F01–F15, X01–X25, S01–S10, B01–B08: 58 rules."""
    trade = {f"{kind}{n:02d}" for kind, most in zip("FXSB", (15, 25, 10, 8), strict=True)
             for n in range(1, most + 1)}  # fmt: skip
    folder = Path(extract.checks.rules.__file__).parent
    with (folder / "rules.csv").open(encoding="utf-8", newline="") as file:
        cases = {row["rule"].split("-")[0] for row in csv.DictReader(file)}
    files = {name.split("-")[0] for name in findings.rules()}
    assert len(trade) == 58 and trade - cases - files == {"B05", "B08", "S10"}
    for rule in findings.rules().values():
        assert rule["scope"] in ("field", "book", "package")
        assert rule["severity"] in ("error", "warn")
    said = (folder.parents[1] / "docs" / "package.md").read_text("utf-8")
    assert all(f"| {rule} |" in said for rule in ("B05", "B08", "S10"))
