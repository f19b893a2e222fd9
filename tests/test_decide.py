"""Choosing values with the whole book known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from common.tables import yaml_table
from extract.confidence.curves import Calibration
from extract.decision import evidence
from extract.decision.decide import draft_book, records_of
from extract.decision.runon import run_on_dates, run_on_numbers
from extract.reading.readings import EntryReading, PageReading, SlotReading, merged
from extract.record import Record
from extract.registers import load_register

KS = load_register("KS")
SOUTH = KS.generation("rvn-1955-1975")
KINDS = {
    "so": "number_token",
    "ngayDangKy": "partial_date",
    "nksNgaySinh": "partial_date",
    "nksGioiTinh": "enum",
    "chaNgaySinh": "age",
    "nycTuoi": "age",
    "nksNgaySinhBangChu": "text_date_words",
}


def slot(code: str, *texts: tuple[str, float], part: str = "") -> SlotReading:
    kind = KINDS.get(code, "place" if code.endswith(("NoiCuTru", "NoiSinh")) else "person_name")
    seen = 0.99 if texts else 0.01
    box = (0, sum(map(ord, code)), 9, 9)
    read = SlotReading(code, kind, box, part, ink=seen, written=seen, candidates=texts)
    return replace(read, weakest=0.9, source="reader@x")


def decided(*entries: tuple[SlotReading, ...]) -> list[Record]:
    pages = [PageReading(n, (EntryReading(1, e),)) for n, e in enumerate(entries, start=1)]
    drafted = draft_book(pages, KS, SOUTH)
    return records_of("b", drafted, KS, SOUTH, Calibration({}, {}, "none"))


def test_numbers_run_on_over_what_was_misread() -> None:
    readings = [
        [("7", 0.9)],
        [("3", 0.5), ("8", 0.3)],
        [("9", 0.8)],
        [],
        [("11", 0.6)],
        [("72", 0.55)],
        [("13", 0.9)],
    ]
    assert run_on_numbers(readings) == [7, 8, 9, 10, 11, 12, 13]


def test_a_true_gap_in_the_numbers_stays() -> None:
    readings = [[(str(n), 0.9)] for n in (7, 8, 15, 16, 17)]
    assert run_on_numbers(readings) == [7, 8, 15, 16, 17]


def test_numbers_run_on_by_two_where_every_second_case_was_not_found() -> None:
    read = [[(str(n), 0.95)] for n in (94, 96, 98, 700, 102, 104)]
    assert run_on_numbers(read) == [94, 96, 98, 100, 102, 104]


def test_a_run_that_is_as_likely_another_is_hardly_supported() -> None:
    day = ("12.03.1962", 0.9)

    def support(*shares: tuple[float, float]) -> float:
        entries = [
            EntryReading(1, (slot("so", (f"9{n}", p), (f"{n}", q)), slot("ngayDangKy", day)))
            for n, (p, q) in enumerate(shares, start=76)
        ]
        pages = [PageReading(n, (entry,)) for n, entry in enumerate(entries, start=1)]
        drafted = draft_book(pages, KS, SOUTH)
        numbers = [drafts["so"].value.value or "" for _, drafts in drafted]
        assert all(number.startswith("97") for number in numbers[:3])
        return drafted[1][1]["so"].evidence.support

    clear = support((0.9, 0.02), (0.9, 0.03), (0.8, 0.1), (0.9, 0.02))
    doubtful = support((0.1, 0.8), (0.8, 0.1), (0.8, 0.1), (0.5, 0.4))
    assert clear > 0.5 > 0.3 > doubtful


def test_a_number_is_as_sure_of_its_year_as_what_was_read_of_the_date() -> None:
    def sure(*days: str) -> float:
        entries = [
            EntryReading(1, (slot("so", (str(n), 0.9)), slot("ngayDangKy", (day, 0.9))))
            for n, day in enumerate(days, start=76)
        ]
        pages = [PageReading(n, (entry,)) for n, entry in enumerate(entries, start=1)]
        number = draft_book(pages, KS, SOUTH)[1][1]["so"]
        assert number.value.value == "77/1962"
        return number.evidence.reader

    assert sure("12.03.1962", "13.03.1962", "14.03.1962") > 0.8
    assert sure("12.03.1962", "13.03.1902", "14.03.1962") < 0.1


def test_a_year_of_noughts_ends_no_run() -> None:
    entries = [
        (slot("quyenSo", ("01/0005", 0.9)), slot("ngayDangKy", (f"{day}.03.2004", 0.9)))
        for day in range(12, 15)
    ]
    kept = [replace(one, kind="number_token") for one, _ in entries]
    pages = [
        PageReading(n, (EntryReading(1, (volume, day)),))
        for n, (volume, (_, day)) in enumerate(zip(kept, entries, strict=True), start=1)
    ]
    drafted = draft_book(pages, KS, KS.generation("1999-2005"))
    assert [own["ngayDangKy"].value.value for _, own in drafted] == [
        "12.03.2004",
        "13.03.2004",
        "14.03.2004",
    ]


def test_dates_keep_to_the_books_year_and_order() -> None:
    readings = [
        {"12.03.1962": 0.9},
        {"13.08.1962": 0.5, "13.03.1962": 0.4},
        {"15.03.1902": 0.7},
        {"16.03.1962": 0.9},
    ]
    assert run_on_dates(readings, {1962: 1.0}) == [
        "12.03.1962",
        "13.03.1962",
        "15.03.1962",
        "16.03.1962",
    ]


def test_states_are_kept_apart() -> None:
    (record,) = decided(
        (
            slot("so", ("7", 0.9)),
            slot("ngayDangKy", ("12-3-1962", 0.9)),
            slot("nksHoTen", ("Nguyễn-văn-Tư", 0.8)),
            slot("nksGioiTinh", ("trai", 0.9)),
            slot("chaHoTen", ("không rõ", 0.9)),
            slot("chaNgaySinh", ("32 tuổi", 0.9)),
            slot("chaNoiCuTru", ("ấp Chợ, Gia-định", 0.9)),
            slot("meNoiCuTru", ("như cha", 0.9)),
            slot("nksNoiSinh", ("xã Bình-hòa, Gia-định", 0.9)),
            slot("meHoTen"),
            slot("nhanChung1", ("#%", 0.1)),
        )
    )
    states = {code: value.status for code, value in record.fields.items()}
    values = {code: value.value for code, value in record.fields.items()}
    assert states["nksQueQuan"] == "absent_on_form" and values["nksQueQuan"] is None
    assert (states["meHoTen"], values["meHoTen"]) == ("blank", None)
    assert (states["chaHoTen"], values["chaHoTen"]) == ("blank", None)
    assert record.fields["chaHoTen"].raw == "không rõ"
    assert (states["nhanChung1"], values["nhanChung1"]) == ("illegible", None)
    assert (states["meNoiCuTru"], values["meNoiCuTru"]) == ("ditto", "ấp Chợ, Gia định")
    assert (states["chaNgaySinh"], values["chaNgaySinh"]) == ("derived", "1930")
    assert record.fields["chaNgaySinh"].raw == "32 tuổi"
    assert (states["nksNoiSinhDVHC"], values["nksNoiSinhDVHC"]) == ("derived", "Gia Định")
    assert (values["so"], values["nksHoTen"]) == ("07/1962", "Nguyễn Văn Tư")
    assert values["nksGioiTinh"] == "Nam"
    assert list(record.fields) == [column.code for column in KS.columns]


def test_a_double_stroke_is_blank_alone_and_ditto_at_the_second_parents_home() -> None:
    (record,) = decided(
        (
            slot("ngayDangKy", ("12-3-1962", 0.9)),
            slot("chaNoiCuTru", ("Gia-định", 0.9)),
            slot("meHoTen", ("//", 0.9)),
            slot("meNoiCuTru", ("//", 0.9)),
        )
    )
    assert record.fields["meHoTen"].status == "blank"
    assert record.fields["meNoiCuTru"].status == "ditto"
    assert record.fields["meNoiCuTru"].value == "Gia định"


def test_a_date_in_parts_is_composed() -> None:
    (record,) = decided(
        (
            slot("ngayDangKy", ("12", 0.9), part="d"),
            slot("ngayDangKy", ("3", 0.9), part="m"),
            slot("ngayDangKy", ("62", 0.9), part="y"),
        )
    )
    assert record.fields["ngayDangKy"].value == "12.03.1962"
    assert record.fields["ngayDangKy"].raw == "12 3 62"


def test_words_settle_a_date_whose_figures_are_in_doubt() -> None:
    (record,) = decided(
        (
            slot("ngayDangKy", ("20-3-1962", 0.9)),
            slot("nksNgaySinh", ("17-3-1962", 0.5), ("12-3-1962", 0.4)),
            slot(
                "nksNgaySinhBangChu",
                ("ngày mười hai tháng ba năm một ngàn chín trăm sáu mươi hai", 0.7),
            ),
        )
    )
    assert record.fields["nksNgaySinh"].value == "12.03.1962"
    assert dict(record.fields["nksNgaySinh"].alternatives) == {"17.03.1962": 0.5}


def test_a_birth_after_its_registration_is_unlikely() -> None:
    (record,) = decided(
        (
            slot("ngayDangKy", ("20-3-1962", 0.9)),
            slot("nksNgaySinh", ("12-8-1962", 0.5), ("12-3-1962", 0.4)),
        )
    )
    assert record.fields["nksNgaySinh"].value == "12.03.1962"


def test_an_office_that_stays_the_same_is_brought_to_its_usual_spelling() -> None:
    signed = ("Trần-văn-Bảy", "Trần-văn-Bảy", "Trần-văn-Bẩy", "Trần-văn-Bảy", "Lê-văn-Út")
    records = decided(
        *((slot("ngayDangKy", ("20-3-1962", 0.9)), slot("nguoiKy", (name, 0.6))) for name in signed)
    )
    found = [record.fields["nguoiKy"].value for record in records]
    assert found == ["Trần Văn Bảy"] * 4 + ["Lê Văn Út"]
    assert records[2].fields["nguoiKy"].raw == "Trần-văn-Bẩy"


def test_a_year_has_few_volumes() -> None:
    """A volume 91 that may as well be 1 is volume 1; a second volume that was read stays."""
    for read, other, wanted in (("91", 0.3, "01/1962"), ("02", 0.02, "02/1962")):
        volume = replace(
            slot("quyenSo", (f"{read}/1962", 0.6), ("01/1962", other)), kind="number_token"
        )
        dates = [slot("ngayDangKy", (f"{day}-3-1962", 0.9)) for day in range(10, 22)]
        records = decided(*((date, volume) for date in dates))
        assert {record.fields["quyenSo"].value for record in records} == {wanted}


def test_one_reading_is_not_overruled_by_marks_that_the_hand_writes_alike() -> None:
    """Rịa or Rìa: every reading doubts, and all alike, so that many tell no more than one."""
    seen = [(("Huỳnh Văn Rịa", 0.6), ("Huỳnh Văn Rìa", 0.35))] * 7
    seen.append((("Huỳnh Văn Rìa", 0.6), ("Huỳnh Văn Rịa", 0.35)))
    sure = [(("Huỳnh Văn Rịa", 0.9), ("Huỳnh Văn Rìa", 0.01))] * 7 + seen[-1:]
    for readings, last in ((seen, "Huỳnh Văn Rìa"), (sure, "Huỳnh Văn Rịa")):
        records = decided(*((slot("nguoiKy", *texts),) for texts in readings))
        assert [r.fields["nguoiKy"].value for r in records] == ["Huỳnh Văn Rịa"] * 7 + [last]


def test_a_tone_that_was_read_is_not_left_out_for_the_book() -> None:
    """A tone is oftener missed than invented: Lựu stays where the book mostly reads Lưu."""
    bare, toned = "Lê Thị Lưu", "Lê Thị Lựu"
    for most, last in ((bare, toned), (toned, bare)):
        seen = [((most, 0.7), (last, 0.05))] * 5 + [((last, 0.5), (most, 0.3))]
        records = decided(*((slot("nguoiKy", *texts),) for texts in seen))
        assert [r.fields["nguoiKy"].value for r in records] == [most] * 5 + [toned]


def test_the_evidence_asked_for_is_that_of_a_rule() -> None:
    """Every rule in the table is one that the decision asks about."""
    asked = set(yaml_table(Path(evidence.__file__).with_suffix(".yaml")))
    code = "".join(path.read_text() for path in Path(evidence.__file__).parent.glob("*.py"))
    assert asked and all(f'"{rule}"' in code for rule in asked)


def test_readings_survive_their_store() -> None:
    page = PageReading(3, (EntryReading(1, (slot("so", ("7", 0.9), ("1", 0.05)),)),))
    assert PageReading.from_json(page.as_json()) == page
    assert merged([("a", 0.2), ("b", 0.3), ("a", 0.2)]) == (("a", 0.4), ("b", 0.3))


def test_a_value_and_its_alternatives_share_one_probability() -> None:
    entries = [
        (slot("ngayDangKy", ("01-04-1962", 0.9), ("01-01-1962", 0.5)), slot("so", ("7", 0.6))),
        (slot("ngayDangKy", ("01-01-1962", 0.9)), slot("so", ("8", 0.9), ("3", 0.5))),
    ]
    for record in decided(*entries):
        for value in record.fields.values():
            assert value.confidence + sum(p for _, p in value.alternatives) <= 1.0001
