"""Matching people: measured on simulated families, and on names that drift in known ways."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from common.errors import InputError
from extract.match import (
    MatchOptions,
    PeopleIndex,
    Person,
    match_person,
    match_record,
    read_people,
)
from extract.match.fit import measure, register_names
from extract.match.names import parse_name, part_level
from extract.match.people import Date, parse_date
from extract.match.simulate import trial
from hotich.commands.match import match

HEADER = "id,ho_ten,ngay_sinh,gioi_tinh,cha,me,noi_sinh\n"


def test_spoilt_queries_find_their_person_and_no_other() -> None:
    figures = measure(*trial(5_000, 800, register_names(), seed=77))
    print(figures)
    assert figures["recall_at_threshold"] >= 0.93
    assert figures["precision_at_threshold"] >= 0.98
    assert figures["calibration_error"] <= 0.03


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("hòa", "hoà", "same"),
        ("nguyễn", "nguyển", "marks"),
        ("đức", "duc", "marks"),
        ("lý", "lí", "sound"),
        ("sanh", "xanh", "sound"),
        ("phước", "phúc", "sound"),
        ("huỳnh", "hoàng", "sound"),
        ("trương", "chương", "sound"),
        ("tuấn", "toàn", "near"),
        ("v", "văn", "initial"),
        ("lan", "hùng", "differ"),
        ("", "hùng", "missing"),
    ],
)
def test_levels_of_agreement(left: str, right: str, level: str) -> None:
    assert part_level(left, right) == part_level(right, left) == level


def test_a_name_falls_into_its_parts() -> None:
    assert parse_name("Ng.-văn  Tư") == ("nguyen", "văn", "tư")
    assert parse_name("  ") is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("07.05.1962", Date(1962, 5, 7)),
        ("7/5/1962", Date(1962, 5, 7)),
        ("1962-05-07", Date(1962, 5, 7)),
        ("05.1962", Date(1962, 5, 0)),
        ("1962", Date(1962, 0, 0)),
        ("13.13.1962", None),
        ("?", None),
    ],
)
def test_partial_dates(text: str, date: Date | None) -> None:
    assert parse_date(text) == date


def crowd() -> list[Person]:
    """A list in which Nguyễn Văn Tư is common and Âu Dương Khuyết is one of a kind."""
    common = [Person(f"c{n}", "Nguyễn Văn Tư", f"{n % 28 + 1:02d}.03.1962") for n in range(60)]
    return [*common, Person("rare", "Âu Dương Khuyết", "1962")]


def test_a_rare_name_says_more_than_a_common_one() -> None:
    index = PeopleIndex(crowd())
    (rare,) = match_person(Person("q", "Âu-dương-Khuyết", "1962"), index)
    assert rare.id == "rare" and rare.score > 0.9
    assert match_person(Person("q", "Nguyễn Văn Tư", "1962"), index) == []
    best = match_person(Person("q", "Nguyễn Văn Tư", "1962"), index, MatchOptions(top=3))
    assert len(best) == 3 and best[0].score < 0.1


def test_an_empty_field_is_neutral_and_a_contradiction_is_not() -> None:
    index = PeopleIndex(crowd())
    asked = Person("q", "Âu Dương Khuyết", "1962")
    bare = match_person(asked, index)[0].score
    other = Person("q", "Âu Dương Khuyết", "04.11.1988")
    assert bare > 0.9
    assert match_person(other, index, MatchOptions(top=1))[0].score < bare


def test_a_record_is_matched_by_its_fields() -> None:
    values = {"nksHoTen": "Âu Dương Khuyết", "nksNgaySinh": "1962", "chaHoTen": None}
    record = {
        "book": "KS.1962.01",
        "page": 3,
        "entry": 1,
        "fields": {code: {"value": value} for code, value in values.items()},
    }
    (found,) = match_record(record, PeopleIndex(crowd()))
    assert found["id"] == "rare" and 0.9 < found["score"] <= 1


def test_nobody_to_ask() -> None:
    assert match_person(Person("q", "Nguyễn Văn Tư"), PeopleIndex([])) == []
    assert match_person(Person("q"), PeopleIndex(crowd()), MatchOptions(top=5)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_the_command(tmp_path: Path, encoding: str, delimiter: str) -> None:
    def table(name: str, rows: str) -> str:
        path = tmp_path / name
        path.write_text((HEADER + rows).replace(",", delimiter), encoding=encoding)
        return str(path)

    existing = table("e.csv", "e1,Trần Thị Lành,03.02.1961,Nữ,Trần Văn Sửu,Lê Thị Cúc,Gia Định\n")
    asked = table("q.csv", "q1,TRẦN-THỊ-LÀNH,3/2/1961,2,,,\nq2,Võ Văn Út,1970,,,,\n")
    app = typer.Typer()
    app.command()(match)
    out = tmp_path / "m.csv"
    result = CliRunner().invoke(app, [asked, "--against", existing, "--out", str(out)])
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [(row["query_id"], row["match_id"], row["rank"]) for row in rows] == [("q1", "e1", "1")]
    assert 0.5 <= float(rows[0]["score"]) <= 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (HEADER.replace("cha,", "").encode(), "column cha missing"),
        (HEADER.encode() + "q1,Trần,,,,,\n".encode("utf-16-le"), "not UTF-8"),
        (HEADER.encode() + b"q1,,,,,,\nq1,,,,,,\n", "line 3: id q1 stands twice"),
        (HEADER.encode() + b",,,,,,\n", "is empty"),
        (b"", "missing"),
    ],
)
def test_a_bad_table_is_one_clear_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says) as error:
        list(read_people(path))
    assert "bad.csv" in str(error.value) and "\n" not in str(error.value)


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        list(read_people(tmp_path / "none.csv"))
