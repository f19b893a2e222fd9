"""What people said decides the rest of a book again, and how far the rest can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import extracted_book
import pytest

from annotation.queue import doubtful
from extract.confidence.curves import load_calibration
from extract.confidence.trust import trusted
from extract.decision.answers import At, decide_with_answers
from extract.reading.readings import EntryReading, PageReading, SlotReading
from extract.record import MACHINE, FieldValue, Record, read_records
from extract.registers import load_register

KS = load_register("KS")
FORM = KS.generation("rvn-1955-1975")
OFFICE = "Xã Tân Phú"


def slot(code: str, kind: str, *texts: tuple[str, float], top: int = 0) -> SlotReading:
    box = (100, 100 + top, 900, 160 + top)
    return SlotReading(
        code, kind, box, written=0.99, candidates=texts, weakest=0.5, source="handwriting@test"
    )


def pages(count: int = 8) -> list[PageReading]:
    """Births whose office is misread everywhere, and whose signer shares a place with an office."""
    return [
        PageReading(
            page,
            (
                EntryReading(
                    1,
                    (
                        slot("noiDangKy", "place", ("Xã Tân Phúc", 0.6), (OFFICE, 0.3)),
                        slot("nksHoTen", "person_name", (f"Lê Văn {name}", 0.9), top=200),
                        slot("nguoiKy", "person_name", ("Lê Ba - Chủ tịch", 0.9), top=400),
                        slot("chucVuNguoiKy", "text", ("Lê Ba - Chủ tịch", 0.9), top=400),
                    ),
                ),
            ),
        )
        for page, name in zip(range(1, count + 1), "ABCDEGHIKLM", strict=False)
    ]


def said(value: str | None, status: str = "read") -> FieldValue:
    return FieldValue(value, value, 1.0, status, source="correction@lan", author="lan", time="t")  # type: ignore[arg-type]


def decided(answers: Mapping[At, FieldValue]) -> list[Record]:
    found = decide_with_answers("b", pages(), KS, FORM, load_calibration(), answers)
    return list(found.records)


def test_an_office_that_people_corrected_is_settled_on_other_pages() -> None:
    alone = decided({})
    assert {record.get("noiDangKy").value for record in alone} == {"Xã Tân Phúc"}
    office = {(page, 1, "noiDangKy"): said(OFFICE) for page in (1, 4, 6)}
    again = decided(office)
    assert {record.get("noiDangKy").value for record in again} == {OFFICE}
    others = [record.get("noiDangKy") for record in again if record.page not in (1, 4, 6)]
    assert all(value.author == MACHINE for value in others)


def test_answers_touch_nothing_that_does_not_depend_on_them() -> None:
    alone, again = decided({}), decided({(2, 1, "nguoiKy"): said("Lê Bá")})
    for one, other in zip(alone, again, strict=True):
        assert one.get("nksHoTen").value == other.get("nksHoTen").value
        assert other.get("chucVuNguoiKy").value == "Chủ tịch"  # split before the name was said
    assert again[1].get("nguoiKy").author == "lan"


def test_states_and_missed_cases_come_back_as_they_are() -> None:
    found = decided(
        {
            (3, 1, "nksHoTen"): said(None, "illegible"),
            (5, 1, "nksHoTen"): said(None, "blank"),
            (5, 2, "nksHoTen"): said("Lê Văn Sót"),
        }
    )
    states = {record.key: record.get("nksHoTen").status for record in found}
    assert (states[3, 1], states[5, 1], states[5, 2]) == ("illegible", "blank", "read")
    assert [record.key for record in found].index((5, 2)) == 5
    assert not any(record.get("nksHoTen").review for record in found if record.key == (5, 2))


def case(page: int, **fields: FieldValue) -> Record:
    return Record("b", page, 1, "KS", FORM.id, fields)


def books(right: bool) -> tuple[list[Record], list[Record]]:
    """Twelve records whose name the machine gives 0.8; people answered eight of them."""
    own, now = [], []
    for page in range(1, 13):
        value = FieldValue("a", f"Tên {page}", 0.8, "read")
        record = Record("b", page, 1, "KS", FORM.id, {"nksHoTen": value})
        own.append(record)
        answer = said(f"Tên {page}" if right else f"Khác {page}")
        now.append(record.with_fields({"nksHoTen": answer}) if page <= 8 else record)
    return now, own


def test_a_column_read_well_is_trusted_more_and_one_read_badly_less() -> None:
    def left(right: bool) -> float:
        now, own = books(right)
        return trusted(now, own, KS)[-1].get("nksHoTen").confidence

    assert left(True) > 0.85 and left(False) < 0.5
    _, own = books(True)
    assert trusted(own, own, KS) == own  # without answers nothing moves


def test_what_people_read_does_not_praise_the_machines_reading() -> None:
    names = {(page, 1, "nksHoTen"): said(f"Lê Thị {page}") for page in range(1, 7)}
    alone, again = decided({}), decided(names)
    for code in ("nguoiKy", "noiDangKy"):
        assert again[-1].get(code).confidence == pytest.approx(alone[-1].get(code).confidence)
    assert again[-1].get("nksHoTen").confidence < alone[-1].get("nksHoTen").confidence


def test_a_value_that_people_saw_in_a_like_column_is_likelier() -> None:
    machine = FieldValue("ấp Chợ", "ấp Chợ", 0.8, "read")
    own = [case(1, chaNoiCuTru=machine), case(2, meNoiCuTru=machine, nksHoTen=machine)]
    now = [case(1, chaNoiCuTru=said("ấp Chợ")), own[1]]
    place, name = (trusted(now, own, KS)[1].get(code) for code in ("meNoiCuTru", "nksHoTen"))
    assert place.confidence > 0.95 and name.confidence == 0.8


def test_that_many_are_male_does_not_make_a_doubtful_one_male() -> None:
    boy = FieldValue("Nam", "Nam", 0.8, "read")
    own = [case(page, nksGioiTinh=boy) for page in range(1, 12)]
    now = [record.with_fields({"nksGioiTinh": said("Nam")}) for record in own[:10]] + own[10:]
    assert trusted(now, own, KS)[10].get("nksGioiTinh").confidence < 0.96


def test_what_people_said_is_told_again_where_it_is_misread_again() -> None:
    misread = FieldValue("a", "Huỳnh Văn Phúc", 0.6, "read", alternatives=(("Huỳnh Văn Phú", 0.2),))
    other = FieldValue("a", "Lê Quốc Trí", 0.8, "read")
    own = [
        *(case(page, nguoiKy=misread, nksHoTen=misread) for page in range(1, 8)),
        case(8, nguoiKy=other),
    ]
    signer = said("Huỳnh Văn Phục")
    now = [record.with_fields({"nguoiKy": signer}) for record in own[:3]] + own[3:]
    told = [record.get("nguoiKy") for record in trusted(now, own, KS)[3:]]
    assert [value.value for value in told] == ["Huỳnh Văn Phục"] * 4 + ["Lê Quốc Trí"]
    assert all(value.confidence > 0.95 and value.author == MACHINE for value in told[:4])
    assert told[0].alternatives[0][0] == "Huỳnh Văn Phúc" and told[0].raw == "a"
    assert [value.source.endswith("+people") for value in told] == [True] * 4 + [False]
    names = {record.get("nksHoTen").value for record in trusted(now, own, KS)[:7]}
    assert names == {"Huỳnh Văn Phúc"}  # a column whose values do not come again


def test_of_a_case_that_says_one_thing_twice_one_answer_is_enough() -> None:
    father = FieldValue("a", "Lê Văn Ba", 0.6, "read", review=True)
    declarant = replace(father, confidence=0.55)
    own = [case(page, chaHoTen=father, nycHoTen=declarant) for page in (1, 2)]
    asked = [(record.page, code) for record, code in doubtful(own)]
    assert asked[:2] == [(1, "nycHoTen"), (2, "nycHoTen")]  # one of each, the least sure
    now = [own[0].with_fields({"nycHoTen": said("Lê Văn Ba")}), own[1]]
    first, second = (record.get("chaHoTen").confidence for record in trusted(now, own, KS))
    assert first > 0.95 and second < 0.95


def test_settling_writes_the_records_and_keeps_what_the_machine_said(tmp_path: Path) -> None:
    with extracted_book.make(tmp_path / "book") as made:
        assert made.settle() == 0  # no readings in the store: nothing is touched
        for page in pages(2):
            made.store.save_page(made.name, page.page, "done", "", page.as_json())
        made.store.save_page(made.name, 3, "empty", "", {})
        made.settle()
        at = (made.name, 1, 1, "nksHoTen")
        before = made.store.history(*at)
        made.store.correct(*at, value="Lê Văn Ba", status="read", author="lan", time="t")
        assert made.settle() == 0 and made.settle() == 0
        history = made.store.history(*at)
        assert [value.author for value in history] == [*(v.author for v in before), "lan"]
        (first, *_) = read_records(made.folder.records)
        assert first.get("nksHoTen").value == "Lê Văn Ba" == made.records()[0].get("nksHoTen").value


def test_nobody_gives_the_second_reading_of_their_own(tmp_path: Path) -> None:
    with extracted_book.make(tmp_path / "book") as made:
        at = (made.name, 1, 2, "nksHoTen")
        made.store.correct(*at, value="y", status="read", author="lan", time="1")
        made.store.correct(*at, value="x", status="read", author="lan", time="2", second=True)
        value = made.records()[1].get("nksHoTen")
        assert (value.value, value.review) == ("y", False)
        made.store.correct(*at, value="x", status="read", author="hoa", time="3", second=True)
        assert made.records()[1].get("nksHoTen").review


@pytest.mark.parametrize(("second", "waits"), [("x", True), ("y", False)])
def test_a_second_reading_is_held_against_the_first(
    tmp_path: Path, second: str, waits: bool
) -> None:
    with extracted_book.make(tmp_path / "book") as made:
        at = (made.name, 1, 2, "nksHoTen")
        made.store.correct(*at, value=second, status="read", author="hoa", time="1", second=True)
        made.store.correct(*at, value="y", status="read", author="lan", time="2")
        value = made.records()[1].get("nksHoTen")
        assert (value.value, value.author, value.review) == ("y", "lan", waits)
        made.store.correct(*at, value="w", status="read", author="lan", time="3")
        value = made.records()[1].get("nksHoTen")
        assert (value.value, value.review) == ("w", True)  # who read first does not decide
        made.store.correct(*at, value="z", status="read", author="lan", time="4", third=True)
        value = made.records()[1].get("nksHoTen")
        assert (value.value, value.review) == ("z", False)
