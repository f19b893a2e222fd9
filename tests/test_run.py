"""The book run: resume after kill -9, failed and foreign pages, one result however it is run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from common.errors import FormError, InputError, UsageError
from common.executor import Pool
from extract.folder import BookFolder
from extract.match.existing import open_existing
from extract.match.inform import against
from extract.record import read_records
from extract.registers import load_register
from extract.reopen import Extracted
from extract.run import RunSummary, run_book
from extract.store import Store
from tests.book_pages import CODES, MarkReader, blank_page, write_book, write_form

PAGES = 4


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_book(tmp_path_factory.mktemp("scans") / "book", PAGES)


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_form(tmp_path_factory.mktemp("form") / "f")


def run(scans: Path, form: Path, out: Path, dies: int = 0, how: Pool | None = None) -> RunSummary:
    reader = MarkReader(out.with_name(out.name + ".calls"), dies)
    return run_book([scans], "KS", BookFolder(out), book="b", form=form, reader=reader, how=how)


@pytest.fixture(scope="module")
def unbroken(scans: Path, form: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("unbroken") / "out"
    assert not run(scans, form, out).needs_attention
    return out


def test_every_page_gives_its_record(unbroken: Path) -> None:
    records = read_records(unbroken / "records.jsonl")
    assert [record.key for record in records] == [(n, 1) for n in range(1, PAGES + 1)]
    first = records[0]
    assert first.fields["ngayDangKy"].value == "20.03.1962"
    assert first.fields["chaHoTen"].raw == "Nguyễn-văn-Ba"
    assert first.fields["chaHoTen"].value == "Nguyễn Văn Ba"
    assert first.fields["nksQueQuan"].status == "absent_on_form"
    box = first.fields["meHoTen"].box
    assert box is not None and box[0] < 400 < box[2] and box[1] < 710 < box[3]


def test_pictures_and_provenance_are_kept(unbroken: Path) -> None:
    folder = BookFolder(unbroken)
    for page in range(1, PAGES + 1):
        assert folder.page_image(page).is_file()
        assert all(folder.crop(page, 1, code).is_file() for code in CODES)
    (step,) = Store.open(folder.store_url).steps("b")
    assert (step.name, step.weights) == ("read pages", "marks@0")


def test_a_second_run_reads_nothing_again(unbroken: Path, scans: Path, form: Path) -> None:
    before = (unbroken / "records.jsonl").read_bytes()
    calls = unbroken.with_name("out.calls")
    counted = len(calls.read_text())
    run(scans, form, unbroken)
    assert len(calls.read_text()) == counted == PAGES
    assert (unbroken / "records.jsonl").read_bytes() == before


KILLED = """
import os, signal, sys
from pathlib import Path
import extract.learn, extract.run
from tests.test_run import run
moment = sys.argv[4]
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
if moment == "records":
    extract.run.write_records = die
if moment == "form":
    extract.learn.load_form = die
scans, form, out = (Path(name) for name in sys.argv[1:4])
run(scans, form, out, dies=int(moment) if moment.isdigit() else 0)
"""


@pytest.mark.parametrize("moment", ["form", "1", "3", "records"])
def test_killed_and_run_again_gives_the_same_bytes(
    moment: str, scans: Path, form: Path, unbroken: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    root = Path(__file__).parents[1]
    command = [sys.executable, "-c", KILLED, str(scans), str(form), str(out), moment]
    killed = subprocess.run(command, cwd=root, check=False)
    assert killed.returncode == -9
    assert not (out / "records.jsonl").exists()
    run(scans, form, out)
    assert (out / "records.jsonl").read_bytes() == (unbroken / "records.jsonl").read_bytes()


def test_a_pool_gives_the_same_bytes(
    scans: Path, form: Path, unbroken: Path, tmp_path: Path
) -> None:
    run(scans, form, tmp_path / "out", how=Pool(2))
    assert (tmp_path / "out" / "records.jsonl").read_bytes() == (
        unbroken / "records.jsonl"
    ).read_bytes()


def test_bad_pages_are_recorded_and_the_rest_goes_on(
    scans: Path, form: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    book.mkdir()
    (book / "1.png").write_bytes((scans / "0001.png").read_bytes())
    (book / "2.png").write_bytes((scans / "0002.png").read_bytes()[:900])
    cv2.imwrite(str(book / "3.png"), np.full_like(blank_page(), 243))
    noise = np.random.default_rng(1).integers(0, 40, (40, 30), dtype=np.uint8)
    foreign = cv2.resize(250 - 5 * noise, (1900, 2500), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(book / "4.png"), foreign)
    (book / "5.png").write_bytes((scans / "0003.png").read_bytes())
    summary = run(book, form, tmp_path / "out")
    stored = Store.open(BookFolder(tmp_path / "out").store_url).pages("b")
    outcomes = {page.page: page.outcome for page in stored}
    assert outcomes[1] == outcomes[5] == "done"
    assert outcomes[2] == "failed" and outcomes[3] == "empty" and outcomes[4] == "refused"
    assert stored[3].payload["picture_scale"] == 0.8  # a place drawn on its picture is on the scan
    assert summary.needs_attention
    assert {page for page, cause in summary.causes if cause} == {2, 3, 4}
    assert [record.page for record in summary.records] == [1, 5]


def test_a_failed_page_is_tried_again_when_it_is_mended(
    scans: Path, form: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    book.mkdir()
    (book / "1.png").write_bytes((scans / "0001.png").read_bytes()[:900])
    (book / "2.png").write_bytes((scans / "0002.png").read_bytes())
    assert run(book, form, tmp_path / "out").outcomes == {"failed": 1, "done": 1}
    (book / "1.png").write_bytes((scans / "0001.png").read_bytes())
    assert run(book, form, tmp_path / "out").outcomes == {"done": 2}


def test_another_form_file_reads_the_pages_again(scans: Path, tmp_path: Path) -> None:
    form = write_form(tmp_path / "f")
    run(scans, form, tmp_path / "out")
    form.write_text(form.read_text("utf-8").replace("meHoTen", "nycHoTen"), "utf-8")
    summary = run(scans, form, tmp_path / "out")
    assert summary.records[0].fields["meHoTen"].status == "absent_on_form"
    assert summary.records[0].fields["nycHoTen"].value == "Lê Thị Sáu"


def test_wrong_calls_are_one_clear_error(scans: Path, form: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown register"):
        run_book([scans], "XX", BookFolder(tmp_path / "o"), book="b", form=form)
    with pytest.raises(InputError, match="no such file"):
        run_book([tmp_path / "nothing.pdf"], "KS", BookFolder(tmp_path / "o"), book="b", form=form)


def test_records_carry_no_times_and_no_paths(unbroken: Path, tmp_path: Path) -> None:
    text = (unbroken / "records.jsonl").read_text("utf-8")
    assert str(unbroken) not in text and "202" not in text
    assert set(json.loads(text.splitlines()[0])) == {
        *("book", "page", "entry", "register", "form", "fields", "issues", "matches")
    }


def test_a_folder_is_one_books_and_one_runs(unbroken: Path, scans: Path, form: Path) -> None:
    folder = BookFolder(unbroken)
    before = folder.records.read_bytes()
    with pytest.raises(UsageError, match="holds book b, register KS"):
        run_book([scans], "KS", folder, book="another", form=form, reader=MarkReader(unbroken))
    with folder.taken("b", "KS"), pytest.raises(UsageError, match="another run is at work"):
        run(scans, form, unbroken)
    assert folder.records.read_bytes() == before


def test_an_answer_stays_with_its_scan(scans: Path, form: Path, tmp_path: Path) -> None:
    book, out = tmp_path / "book", tmp_path / "out"
    book.mkdir()
    for name in ("0001.png", "0002.png"):
        (book / name).write_bytes((scans / name).read_bytes())
    run(book, form, out)
    store = Store.open(BookFolder(out).store_url)
    said = {"value": "Lê Thị Lan", "status": "read", "author": "lan", "time": "2026-11-22T08:00"}
    store.correct("b", 2, 1, "meHoTen", **said)
    (book / "0003.png").write_bytes((scans / "0003.png").read_bytes())
    assert run(book, form, out).records[1].fields["meHoTen"].value == "Lê Thị Lan"
    (book / "0000.png").write_bytes((scans / "0004.png").read_bytes())
    with pytest.raises(UsageError, match="people have answered for page 2"):
        run(book, form, out)
    (book / "0000.png").rename(book / "0009.png")
    assert run(book, form, out).records[1].fields["meHoTen"].value == "Lê Thị Lan"


def test_a_book_without_a_usable_page_says_why(form: Path, tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "1.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing more")
    with pytest.raises(FormError, match=r"1\.png"):
        run_book([tmp_path / "book"], "KS", BookFolder(tmp_path / "out"), book="b")


def test_what_people_say_is_matched_again(scans: Path, form: Path, tmp_path: Path) -> None:
    people = tmp_path / "existing.csv"
    head = "id,ho_ten,ngay_sinh,gioi_tinh,cha,me,noi_sinh"
    child = "p7,Nguyễn Văn Tư,12.03.1962,Nam,Nguyễn Văn Ba,Lê Thị Sáu,"
    crowd = [f"c{n},Trần Văn Lộc,01.01.{1940 + n},Nam,,," for n in range(40)]
    people.write_text("\n".join([head, child, *crowd]), encoding="utf-8")
    folder, known = BookFolder(tmp_path / "out"), load_register("KS")
    told = against(open_existing(people), known)
    reader = MarkReader(tmp_path / "calls")
    run_book([scans], "KS", folder, book="b", form=form, reader=reader, matcher=told)
    folder.matched_with(people)
    with Extracted.open(folder.root) as book:
        assert [match.id for match in book.records()[0].matches] == ["p7"]
        for code, text in {"nksHoTen": "Phạm Thị Không", "meHoTen": "Võ Thị Xa"}.items():
            at = ("b", 1, 1, code)
            said = {"status": "read", "author": "lan", "time": "2026-11-22T08:00"}
            book.store.correct(*at, value=text, **said)
        book.settle()
        first = book.records()[0]
    assert not first.matches and first.fields["nksHoTen"].value == "Phạm Thị Không"
    people.unlink()
    with Extracted.open(folder.root) as book:
        book.settle()
        assert [match.id for match in book.records()[1].matches] == ["p7"]
