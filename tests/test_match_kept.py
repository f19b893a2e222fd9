"""An index kept beside its list: one process at a time, nobody else's files, damage mended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import extract.match.existing
from common.errors import InputError, UsageError
from extract.folder import BookFolder
from extract.match.existing import open_existing
from extract.match.people import Date, parse_date
from extract.match.rows import ROW
from hotich.cli import build
from hotich.evaluation.matching import evaluate_matching, explained

HEAD = "id,ho_ten,ngay_sinh,gioi_tinh,cha,me,noi_sinh"
ROOT = Path(__file__).parents[1]


def write_list(folder: Path, count: int) -> Path:
    rows = [f"p{n},Trần Văn Lộc {n},01.01.{1900 + n % 99},Nam,Trần Văn Ba,," for n in range(count)]
    path = folder / "list.csv"
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return path


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(extract.match.existing, "KEPT_FROM", 1)
    return write_list(tmp_path, 300)


def test_two_first_runs_at_once_make_one_index(tmp_path: Path) -> None:
    people = write_list(tmp_path, 3000)
    code = (
        "import sys, extract.match.existing as e; from pathlib import Path; e.KEPT_FROM = 1;"
        "index = e.open_existing(Path(sys.argv[1])); print(len(index), index.person(7).id)"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(people)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert [run.communicate()[0].strip() for run in runs] == ["3000 p7"] * 3
    assert (tmp_path / "list.csv.index" / "rows.bin").stat().st_size == 3000 * ROW.itemsize


def test_other_peoples_files_stay(people: Path) -> None:
    kept = people.with_name("mine")
    kept.mkdir()
    (kept / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="thesis"):
        open_existing(people, kept)
    assert (kept / "thesis.txt").read_text() == "years of work"
    with pytest.raises(InputError, match="other files"):
        open_existing(people, people.parent)


@pytest.mark.parametrize("name", ["rows.bin", "counts-1.npz", "parts-1.tsv", "index.json"])
def test_a_damaged_index_is_built_again(people: Path, name: str) -> None:
    assert len(open_existing(people)) == 300
    file = people.with_name("list.csv.index") / name
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert len(open_existing(people)) == 300


@pytest.mark.parametrize("name", ["rows.bin", "counts-1.npz", "parts-1.tsv", "keys-1.bin"])
def test_an_emptied_file_is_told_where_there_is_no_list(people: Path, name: str) -> None:
    open_existing(people)
    kept = people.with_name("list.csv.index")
    (kept / name).write_bytes(b"")
    with pytest.raises(InputError, match=r"damaged|cut short"):
        open_existing(kept)


def test_an_index_that_others_keep_is_read(people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    open_existing(people)
    monkeypatch.setattr(extract.match.existing, "_kept", refuse)
    assert len(open_existing(people)) == 300
    write_list(people.parent, 301)
    with pytest.raises(InputError, match="no place for the index"):
        open_existing(people)


def test_as_many_are_explained_as_are_asked_for(tmp_path: Path) -> None:
    evaluate_matching(300, 40, 8, tmp_path)
    texts = list(explained(300, 40, 8, tmp_path, 10))
    assert len(texts) == 10 and len({text.split(";")[0] for text in texts}) > 1
    queries, out = tmp_path / "queries-300-40-8.csv", tmp_path / "matches.csv"
    call = ["match", str(queries), "--against", str(tmp_path / "list-300-40-8.csv"), "--out"]
    assert CliRunner().invoke(build("match"), [*call, str(out)]).exit_code == 0
    truth = {line.split(",")[0]: line.split(",")[-1] for line in queries.read_text().splitlines()}
    found = [line.split(",") for line in out.read_text().splitlines()[1:]]
    right = [row for row in found if row[1].rpartition("-")[0] == truth[row[0]]]
    assert len(found) >= 25 and len(right) >= 0.9 * len(found)


def test_who_was_taken_out_does_not_come_back(people: Path) -> None:
    open_existing(people)
    people.write_text("\n".join(people.read_text("utf-8").splitlines()[:201]), encoding="utf-8")
    assert len(open_existing(people)) == 200
    (gone,) = people.with_name("list.csv.index").glob("gone-*.bin")
    gone.write_bytes(b"")
    assert len(open_existing(people)) == 200


def test_the_list_is_never_written_over(people: Path) -> None:
    before = people.read_bytes()
    call = ["match", str(people), "--against", str(people), "--out", str(people)]
    result = CliRunner().invoke(build("match"), call)
    assert isinstance(result.exception, UsageError) and people.read_bytes() == before


def test_dates_of_spreadsheets() -> None:
    assert parse_date("1962-03-12 00:00:00") == parse_date("12.03.1962") == Date(1962, 3, 12)
    assert parse_date("12/03/62") is None


def test_the_share_of_a_book_in_its_list_is_remembered(tmp_path: Path) -> None:
    folder = BookFolder(tmp_path)
    folder.matched_with(tmp_path, 0.2)
    assert BookFolder(tmp_path).present == 0.2 and BookFolder(tmp_path).existing == tmp_path
    folder.matched_with(tmp_path)
    assert BookFolder(tmp_path).present is None
    call = ["extract", "scans", "--register", "KS", "--out", str(tmp_path), "--present", "0.5"]
    result = CliRunner().invoke(build("extract"), call)
    assert isinstance(result.exception, UsageError) and "--against" in str(result.exception)
