"""Text that would compute, run or lead out of its folder: harmless wherever it is written."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import package_book
import pdfa
import pymupdf
import pytest
from openpyxl import load_workbook

from annotation.tasks import field_task
from extract.acceptance import find_packages
from extract.deliver import DeliverOptions, deliver
from extract.log.audit import story
from extract.record import Record
from extract.report import area_of, write_area, write_report
from extract.report.story import story_page
from extract.sample import SampleOptions, draw_sample, statement_pdf, take_sample
from extract.sample.inspect import SHEET

BAD = {
    "ghHoTen": "=1+1",
    "dghHoTen": "+84",
    "nguoiKy": "<script>alert(1)</script>",
    "nycHoTen": "@SUM(A1)",
    "ghiChu": "-Tư",
    "noiDangKy": "a/../../b",
    "chucVuNguoiKy": "\0x",
    "nguoiThucHien": "]]>&<img src=http://e/x onerror=alert(2)>",
}


class Made(NamedTuple):
    """Everything that hotich writes of one book, below ``home``."""

    home: Path
    records: list[Record]

    def files(self, ending: str) -> list[Path]:
        return sorted(path for path in self.home.rglob(f"*{ending}") if path.is_file())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    home = tmp_path_factory.mktemp("hostile") / "tinh"
    with package_book.make(home / "xa" / "book", "GH") as book:
        for code, text in BAD.items():
            book.store.correct(
                book.name, 1, 1, code, value=text, raw=text, author=text.strip("\0"),
                status="read", time="2026-11-22T08:00",
            )  # fmt: skip
        deliver(book, home / "out", DeliverOptions())
        told = story(book, (1, 1, "nguoiKy"))
        (home / "story.html").write_bytes(story_page(book.name, told))
        records = book.records()
    sample = home / "sample"
    draw_sample(find_packages([home / "out"]), sample, SampleOptions(half_width=0.2, least=1))
    sheet = sample / "kiem-tra" / SHEET
    workbook = load_workbook(sheet)
    for row in workbook.worksheets[0].iter_rows():
        if str(row[0].value).isdigit():
            row[4].value, row[4].data_type = BAD["nguoiKy"], "s"
    workbook.save(sheet)
    (home / "statement.pdf").write_bytes(
        statement_pdf(take_sample(sample, sheet), BAD["nguoiKy"], 0.01, date(2026, 11, 22))
    )
    write_report(home / "xa" / "book")
    write_area(area_of([home]), home / "area.html")
    return Made(home, records)


def workbooks(made: Made) -> None:
    assert len(made.files(".xlsx")) == 3
    for path in made.files(".xlsx"):
        with zipfile.ZipFile(path) as parts:
            assert not any(b"<f>" in parts.read(name) for name in parts.namelist()), path
        for sheet in load_workbook(path):
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                assert cell.data_type in ("s", "n", "inlineStr")
                link = cell.hyperlink.target if cell.hyperlink else "x"
                assert re.fullmatch(r"[\w./-]+", link) and ".." not in link  # beside the sheet
                if isinstance(cell.value, str) and cell.value[:1] in "=+-@" and cell.value:
                    assert cell.quotePrefix or path.parent.name == "kiem-tra", cell.value


def names(made: Made) -> None:
    for path in made.files(""):
        assert re.fullmatch(r"[\w./-]+", str(path.relative_to(made.home))), path
    for path in made.files(".zip"):
        with zipfile.ZipFile(path) as archive:
            assert all(re.fullmatch(r"[\w.-]+", name) for name in archive.namelist())


def pdfs(made: Made) -> None:
    for path in made.files(".pdf"):
        with pymupdf.open(path) as document:
            assert not any(page.get_links() for page in document), path
            objects = "".join(
                document.xref_object(number) for number in range(1, document.xref_length())
            )
            assert not re.search(r"/(JavaScript|JS|OpenAction|AA|URI|Launch)\b", objects), path
        if path.parent.name.endswith(".archive"):
            assert pdfa.faults(path.read_bytes()) == []
    with pymupdf.open(made.files(".keying.pdf")[0]) as keying:
        assert BAD["nguoiKy"] in keying[0].get_text().replace("\n", "")


def xml(made: Made) -> None:
    for path in made.files(".xml"):
        root = ElementTree.parse(path).getroot()
        assert "<script" not in path.read_text("utf-8")
        said = {node.get("CONTENT", node.text) for node in root.iter()}
        assert BAD["nguoiKy"] in said


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {key: value or "" for key, value in attrs}))


def pages(made: Made) -> None:
    assert len(made.files(".html")) == 3
    for path in made.files(".html"):
        text = path.read_text("utf-8")
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", text), path
        found = Elements(text).found
        assert sum(tag == "script" for tag, _ in found) <= 1  # our own
        assert not any(key.startswith("on") for _, attributes in found for key in attributes)
        assert not any("//" in a.get("src", "") for tag, a in found if tag != "svg"), path


def tasks(made: Made) -> None:
    for code, text in BAD.items():
        task = field_task(made.records[0], code, Path("crop.jpg"), "http://127.0.0.1/x")
        told = json.dumps(task, ensure_ascii=False)
        shown = {tag for tag, _ in Elements(task["data"].get("marks", "")).found}
        assert shown <= {"div", "span"}, text
        assert json.loads(told) == task


@pytest.mark.parametrize("check", [workbooks, names, pdfs, xml, pages, tasks])
def test_hostile_text_is_only_text(made: Made, check: Callable[[Made], None]) -> None:
    check(made)
