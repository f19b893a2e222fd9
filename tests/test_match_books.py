"""What matching does with books: readings informed, keyings reconciled, people linked, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from common.errors import UsageError
from extract.match import Matcher, MatchOptions, Person, index_of, match_person
from extract.match.explain import as_html, as_text, explain
from extract.match.inform import RULE, against, inform
from extract.match.links import link_mentions, mentions
from extract.match.reconcile import Case, reconcile
from extract.record import FieldValue, Record
from extract.registers import load_register
from hotich.cli import build

CROWD = [Person(f"c{n}", "Nguyễn Văn Tư", f"{n % 28 + 1:02d}.03.{1935 + n}") for n in range(60)]
HOI = Person(
    "hoi", "Trương Kim Hợi", "11.05.1962", "Nam", "Trương Văn Lực", "Bùi Thị Đào", "Mỹ Tho"
)


def record(values: Mapping[str, str], register: str = "KS", **named: FieldValue) -> Record:
    fields = {code: FieldValue(text, text, 0.9, "read") for code, text in values.items()}
    form = "rvn-1955-1975" if register == "KS" else "tt15-2015"
    return Record("b", 1, 1, register, form, {**fields, **named})


def of(person: Person, **named: FieldValue) -> Record:
    columns = ("nksHoTen", "nksNgaySinh", "nksGioiTinh", "chaHoTen", "meHoTen", "nksNoiSinh")
    values = (person.name, person.birth, person.sex, person.father, person.mother, person.place)
    told = {c: v for c, v in zip(columns, values, strict=True) if v}
    return record({c: v for c, v in told.items() if c not in named}, "KS", **named)


def read(value: str, confidence: float, *others: tuple[str, float]) -> FieldValue:
    return FieldValue(value, value, confidence, "read", alternatives=others)


def test_the_list_tells_which_of_the_readings_is_right() -> None:
    name = read("Trương Kim Hoa", 0.55, ("Trương Kim Hợi", 0.2), ("Trương Kim Hai", 0.1))
    (new,), _ = inform([of(HOI, nksHoTen=name)], index_of([*CROWD, HOI]))
    assert new.get("nksHoTen").value == "Trương Kim Hợi"
    assert new.get("nksHoTen").confidence > 0.9 and new.get("nksHoTen").raw == "Trương Kim Hoa"
    assert new.matches[0].id == "hoi"


def test_a_reading_that_the_list_chose_is_told_and_seen_by_a_person() -> None:
    name = read("Trương Kim Hoa", 0.55, ("Trương Kim Hợi", 0.2), ("Trương Kim Hai", 0.1))
    (new,) = against(index_of([*CROWD, HOI]), load_register("KS"))([of(HOI, nksHoTen=name)])
    own = new.get("nksHoTen")
    assert own.value == "Trương Kim Hợi" and own.review
    assert own.alternatives[0][0] == "Trương Kim Hoa"
    (told,) = [issue for issue in new.issues if issue.rule == RULE]
    assert told.fields == ("nksHoTen",) and "Trương Kim Hoa" in told.message


def test_what_was_never_read_is_shown_and_not_chosen() -> None:
    name = read("Trương Kim Hoa", 0.9, ("Trương Kim Hai", 0.05))
    informed = against(index_of([*CROWD, HOI]), load_register("KS"))
    (new,) = informed([of(HOI, nksHoTen=name)])
    assert new.get("nksHoTen").value == "Trương Kim Hoa" and new.get("nksHoTen").review
    assert new.get("nksHoTen").alternatives[0][0] == "Trương Kim Hợi"
    told = [issue for issue in new.issues if issue.rule == RULE]
    assert [issue.fields for issue in told] == [("nksHoTen",)] and "Hợi" in told[0].message


def test_who_is_not_in_the_list_is_left_as_read() -> None:
    name = read("Trương Kim Hoa", 0.55, ("Trương Kim Hợi", 0.2))
    own = of(HOI, nksHoTen=name)
    (new,), found = inform([own], index_of(CROWD))
    assert found == [[]] and new.get("nksHoTen") == own.get("nksHoTen")


def test_a_brother_in_the_list_is_not_the_child() -> None:
    brother = Person(
        "bro", "Trương Kim Sang", "02.08.1959", "Nam", *("Trương Văn Lực", "Bùi Thị Đào")
    )
    people = index_of([*CROWD, brother])
    assert match_person(HOI, people) == []


def test_reasons_add_up_and_are_in_words() -> None:
    index = index_of([*CROWD, HOI])
    matcher = Matcher(index, MatchOptions(top=1))
    query = Person("q", "Trương-kim-Hơi", "1962", "Nam", "Trương Văn Lực", "", "Mỹ Tho")
    (best,) = match_person(query, index, MatchOptions(top=1))
    why = explain(matcher, query, best)
    odds = sum(line.said for line in why.lines)
    assert best.id == "hoi" and best.score == pytest.approx(1 / (1 + 2.718281828**-odds), abs=1e-3)
    text = as_text(why)
    assert "tên chỉ khác dấu" in text and "đúng năm" in text and "một bên để trống" in text
    assert "<table>" in as_html([why]) and "http" not in as_html([why])


CASES = [
    {
        "so": str(n),
        "ngayDangKy": f"{n + 9:02d}.01.1969",
        "nksHoTen": name,
        "nksNgaySinh": f"{n:02d}.01.1969",
        "chaHoTen": "Lê Văn Ba",
    }
    for n, name in enumerate(["Lê Thị Sen", "Lê Văn Tám", "Lê Út", "Lê Công Danh"], start=1)
]


def test_two_keyings_pair_though_a_number_was_skipped() -> None:
    ours = [Case(f"{n}", values, {}) for n, values in enumerate(CASES)]
    shifted = [{**values, "so": str(int(values["so"]) - 1)} for values in CASES[1:]]
    shifted[0]["nksHoTen"] = "Lê văn-Tám"
    shifted[1]["chaHoTen"] = "Lê Văn Bảy"
    theirs = [Case(f"r{n}", values, {}) for n, values in enumerate(shifted)]
    found = reconcile(ours, theirs, CASES[0], load_register("KS"))
    assert [(a.where, b.where) for a, b in found.pairs] == [("1", "r0"), ("2", "r1"), ("3", "r2")]
    assert [case.where for case in found.only_ours] == ["0"] and not found.only_theirs
    told = {(d.ours.where, d.column.code): d.spelling for d in found.differences}
    assert told[("1", "nksHoTen")] is True and told[("2", "chaHoTen")] is False
    assert told[("3", "so")] is False


def test_the_reconcile_command_writes_a_workbook(tmp_path: Path) -> None:
    def table(name: str, rows: list[dict[str, str]]) -> str:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["Sổ khai sinh"])
        sheet.append([f"{code} \n(chữ)" for code in CASES[0]])
        for row in rows:
            sheet.append(list(row.values()))
        book.save(tmp_path / name)
        return str(tmp_path / name)

    ours = table("ours.xlsx", CASES)
    theirs = table("theirs.xlsx", [{**CASES[0], "nksHoTen": "Lê Thị Sến"}, *CASES[1:3]])
    call = ["reconcile", ours, theirs, "--register", "KS", "--out", str(tmp_path / "d.xlsx")]
    result = CliRunner().invoke(build("reconcile"), call)
    assert result.exit_code == 1, result.output
    book = load_workbook(tmp_path / "d.xlsx")
    assert book.sheetnames == ["Tổng hợp", "Khác", "Giống", "Chỉ có bên ta", "Chỉ có bên kia"]
    assert [book[name].max_row - 1 for name in book.sheetnames[1:]] == [1, 2, 1, 0]
    assert book["Khác"]["H2"].value == "Lê Thị Sến"
    same = CliRunner().invoke(build("reconcile"), [*call[:1], ours, ours, *call[3:]])
    assert same.exit_code == 0, same.output


def test_a_keying_is_never_written_over(tmp_path: Path) -> None:
    keying = tmp_path / "keyed.csv"
    keying.write_text("so,nksHoTen\n1,Nguyễn Văn Tư\n", encoding="utf-8")
    call = ["reconcile", str(keying), str(keying), "--register", "KS", "--out", str(keying)]
    result = CliRunner().invoke(build("reconcile"), call)
    assert isinstance(result.exception, UsageError) and "Tư" in keying.read_text("utf-8")


def test_links_within_and_across_books() -> None:
    born = [of(person) for person in CROWD]
    child, again = of(HOI), of(HOI)
    twin = of(Person("t", "Trương Kim Sang", HOI.birth, "Nam", HOI.father, HOI.mother, HOI.place))
    died = record(
        {"nktHoTen": HOI.name, "nktNgaySinh": HOI.birth, "nktGioiTinh": "Nam"}, register="KT"
    )
    books = [*born, child, again, twin, died]
    numbered = [Record("b", n, 1, r.register, r.form, r.fields) for n, r in enumerate(books)]
    found = {
        (link.kind, link.one.record.page, link.other.record.page)
        for link in link_mentions(mentions(numbered))
    }
    assert ("twice", 60, 61) in found and ("birth-death", 60, 63) in found
    assert {kind for kind, one, other in found if 62 in (one, other)} == {"twins"}
    assert not any(one < 60 for _, one, _ in found)
