"""The report, parsed again: every doubtful field, every box, every cause; nothing from outside."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import cv2
import extracted_book
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from common.errors import InputError
from extract.record import FieldValue
from extract.reopen import Extracted
from extract.report import write_report
from extract.report.causes import told
from extract.report.levels import level
from extract.report.view import book_view
from hotich.commands.report import report


@dataclass
class Page(HTMLParser):
    """The elements of a page, and its text."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Extracted]:
    with extracted_book.make(tmp_path / "book") as made:
        yield made


def read(book: Extracted) -> Page:
    page = Page()
    page.feed(write_report(book.folder.root).read_text("utf-8"))
    return page


def test_every_box_lies_on_its_page_and_every_picture_is_there(book: Extracted) -> None:
    page = read(book)
    boxes = [v.box for r in book.records() for v in r.fields.values() if v.box]
    rects = page.all("rect")
    assert len(rects) == len(boxes) == 32
    assert (rects[0]["x"], rects[0]["y"], rects[0]["width"]) == ("300", "200", "1100")
    (first, _) = page.all("svg")
    assert first["viewbox"] == f"0 0 {extracted_book.WIDTH}.0 {extracted_book.HEIGHT}.0"
    pictures = [image["src"] for image in page.all("img")]
    assert pictures.count("pages/0001.jpg") == 1
    assert all((book.folder.root / source).is_file() for source in pictures)


def test_what_a_person_must_look_at_comes_least_sure_first(book: Extracted) -> None:
    record = book.records()[3]
    worst = FieldValue(**{**vars(record.get("chaHoTen")), "confidence": 0.11})
    records = [*book.records()[:3], record.with_fields({"chaHoTen": worst})]
    book.store.save_records(book.name, records)
    waiting = [v for r in records for v in r.fields.values() if v.review]
    page = read(book)
    cards = [attrs for attrs in page.all("div") if "card" in attrs.get("class", "").split()]
    assert len(cards) == len(waiting) == 14
    assert cards[0]["data-column"] == "chaHoTen"
    assert "Cần người xem (14)" in page.text and "Họ của con khác họ của cha" in page.text


def test_a_corrected_field_leaves_the_list_and_is_counted(book: Extracted) -> None:
    before = book_view(book)
    book.store.correct(
        book.name, 1, 2, "nksHoTen", value="Lãnh", status="read", author="lan", time="2026"
    )
    book.store.correct(
        book.name, 1, 2, "nksGioiTinh", value="Nữ", status="read", author="lan", time="2026"
    )
    after = book_view(book)
    assert len(after.waiting) == len(before.waiting) - 2 and after.levels["person"] == 2
    assert (after.seen.n, after.seen.right) == (2, 1)
    assert after.seen.promised == pytest.approx(1.2)
    assert (
        "Trong 2 ô người đã xem của sổ này, máy đúng 1 ô (50,0 %), máy hứa 60,0 %"
        in read(book).text
    )


def test_a_page_that_was_not_read_is_shown_with_its_cause(book: Extracted) -> None:
    page = read(book)
    assert "tệp ảnh hỏng hoặc bị cắt cụt" in page.text and "Tờ không đọc được (1)" in page.text
    assert "2 đã đọc" in page.text and "1 lỗi" in page.text
    assert extracted_book.DAMAGED in [cell.get("title") for cell in page.all("td")]


def test_every_cause_that_a_page_can_have_is_told_in_vietnamese() -> None:
    causes = list(_causes())
    assert len(causes) > 15
    unknown = told("unexpected KeyError: 'x'")
    assert [cause for cause in causes if told(cause) == unknown] == []
    assert told("") == ""
    assert told("a.tif: the page has 9×9 pixels, more than the limit of 1,000 — scan") == (
        "ảnh quá lớn (9×9 điểm ảnh, giới hạn 1.000); quét ở độ phân giải thấp hơn"
    )
    assert "(30 s)" in told("it was stopped after 30 s")


def _causes() -> Iterator[str]:
    """Every message of the errors that are recorded as a page's cause, numbers put in."""
    root = Path(__file__).parents[1]
    own = [
        "extract/reading/page.py",
        "extract/form/place.py",
        "common/executor.py",
        "common/worker_pool.py",
    ]
    for file in [*(root / "preprocessing").glob("*.py"), *(root / name for name in own)]:
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            named = isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            if not named or call.func.id not in ("PageError", "FormError", "PageResult"):
                continue
            words = call.args[2 if call.func.id == "PageResult" else 0]
            parts = words.values if isinstance(words, ast.JoinedStr) else [words]
            known = [p.value if isinstance(p, ast.Constant) else "7" for p in parts]
            text = "".join(map(str, known))
            if text.strip("7") and "is no page" not in text:  # never of a scan that was opened
                yield text


def test_pages_to_scan_again_are_listed_with_the_reason(book: Extracted) -> None:
    assert "Tờ nên quét lại" not in read(book).text
    records = book.records()
    doubt = {
        code: FieldValue(**{**vars(value), "confidence": 0.2})
        for code, value in records[0].fields.items()
        if value.status == "read"
    }
    book.store.save_records(book.name, [r.with_fields(doubt) for r in records if r.page == 1])
    assert "Tờ nên quét lại" not in read(book).text  # the ink is sound: it is the hand
    picture = cv2.imread(str(book.folder.page_image(1)))
    pale = cv2.GaussianBlur(225 - (225 - picture.astype(np.float32)) * 0.15, (0, 0), 2)
    cv2.imwrite(str(book.folder.page_image(1)), pale)
    page = read(book)
    assert "Nên quét lại (1)" in page.text and "nét mực nhạt" in page.text
    assert [i["src"] for i in page.all("img") if i.get("class") == "thumbnail"] == [
        "pages/0001.jpg"
    ]
    for record in records:
        for code in doubt if record.page == 1 else ():
            book.store.correct(
                book.name, 1, record.entry, code, value="x", status="read", author="lan", time="2"
            )
    assert "Tờ nên quét lại" not in read(book).text  # people have read it


def test_the_table_by_column_counts_the_states(book: Extracted) -> None:
    columns = {column.code: column for column in book_view(book).columns}
    assert columns["nksHoTen"].counts["read"] == 4 and columns["nksHoTen"].review == 2
    assert columns["ghiChu"].counts["blank"] == 4
    assert columns["chaHoTen"].mean == round((97 + 60) / 2)
    assert "meHoTen" not in columns  # absent on the form


def test_the_found_form_is_shown_where_there_is_one(book: Extracted) -> None:
    assert "Mẫu in" not in read(book).text
    book.folder.overlay.write_bytes(b"png")
    page = read(book)
    assert "Mẫu in" in page.text and "overlay.png" in [image["src"] for image in page.all("img")]


def test_levels() -> None:
    def at(confidence: float, **more: object) -> str:
        return level(FieldValue(status="read", confidence=confidence, **more))  # type: ignore[arg-type]

    assert [at(p) for p in (1.0, 0.95, 0.9, 0.8, 0.79, 0.0)] == [
        "sure", "sure", "fair", "fair", "poor", "poor"
    ]  # fmt: skip
    assert at(0.2, author="lan") == "person"
    assert level(FieldValue(status="blank")) == "empty"


def test_markup_in_a_field_stays_text_and_nothing_comes_from_outside(book: Extracted) -> None:
    evil = '"><script>alert(1)</script><img src="http://evil/x">'
    book.store.correct(
        book.name, 1, 1, "nksHoTen", value=evil, status="read", author=evil, time="2026"
    )
    page = read(book)
    assert len(page.all("script")) == 1
    assert evil in " ".join(page.words)
    addresses = [a.get("src", "") + a.get("href", "") for _, a in page.elements]
    assert not any(re.match(r"(https?:)?//", address) for address in addresses)
    assert any("default-src 'none'" in meta.get("content", "") for meta in page.all("meta"))


def test_the_command_and_what_is_no_book(book: Extracted, tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(report)
    result = CliRunner().invoke(app, [str(book.folder.root)])
    assert result.exit_code == 0 and result.output.strip().endswith("report.html")
    with pytest.raises(InputError, match="no records here"):
        write_report(tmp_path)
