"""Review without a server: which fields, in which order, what a task shows, what people said."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import extracted_book
import pytest
from typer.testing import CliRunner

from annotation.client import LabelStudio
from annotation.crops import cut_missing
from annotation.doubt import doubts, marked
from annotation.pages import doubtful_pages, page_task
from annotation.projects import KINDS, project_key
from annotation.pull import take
from annotation.queue import SecondReading, doubtful, read_twice, second_reading
from annotation.server import Server
from annotation.tasks import Place, blind_task, corrections_of, field_task
from annotation.texts import layout
from annotation.written import meant, proposed
from common.errors import MissingPartError, UsageError
from extract.record import Record
from extract.reopen import Extracted
from extract.report import write_report
from extract.report.people import work_of
from hotich.commands.review import app

ROOT = Path(__file__).parents[1]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Extracted]:
    with extracted_book.make(tmp_path / "book") as made:
        yield made


def annotation(text: str | None, state: str = "", **more: Any) -> dict[str, Any]:
    result: list[dict[str, Any]] = []
    if text is not None:
        result.append({"from_name": "text", "type": "textarea", "value": {"text": [text]}})
    if state:
        result.append({"from_name": "state", "type": "choices", "value": {"choices": [state]}})
    for part in result:
        part["to_name"] = "marks"
    about = {"completed_by": 1, "updated_by": None, "was_cancelled": False}
    return {**about, "updated_at": "2026-11-21T08:00:00.5Z", "result": result, **more}


def said(*annotations: dict[str, Any]) -> list[tuple[str | None, str, str]]:
    task = {"data": {"hotich": "1/2/nksHoTen"}, "annotations": list(annotations)}
    return [(c.text, c.status, c.author) for c in corrections_of(task, {1: "a@b", 2: "c@d"})]


def test_the_least_sure_fields_go_first_and_settled_ones_stay(book: Extracted) -> None:
    found = doubtful(book.records())
    assert {(record.page, record.entry) for record, _ in found} == {(1, 2), (2, 2)}
    codes = [code for _, code in found]
    assert codes[:2] == ["noiDangKy"] * 2  # the office comes again: it tells about the rest
    assert codes[2:] == sorted(codes[2:])  # one column at a time
    unsure = replace(book.records()[3].get("nksNgaySinh"), confidence=0.2)
    records = [*book.records()[:3], book.records()[3].with_fields({"nksNgaySinh": unsure})]
    assert [code for _, code in doubtful(records)][2] == "nksNgaySinh"
    at = (book.name, 1, 2, "nksHoTen")
    book.store.correct(*at, value="Trần Thị Lành", status="read", author="a@b", time="2026")
    left = doubtful(book.records())
    assert len(left) == len(found) - 1


def test_of_a_value_that_stands_often_one_is_asked_first(book: Extracted) -> None:
    confidences = (0.85, 0.75, 0.7, 0.72)
    records = [
        record.with_fields(
            {
                "chaNoiCuTru": replace(
                    record.get("nksHoTen"), value="ấp Chợ", confidence=sure, review=True
                )
            }
        )
        for record, sure in zip(book.records(), confidences, strict=True)
    ]
    codes = [(record.key, code) for record, code in doubtful(records)]
    assert codes.index(((2, 1), "chaNoiCuTru")) < codes.index(((1, 2), "nksHoTen"))
    assert codes.index(((2, 2), "chaNoiCuTru")) < codes.index(((1, 1), "chaNoiCuTru"))


def test_a_missing_crop_is_cut_from_the_page(book: Extracted) -> None:
    crop = book.folder.crop(2, 2, "nksHoTen")
    crop.unlink()
    wanted = doubtful(book.records())
    assert cut_missing(book, wanted) == wanted
    height, width = cv2.imread(str(crop)).shape[:2]
    assert (width, height) == (574, 53)  # half of 1100 by 70 pixels, and what stands around it
    crop.unlink()
    book.folder.page_image(2).unlink()
    assert len(cut_missing(book, wanted)) == len(wanted) - 1


def test_a_task_says_what_a_person_needs(book: Extracted) -> None:
    record = book.records()[1]
    crop = book.folder.crop(1, 2, "nksHoTen")
    task = field_task(record, "nksHoTen", crop, "/data/local-files/?d=x")
    data = task["data"]
    assert data["hotich"] == "1/2/nksHoTen" and Place.parse(data["hotich"]).entry == 2
    assert data["image"] == "/data/local-files/?d=x/0001-2-nksHoTen.jpg"
    for part in ("60 %", "Trần Thị Lành?", "Họ của con khác họ của cha", "Họ, chữ đệm, tên"):
        assert part in data["hint"]
    (prediction,) = task["predictions"]
    assert prediction["result"][0]["value"]["text"] == ["Trần Thị Lành"]
    embedded = field_task(record, "nksHoTen", crop, None)["data"]["image"]
    assert embedded.startswith("data:image/jpeg;base64,")
    blank = field_task(record, "ghiChu", book.folder.crop(1, 2, "ghiChu"), None)
    (empty,) = blank["predictions"][0]["result"]
    assert empty["value"]["text"] == [" "]  # or the caret would not stand in it
    second = blind_task(record, "nksHoTen", crop, "x")
    assert "Lành" not in str(second)  # blind


def test_letters_in_doubt_are_marked_and_nothing_else_is_markup() -> None:
    assert doubts("Lành", [("Lánh", 0.3), ("Lanh", 0.1), ("Lành Ba", 0.1)]) == pytest.approx(
        [0, 0.4, 0, 0.1]
    )
    assert marked("a<b", [("a<c", 0.5)]).count("<span") == 1
    assert "a&lt;<span" in marked("a<b", [("a<c", 0.5)])


def test_the_text_put_before_a_person_is_as_it_is_written(book: Extracted) -> None:
    record = book.records()[0]
    date = replace(record.get("nksNgaySinh"), raw="7-5-62")
    name = replace(record.get("nksHoTen"), raw="Nguyên-văn-Tu")
    other = replace(record.get("so"), raw="?", value="12/1962")
    changed = record.with_fields({"nksNgaySinh": date, "nksHoTen": name, "so": other})
    assert proposed(changed, "nksNgaySinh") == "7-5-62"
    assert proposed(changed, "nksHoTen") == "Nguyễn-văn-Tư"
    assert proposed(changed, "so") == "12/1962"


def test_two_people_read_the_share_that_is_asked_for(book: Extracted) -> None:
    records = book.records()
    asked = len(doubtful(records))
    assert len(read_twice(records, SecondReading(share=1))) == asked
    half = read_twice(records, SecondReading(share=0.5))
    assert 0 < len(half) < asked and half == read_twice(records, SecondReading(share=0.5))
    assert read_twice(records, SecondReading()) == []


def test_a_column_for_two_people_is_one_of_the_book(book: Extracted) -> None:
    with pytest.raises(UsageError, match="no column nksHoten in this book"):
        second_reading(book, None, ("nksHoten",))
    assert second_reading(book, None, ()) == SecondReading()  # nothing was kept
    wanted = second_reading(book, None, ("nksHoTen",))
    assert second_reading(book, None, ()) == wanted == SecondReading(fields=("nksHoTen",))


def test_another_book_in_the_folders_place_has_projects_of_its_own(book: Extracted) -> None:
    keys = {project_key(book.folder, name, kind) for name in (book.name, "other") for kind in KINDS}
    assert len(keys) == 2 * len(KINDS)


def test_the_machines_own_reading_is_not_another_one(book: Extracted) -> None:
    record = book.records()[1]
    name = replace(
        record.get("nksHoTen"), alternatives=(("Trần Thị Lành", 0.6), ("Trần Thị Lánh", 0.3))
    )
    changed = record.with_fields({"nksHoTen": name})
    crop = book.folder.crop(1, 2, "nksHoTen")
    assert (
        "Có thể là: Trần Thị Lánh ·" in field_task(changed, "nksHoTen", crop, "x")["data"]["hint"]
    )


def test_why_a_page_is_shown_is_said_in_vietnamese(book: Extracted) -> None:
    cause = "the page is upside down"
    book.store.save_page(book.name, 1, "refused", cause, {"picture_scale": 0.5})
    (page,) = doubtful_pages(book, [], set())
    assert page.why == "Không tìm thấy mẫu: tờ bị ngược; xoay ảnh lại rồi chạy lại"


def test_a_page_as_the_machine_has_it_says_nothing_new(book: Extracted) -> None:
    book.store.save_page(book.name, 2, "refused", "", {"picture_scale": 0.5})
    (wanted,) = doubtful_pages(book, book.records(), set())
    assert max(record.entry for record in wanted.records) == 2
    task = page_task(book, wanted, "x")
    (prediction,) = task["predictions"]
    sent = annotation(None, result=prediction["result"])
    done = take(book, "pages", [{**task, "annotations": [sent]}], {1: "lan"})
    assert done.new == 0  # each box stays with its own case
    for part in prediction["result"]:
        if part["id"] == "2-nksHoTen" and part["from_name"] == "text":
            part["value"]["text"] = ["Thạch Thị Sa"]
    assert take(book, "pages", [{**task, "annotations": [sent]}], {1: "lan"}).new == 1
    assert [r.get("nksHoTen").value for r in book.records()][3] == "Thạch Thị Sa"


def test_a_ledgers_columns_are_answered_on_its_page(book: Extracted) -> None:
    name = book.records()[0].get("nksHoTen")
    row = Record(book.name, 1, 1, "ANY", "ledger", {"HO VA TEN": name})
    book.store.save_records(book.name, [row])
    box = {"id": "a", "value": {"x": 1, "y": 1, "width": 9, "height": 9}}
    place = box["value"]
    result = [
        {"from_name": "field", **box, "value": {**place, "rectanglelabels": ["HO VA TEN"]}},
        {"from_name": "text", **box, "value": {**place, "text": ["Lê Ba"]}},
        {"from_name": "entry", **box, "value": {**place, "number": 30}},
    ]
    task = {"data": {"hotich": "1"}, "annotations": [annotation(None, result=result)]}
    assert take(book, "pages", [task], {1: "lan"}).new == 1
    (missed,) = [record for record in book.records() if record.entry == 30]
    assert missed.get("HO VA TEN").value == "Lê Ba"


def test_the_layout_puts_the_text_last_and_the_states_before_it() -> None:
    screen = layout("fields")
    assert screen.index("<Choices") < screen.index("<TextArea")
    assert 'transcription="true"' in screen and 'alias="illegible"' in screen
    for name in ("label", "place", "image", "hint", "marks"):
        assert f"${name}" in screen


def test_what_people_said() -> None:
    assert said(annotation(" Nguyễn  Văn ")) == [("Nguyễn Văn", "read", "a@b")]
    assert said(annotation("x", "illegible")) == [(None, "illegible", "a@b")]
    assert said(annotation(None, "blank", updated_by=2)) == [(None, "blank", "c@d")]
    assert said(annotation("x", was_cancelled=True)) == []
    assert said(annotation(" ")) == said(annotation(None)) == [(None, "blank", "a@b")]
    later = annotation("hai", updated_at="2026-11-22T08:00:00Z", completed_by=9)
    assert said(later, annotation("một")) == [("một", "read", "a@b"), ("hai", "read", "user 9")]


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("nksNgaySinh", "7/5/62", "07.05.1962"),
        ("nksNgaySinh", "tháng 5 năm 1962", "05.1962"),
        ("nksGioiTinh", "gái", "Nữ"),
        ("nksHoTen", "nguyễn-văn-tư", "Nguyễn Văn Tư"),
        ("nksNoiSinh", " Tân  Phú ", "Tân Phú"),
        ("nksNgaySinh", "không rõ", "không rõ"),
        ("so", "12", "12/1962"),
        ("chaNgaySinh", "32 tuổi", "1930"),
    ],
)
def test_what_is_typed_takes_the_form_of_the_record(field: str, typed: str, value: str) -> None:
    assert meant(typed, extracted_book.records()[0], field)[0] == value


def test_a_server_that_is_not_there_is_one_clear_line(tmp_path: Path, book: Extracted) -> None:
    nobody = LabelStudio("http://127.0.0.1:9", "x")
    with nobody as studio, pytest.raises(MissingPartError, match="no answer"):
        studio.user()
    result = CliRunner().invoke(
        app,
        ["push", str(book.folder.root), "--url", "http://127.0.0.1:9"],
        env={"HOTICH_LABEL_STUDIO_TOKEN": ""},
    )
    assert isinstance(result.exception, UsageError) and "no token" in str(result.exception)


def test_a_stopped_server_is_known_and_its_secrets_are_private(tmp_path: Path) -> None:
    server = Server(tmp_path / "home")
    token = server.credentials.token
    assert len(token) == 40 and server.credentials.token == token
    assert stat.S_IMODE((tmp_path / "home" / "server.json").stat().st_mode) == 0o600
    assert not server.running() and not server.stop()


def test_the_report_says_who_did_what(book: Extracted) -> None:
    said = [
        ("nksHoTen", "Trần Thị Lành", "lan@xa.vn", False, 4.0),
        ("nksHoTen", "Trần Thị Lánh", "hoa@xa.vn", True, 6.0),
        ("chaHoTen", "Trần Văn Sửu", "lan@xa.vn", False, 8.0),
        ("chaHoTen", "Trần Văn Sửu", "hoa@xa.vn", True, None),
        ("nksHoTen", "Trần Thị Lánh", "ba@xa.vn", False, 3.0),
    ]
    for place, (code, value, author, second, seconds) in enumerate(said):
        time = f"2026-11-22T08:0{place}:00"
        book.store.correct(
            *(book.name, 1, 2, code),
            value=value,
            status="read",
            author=author,
            time=time,
            second=second,
            seconds=seconds,
        )
    work = work_of(book)
    lan, hoa, ba = sorted(work.people, key=lambda person: (-person.fields, person.first))
    assert (lan.name, lan.fields, lan.changed, lan.usual_seconds) == ("lan@xa.vn", 2, 0, 6.0)
    assert (hoa.second, hoa.changed, hoa.usual_seconds, ba.fields) == (2, 1, 6.0, 1)
    both = work.agreement
    assert (both.n, both.same, both.letters, both.settled) == (2, 1, 2, 1)
    page = write_report(book.folder.root).read_text("utf-8")
    for words in ("Người đã rà soát (3)", "lan@xa.vn", "giống nhau 1 (50,0 %)", "6,0"):
        assert words in page
