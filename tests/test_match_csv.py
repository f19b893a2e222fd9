"""Tables as offices keep them: what is not taken as it stands is said, and no row is swallowed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from extract.match import read_people
from extract.match.existing import open_existing
from extract.match.notes import Notes
from extract.match.people import Date, date_trouble, parse_date
from hotich.cli import build

HEAD = "id,ho_ten,ngay_sinh,gioi_tinh,cha,me,noi_sinh"


def read(folder: Path, *lines: str) -> tuple[list[str], list[str]]:
    """The ids of the rows that were read, and what was noted."""
    path = folder / "list.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    notes = Notes(path.name)
    return [person.id for person in read_people(path, notes)], notes.lines()


@pytest.mark.parametrize(
    "broken",
    [
        'b,"Trần Văn Ba,1961,Nam,,,',
        'b,Trần Văn Ba,1961,Nam,,,"Mỹ Tho',
        'b,Trần Văn Ba,1961,Nam,"Trần Văn Tư,"Lê Thị Năm,',
    ],
)
@pytest.mark.parametrize("rest", [0, 1, 120])
def test_an_open_quotation_mark_swallows_no_row(tmp_path: Path, broken: str, rest: int) -> None:
    rows = [f'c{n},Lê Thị Hai,1962,Nữ,,,"Xã {n}, Bến Tre"' for n in range(rest)]
    ids, noted = read(tmp_path, HEAD, "a,Lê Văn Út,1960,Nam,,,", broken, *rows)
    assert ids == ["a", "b", *(f"c{n}" for n in range(rest))]
    assert len(noted) == 1 and "line 3" in noted[0] and "never closed" in noted[0]


def test_a_field_may_run_over_lines(tmp_path: Path) -> None:
    rows = ['a,Lê Văn Út,1960,Nam,,,"Xã Tân', "", 'Thạnh, Bến Tre"', "b,Lê Thị Hai,1962,,,,"]
    assert read(tmp_path, HEAD, *rows) == (["a", "b"], [])
    people = list(read_people(tmp_path / "list.csv"))
    assert people[0].place == "Xã Tân Thạnh, Bến Tre"


def test_excels_first_line_and_empty_rows(tmp_path: Path) -> None:
    rows = ["", ";;;;;;", "a;Lê Văn Út;1960;Nam;;;Xã A, Huyện B", ";;;;;;", "  ", ""]
    assert read(tmp_path, "sep=;", HEAD.replace(",", ";"), *rows) == (["a"], [])
    assert read(tmp_path, "sep=|", HEAD.replace(",", "|"), "a|Lê Văn Út|||||")[0] == ["a"]


def test_a_row_that_is_too_long_is_told(tmp_path: Path) -> None:
    row = "a,Lê Văn Út,1960,Nam,,,Xã Tân Thạnh, Bến Tre"
    ids, noted = read(tmp_path, HEAD, row, "b,Lê Văn Hai,,,,,,,,")
    assert ids == ["a", "b"] and "line 2: «Xã Tân Thạnh, Bến Tre»" in noted[0]
    assert next(read_people(tmp_path / "list.csv")).place == "Xã Tân Thạnh, Bến Tre"
    other = HEAD.replace(",me,noi_sinh", ",noi_sinh,me")
    _, noted = read(tmp_path, other, "a,Lê Văn Út,1960,Nam,,Xã Tân Thạnh, Bến Tre,Lê Thị Hoa")
    assert "left out (line 2: «Lê Thị Hoa»)" in noted[0]


@pytest.mark.parametrize(
    ("text", "date", "trouble"),
    [
        ("22717", Date(1962, 3, 12), "number"),
        ("22717.0", Date(1962, 3, 12), "number"),
        ("1962", Date(1962, 0, 0), ""),
        ("1962/03/12", Date(1962, 3, 12), ""),
        ("ngày 12 tháng 3 năm 1962", Date(1962, 3, 12), ""),
        ("12/03/62", None, "short year"),
        ("12-3-62", None, "short year"),
        ("mùa xuân", None, "unknown"),
        ("03/25/1962", Date(1962, 0, 0), "partly"),
        ("41.07.1962", Date(1962, 7, 0), "partly"),
        ("", None, ""),
    ],
)
def test_dates_of_every_kind(text: str, date: Date | None, trouble: str) -> None:
    assert parse_date(text) == date and date_trouble(text) == trouble


def test_the_command_tells_of_dates_once_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.match.existing.KEPT_FROM", 1)
    dates = ("22717", "12/03/62", "13/04/63", "Tết", "01.01.1960")
    rows = [f"r{n},Lê Văn Út,{date},,,," for n, date in enumerate(dates)]
    for name in ("queries.csv", "existing.csv"):
        (tmp_path / name).write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    call = ["match", str(tmp_path / "queries.csv"), "--against", str(tmp_path / "existing.csv")]
    for _ in range(2):  # the second time the kept index is opened, not built
        result = CliRunner().invoke(build("match"), [*call, "--out", str(tmp_path / "m.csv")])
        assert result.exit_code == 0, result.output
        told = result.stderr.splitlines()
        assert [line.partition(":")[0] for line in told] == ["queries.csv", "existing.csv"]
        for line in told:
            assert "1 not understood" in line and "line 5: «Tết»" in line
            assert "2 with a year of two figures" in line and "line 3: «12/03/62»" in line
            assert "1 Excel numbers" in line and "line 2: «22717»" in line
    assert len(open_existing(tmp_path / "existing.csv").notes) == 1
