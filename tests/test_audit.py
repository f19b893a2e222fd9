"""The log: a chain that a killed run leaves whole; each way to tamper with a book is found."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import extracted_book
import pytest
import sqlalchemy as sa

from annotation.pull import take
from common.errors import InputError
from extract.deliver import DeliverOptions, deliver
from extract.log.audit import audit, parse_cell, story
from extract.log.chain import START, Chain, Line, Note
from extract.log.logged import cell_name, note_decided, note_read, note_shown
from extract.log.purge import Due, Retention, purge
from extract.record import FieldValue
from extract.reopen import Extracted
from extract.report.story import sentence, story_page

CELL = "1.1.nksHoTen"
ANSWERED = {
    "data": {"hotich": "1/1/nksHoTen"},
    "annotations": [
        {
            "updated_at": "2026-11-22T08:00:00.000000Z",
            "completed_by": 7,
            "was_cancelled": False,
            "result": [{"from_name": "text", "value": {"text": ["Nguyễn Văn Tứ"]}}],
        }
    ],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book that was read, decided, reviewed in one field, and delivered."""
    home = tmp_path_factory.mktemp("home")
    with extracted_book.make(home / "book") as made:
        for page in made.store.pages(made.name)[:2]:
            note_read(made.folder, page, "handwriting@test", f"scan-{page.page}")
        note_decided(made.folder, made.store, made.name)
        note_shown(made.folder, [(1, 1, "nksHoTen")])
        take(made, "fields", [ANSWERED], {7: "lan@xa.vn"})
        deliver(made, home / "out", DeliverOptions(archive=False))
    return home


@pytest.fixture
def book(home: Path, tmp_path: Path) -> Iterator[Extracted]:
    """A copy of it."""
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    with Extracted.open(tmp_path / "book") as copied:
        yield copied


def test_an_honest_book_has_no_fault(book: Extracted) -> None:
    found = audit(book)
    assert found.faults == ()
    assert found.lines == len(Chain(book.folder.root).lines()) == 6


def rewrite(change: Callable[[list[str]], list[str]]) -> Callable[[Extracted], None]:
    def tamper(book: Extracted) -> None:
        path = book.folder.root / "log.jsonl"
        path.write_text("".join(change(path.read_text("utf-8").splitlines(keepends=True))))

    return tamper


def forge(lines: list[str]) -> list[str]:
    """Another author in a line, with a hash that fits it."""
    made = Line.from_json(lines[4].encode())
    made = replace(made, note=replace(made.note, who="khác@xa.vn"), hash="")
    return [*lines[:4], replace(made, hash=made.right_hash()).json().decode(), *lines[5:]]


def swap(one: Path, other: Path) -> None:
    held = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(held)


def in_store(statement: str) -> Callable[[Extracted], None]:
    def tamper(book: Extracted) -> None:
        engine = sa.create_engine(book.folder.store_url)
        with engine.begin() as connection:
            assert connection.execute(sa.text(statement)).rowcount
        engine.dispose()

    return tamper


EDIT = "UPDATE field_values SET content=replace(content,"
LATEST = "SELECT max(id) FROM field_values WHERE page=1 AND entry=2 AND field='chaHoTen'"
TAMPERED: list[tuple[str, Callable[[Extracted], None], str]] = [
    ("a word in a line", rewrite(lambda ls: [ls[0].replace("scan-1", "scan-9"), *ls[1:]]),
     "line 1 of the log was changed"),
    ("a line with its hash", rewrite(forge), "broken between lines 5 and 6"),
    ("a line gone", rewrite(lambda ls: [*ls[:2], *ls[3:]]), "broken between lines 2 and 4"),
    ("the first line gone", rewrite(lambda ls: ls[1:]), "broken between lines 0 and 2"),
    ("the last line gone", rewrite(lambda ls: ls[:-1]), "the end of the log is missing"),
    ("lines swapped", rewrite(lambda ls: [ls[1], ls[0], *ls[2:]]), "broken between"),
    ("no line at all", rewrite(lambda ls: []), "there is no log"),
    ("no JSON", rewrite(lambda ls: [ls[0], "x\n", *ls[2:]]), "line 2 of the log cannot be read"),
    ("the end's file gone", lambda b: (b.folder.root / "log.end").unlink(), "log.end is missing"),
    ("crops swapped",
     lambda b: swap(b.folder.crop(1, 1, "nksHoTen"), b.folder.crop(1, 2, "nksHoTen")),
     "crops/0001-1-nksHoTen.jpg is not the file"),
    ("page pictures swapped", lambda b: swap(b.folder.page_image(1), b.folder.page_image(2)),
     "pages/0002.jpg is not the file"),
    ("a crop gone", lambda b: b.folder.crop(1, 1, "so").unlink(), "0001-1-so.jpg is gone"),
    ("the records edited",
     lambda b: b.folder.records.write_text(b.folder.records.read_text("utf-8") + "\n"),
     "records.jsonl is not the file"),
    ("a machine's value edited in the store",
     in_store(f"{EDIT} 'Sửu', 'Dần') WHERE id=({LATEST})"),
     "case 1.2: the store holds other values"),
    ("a correction edited in the store",
     in_store(f"{EDIT} 'Tứ', 'Tử') WHERE author<>'machine'"),
     "1.1.nksHoTen: the store holds a person's value that the log does not know"),
    ("a correction gone from the store",
     in_store("DELETE FROM field_values WHERE author<>'machine'"),
     "the value that lan@xa.vn gave (line 5 of the log) is not in the store"),
    ("a correction of nobody's", lambda b: b.store.correct(
        b.name, 1, 1, "so", value="09/1962", status="read", author="x", time="2026-11-22T08:00"),
     "1.1.so: the store holds a person's value"),
    ("a value gone from the store",
     in_store("DELETE FROM field_values WHERE page=2 AND field='so'"), "2.1.so has no value"),
    ("a value that is none", in_store("UPDATE field_values SET content='x' WHERE id=9"),
     "the store was damaged or edited"),
    ("a page gone from the store", in_store("DELETE FROM pages WHERE page=2"),
     "page 2 was read and is gone"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tamper", "said"), [t[1:] for t in TAMPERED], ids=[t[0] for t in TAMPERED]
)
def test_each_tampering_is_found(
    book: Extracted, tamper: Callable[[Extracted], None], said: str
) -> None:
    tamper(book)
    faults = audit(book).faults
    assert any(said in fault for fault in faults), faults


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log forged within the second would be the very same log: whoever forges one is later."""
    monkeypatch.setattr("extract.log.chain.now", lambda: "2099-01-01T00:00:00+00:00")


@pytest.mark.usefixtures("tomorrow")
def test_a_new_log_of_ones_own_is_not_the_delivered_one(book: Extracted, tmp_path: Path) -> None:
    manifest = json.loads((tmp_path / "out" / "KS.1962.01.manifest.json").read_text("utf-8"))
    head = manifest["log"]["last"]
    assert manifest["log"]["lines"] == 5 and audit(book, head).faults == ()
    notes = [line.note for line in Chain(book.folder.root).lines()]
    for name in ("log.jsonl", "log.end"):
        (book.folder.root / name).unlink()
    Chain(book.folder.root).add(*notes)
    assert audit(book).faults == ()  # whole in itself, as anyone's would be
    (fault,) = audit(book, head).faults
    assert "it is not the one that was delivered from" in fault


@pytest.mark.usefixtures("tomorrow")
def test_a_package_is_what_the_log_tells_of(book: Extracted, tmp_path: Path) -> None:
    manifest = tmp_path / "out" / "KS.1962.01.manifest.json"
    assert audit(book, manifest=manifest).faults == ()
    (tmp_path / "out" / "KS.1962.01.xlsx").write_bytes(b"x")
    (tmp_path / "out" / "KS.1962.01.zip").unlink()
    changed, gone = audit(book, manifest=manifest).faults
    assert changed.endswith("KS.1962.01.xlsx is not the file that was delivered")
    assert gone.endswith("KS.1962.01.zip is gone from the package")
    notes = [line.note for line in Chain(book.folder.root).lines()]
    for name in ("log.jsonl", "log.end"):
        (book.folder.root / name).unlink()
    Chain(book.folder.root).add(*notes[:-1])  # hashed anew, without the delivery
    said = " ".join(audit(book, manifest=manifest).faults)
    assert "does not tell of a delivery" in said and "not the one that was delivered from" in said
    with pytest.raises(InputError, match="not a package's manifest"):
        audit(book, manifest=book.folder.records)


def test_a_cells_story_goes_down_to_its_pixels(book: Extracted) -> None:
    told = story(book, parse_cell(CELL, book))
    by_line = {event.line: event for event in told.events if event.line}
    assert [by_line[line].did for line in sorted(by_line)] == [
        "read", "viewed", "corrected", "exported"]  # fmt: skip
    assert (by_line[5].who, sentence(by_line[5])) == ("lan@xa.vn", "“Nguyễn Văn Tứ”")
    machine = next(event for event in told.events if event.did == "decided")
    assert "“Nguyễn Văn Tư”, 97.0% sure, by handwriting@test" in sentence(machine)
    assert "KS.1962.01.xlsx" in sentence(by_line[6]) and "scan scan-1" in sentence(by_line[1])
    assert told.crop_is_true and told.value.box == (300, 500, 1400, 570)
    swap(told.crop, book.folder.crop(1, 2, "nksHoTen"))
    assert story(book, told.at).crop_is_true is False


def test_a_cells_page_runs_nothing(book: Extracted) -> None:
    bad = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    value = FieldValue(value=bad, status="read", author=bad, time="2026-11-22T09:00:00+00:00")
    told = story(book, (1, 1, "nksHoTen"))
    events = (replace(told.events[0], did="viewed", who=bad, about={"what": bad}),)
    page = story_page(bad, replace(told, value=value, source=bad, issues=(bad,), events=events))
    text = page.decode()
    assert "<script" not in text and "<img src=x" not in text and "data:image/jpeg;base64," in text


def test_a_cells_page_is_vietnamese_all_over(book: Extracted) -> None:
    def words(field: str, **about: object) -> str:
        told = story(book, (1, 2, field))
        events = tuple(
            replace(event, about={**event.about, **about}) if event.did == "decided" else event
            for event in told.events
        )
        page = story_page("Q", replace(told, source="Q.pdf p. 3", events=events)).decode()
        shown = re.sub(r"<style>.*?</style>|<[^>]+>| /\S+", " ", page, flags=re.DOTALL)
        return " ".join(shown.split())

    note_shown(book.folder, [(1, 2, "chaHoTen")])
    crop = book.folder.crop(1, 2, "chaHoTen")
    purge(book, [Due(Retention(what="hình từng ô", files=(), delivered=0), (crop,), "")])
    name = words("chaHoTen", source="ditto of nksNoiSinh of the case before")
    blank = words("ghiChu", source="handwriting@v5+people")
    for said in (
        "“Trần Văn Sửu”, chắc 60,0 %; nếu không thì “Trần Văn Sửu?” 10,0 %; gửi người xem; "
        "như ô Nơi sinh (ghi đúng như sổ) – người được khai sinh của trường hợp trước",
        "đọc tờ 1, mã bản quét scan-1, bộ đọc chữ viết tay test",
        "cho xem đưa cho người rà soát", "Họ của con khác họ của cha", "trường hợp 2",
        "crops/0001-2-chaHoTen.jpg, theo quy tắc hình từng ô", "Q.pdf, trang 3", "(300, 1800)",
    ):  # fmt: skip
        assert said in name, said
    assert "để trống, chắc 60,0 %" in blank and "v5, cùng những ô người đã ghi" in blank
    english = "by|the|of|written|sure|else|sent|person|machine|page|with|read|to|blank"
    for text in (name, blank):
        assert not re.search(rf"\b({english})\b", text), text


def test_a_killed_run_leaves_a_chain_that_verifies(tmp_path: Path) -> None:
    code = "from extract.log.chain import *; c = Chain(Path('.'))\nwhile True: c.add(Note('read'))"
    for _ in range(3):
        run = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env={
            **os.environ, "PYTHONPATH": str(Path(__file__).parents[1])})  # fmt: skip
        log = tmp_path / "log.jsonl"
        before = log.stat().st_size if log.exists() else 0
        while not log.exists() or log.stat().st_size <= before:
            assert run.poll() is None
        run.send_signal(signal.SIGKILL)
        run.wait()
        assert Chain(tmp_path).faults() == []
    whole = len(Chain(tmp_path).lines())
    with log.open("ab") as file:
        file.write(b'{"n": 1, "half a li')
    assert Chain(tmp_path).faults() == [] and len(Chain(tmp_path).lines()) == whole
    Chain(tmp_path).add(Note("viewed"), Note("viewed"))
    assert Chain(tmp_path).faults() == [] and len(Chain(tmp_path).lines()) == whole + 2
    assert Chain(tmp_path).last[1] != START and cell_name((3, 1, "so")) == "3.1.so"
