"""Matching people: measured on simulated families, and on names that drift in known ways."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import typer
from typer.testing import CliRunner

from common.errors import InputError
from extract.match import (
    Match,
    Matcher,
    MatchOptions,
    PeopleIndex,
    Person,
    build_index,
    index_of,
    match_people,
    match_person,
    match_record,
    read_people,
    resolve,
    update_index,
)
from extract.match.fit import Asked, figures
from extract.match.levels import part_level
from extract.match.names import parse_name
from extract.match.people import Date, parse_date
from extract.match.present import Present
from extract.match.simulate import is_person
from hotich.commands.match import match

HEADER = "id,ho_ten,ngay_sinh,gioi_tinh,cha,me,noi_sinh\n"


@pytest.fixture(scope="module")
def asked() -> Asked:
    return Asked(seed=9, people=6_000, queries=700)


def best_of(asked: Asked, share: float | None = None) -> list[Match | None]:
    options = MatchOptions(top=1, present=share)
    found = match_people([query for query, _ in asked.questions], asked.index, options)
    return [rows[0] if rows else None for rows in found]


def test_spoilt_queries_find_their_person_and_no_other(asked: Asked) -> None:
    found = figures(asked.questions, best_of(asked))
    print(found)
    assert found.recall_at_1 >= 0.95
    assert found.precision >= 0.98
    assert found.calibration_error <= 0.03


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize(("size", "share"), [(20, 0.1), (20, 0.8), (110, 0.1), (110, 0.5)])
def test_a_small_batch_tells_how_many_of_it_are_in_the_list(
    asked: Asked, size: int, share: float, bare: bool
) -> None:
    matcher, rng = Matcher(asked.index), Random(size)
    listed = [one for one in asked.questions if one[1]]
    others = [one for one in asked.questions if not one[1]]
    there = round(size * share)
    told = hits = 0
    for _ in range(5):
        batch = rng.sample(listed, there) + rng.sample(others, size - there)
        queries = [Person(q.id, q.name, q.birth) if bare else q for q, _ in batch]
        found = resolve(matcher, [matcher.candidates(query) for query in queries])
        for (_, truth), rows in zip(batch, found, strict=True):
            told += bool(rows)
            hits += bool(rows) and is_person(rows[0].id, truth)
    assert hits >= 0.8 * 5 * there
    assert hits >= (0.85 if bare else 0.93) * told


def test_few_queries_leave_the_share_open_and_many_do_not() -> None:
    few, many = Present.learnt([-9.0, 9.0]), Present.learnt([-9.0] * 900 + [9.0] * 100)
    assert few.share == pytest.approx(0.5) and many.share == pytest.approx(0.1, abs=0.01)
    assert few.chance(0.0) == pytest.approx(0.5) and many.chance(0.0) < 0.12
    assert Present.learnt([]).chance(3.0) < Present.known(0.9).chance(3.0)


def test_an_index_on_disk_is_updated_in_place(asked: Asked, tmp_path: Path) -> None:
    people = [asked.index.person(row) for row in range(1_000)]
    folder = tmp_path / "index"
    build_index(people, folder)
    married = replace(people[7], name="Âu Dương Khuyết")
    new = Person("new", "Lục Vân Tiên", "01.02.1944", "Nam")
    kept = [married if person.id == married.id else person for person in people[5:]]
    done = update_index(PeopleIndex.open(folder), [*kept, new], whole=True)
    assert done == {"added": 1, "changed": 1, "removed": 5}
    index = PeopleIndex.open(folder)
    assert len(index) == 996
    fresh = index_of([*kept, new])
    for query in (married, new, people[3], people[600]):
        ours, theirs = match_person(query, index), match_person(query, fresh)
        assert [m.id for m in ours] == [m.id for m in theirs]
        assert ours == [] or ours[0].score == pytest.approx(theirs[0].score, abs=1e-6)


def test_a_broken_update_is_not_seen(asked: Asked, tmp_path: Path) -> None:
    people = [asked.index.person(row) for row in range(300)]
    build_index(people, tmp_path)
    header = (tmp_path / "index.json").read_bytes()
    with (tmp_path / "rows.bin").open("ab") as file:
        file.write(b"half a row")
    with (tmp_path / "text.bin").open("ab") as file:
        file.write(b"half a text")
    assert len(PeopleIndex.open(tmp_path)) == 300
    update_index(PeopleIndex.open(tmp_path), [Person("new", "Lục Vân Tiên", "01.02.1944")])
    assert (tmp_path / "index.json").read_bytes() != header
    assert match_person(Person("q", "Lục Vân Tiên", "01.02.1944"), PeopleIndex.open(tmp_path))


def test_a_query_has_the_keys_of_its_row(asked: Asked) -> None:
    index = asked.index
    for row in range(0, 300, 7):
        assert row in index.candidates(index.person(row))


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
        ("13.13.1962", Date(1962, 0, 0)),
        ("41.07.1962", Date(1962, 7, 0)),
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
    index = index_of(crowd())
    (rare,) = match_person(Person("q", "Âu-dương-Khuyết", "1962"), index)
    assert rare.id == "rare" and rare.score > 0.9
    assert match_person(Person("q", "Nguyễn Văn Tư", "1962"), index) == []
    best = match_person(Person("q", "Nguyễn Văn Tư", "1962"), index, MatchOptions(top=3))
    assert len(best) == 3 and best[0].score < 0.1


def test_an_empty_field_is_neutral_and_a_contradiction_is_not() -> None:
    index = index_of(crowd())
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
    (found,) = match_record(record, index_of(crowd()))
    assert found["id"] == "rare" and 0.9 < found["score"] <= 1


def test_nobody_to_ask() -> None:
    assert match_person(Person("q", "Nguyễn Văn Tư"), index_of([])) == []
    assert match_person(Person("q"), index_of(crowd()), MatchOptions(top=5)) == []


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
        (HEADER.encode() + "q1,Trần,,,,,\n".encode("utf-16-le"), "no text"),
        (HEADER.encode() + b"q" * 70_000, "longer than"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no text"),
        (HEADER.encode() + b"q1,,,,,,\nq1,,,,,,\n", "line 3: id q1 stands twice"),
        (HEADER.encode() + b",A,,,,,\n", "line 2: id is empty"),
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
