"""The report of many books: counted from their folders, and used in a real browser."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import extracted_book
import numpy as np
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page
from reviewer import at_the_browser

from common.errors import InputError
from extract.promise import keep
from extract.reopen import Extracted
from extract.report import Area, area_of, write_area, write_report
from extract.report.seen import Seen
from extract.report.summary import BookSummary
from extract.sample import Acceptance

STATES = ["", "learning", "waiting", "kept", "hopeless"]
HOSTILE = "=1+1<script>document.title='x'</script>"


def books(count: int) -> Iterator[BookSummary]:
    """Books of a province as they could be: 10 districts of 10 communes."""
    rng = np.random.default_rng(8)
    days = [f"2026-{month:02d}-{day:02d}" for month in (9, 10, 11) for day in range(1, 31, 2)]
    for place in range(count):
        fields = int(rng.integers(3000, 9000))
        person = int(rng.integers(0, fields // 3))
        waiting = int(rng.integers(0, fields // 4))
        sure = fields - person - waiting
        looked = person - person // 9
        mine = [days[i] for i in sorted(rng.choice(len(days), 3, replace=False))]
        district, commune = place % 10, place // 10 % 10
        yield BookSummary(
            name=f"KS.19{60 + place % 40}.{place // 40 + 1:02d}" if place else HOSTILE,
            place=(f"Huyện {'Ba Tri' if district else 'Đồng Xoài'} {district}", f"Xã {commune}"),
            report=Path(f"/srv/tinh/{place}/report.html"),
            register="KS",
            pages=fields // 50,
            unread=int(rng.integers(0, 3)),
            cases=fields // 30,
            levels={"sure": sure, "fair": waiting // 2, "poor": waiting - waiting // 2,
                    "person": person},
            waiting=waiting,
            seen=Seen(looked, looked * 9 // 10, looked * 0.88),
            read={mine[0]: fields // 100, mine[1]: fields // 100},
            answered={mine[2]: person},
            delivered=mine[2] if place % 3 == 0 else "",
            promise=STATES[place % 5],
        )  # fmt: skip


SAMPLES = (
    Acceptance(("KS.1962.01",), 499, "2026-11-20", "Nguyễn Thị A", 1, 499, 0.0, 0.011, 0.02, True),
    Acceptance(("KS.1963.01", "KS.1963.02"), 499),
)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of 500 books."""
    page = tmp_path_factory.mktemp("area") / "tinh.html"
    write_area(Area("Tỉnh Bến Tre", tuple(books(500)), SAMPLES), page)
    return page


@pytest.fixture(scope="module")
def opened(province: Path) -> Iterator[tuple[Page, float, list[str]]]:
    """The page in a browser, the CPU seconds it took, and what the browser complained of."""
    with at_the_browser(province.with_suffix(".net"), 1280, 900) as person:
        page, said = person.page, list[str]()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        clock = page.context.new_cdp_session(page)
        clock.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
        clock.send("Performance.enable")
        page.goto(province.as_uri())
        page.wait_for_function("document.getElementById('left').textContent.includes('500')")
        told = {
            one["name"]: one["value"] for one in clock.send("Performance.getMetrics")["metrics"]
        }
        yield page, told["TaskDuration"], said


def shown(page: Page, column: int) -> list[str]:
    """A column of the table as it stands, its hidden rows left out."""
    return page.evaluate(
        """column => [...document.querySelector(".part:not([hidden]) tbody").rows]
            .filter(row => !row.hidden).map(row => row.cells[column].textContent)""",
        column,
    )


def test_five_hundred_books_are_one_quick_page(
    opened: tuple[Page, float, list[str]], province: Path
) -> None:
    page, seconds, said = opened
    assert (
        0 < seconds < 10 and said == []
    )  # 1.3 where the machine does nothing else, 4 where it is busy
    assert province.stat().st_size < 1_000_000
    assert page.title() == "Tỉnh Bến Tre · hotich"  # nothing in a name ran
    assert page.locator("svg.bars").count() == 2
    text = page.inner_text("main")
    assert "giữ được: 100 sổ" in text and "đang kiểm" in text and "1,1 %" in text


def test_rows_are_sorted_sought_and_put_together(opened: tuple[Page, float, list[str]]) -> None:
    page, *_ = opened
    cases = page.locator(".part:not([hidden]) th button", has_text="Trường hợp")
    for downwards in (False, True):
        cases.click()
        numbers = [int(text.replace(".", "")) for text in shown(page, 6)]
        assert numbers == sorted(numbers, reverse=downwards) and len(numbers) == 500
    page.fill("#words", "dong xoai")  # without its accents
    assert len(shown(page, 0)) == 50 and set(shown(page, 0)) == {"Huyện Đồng Xoài 0"}
    page.select_option("#state", "hopeless")
    assert shown(page, 2) == [] and page.inner_text("#left") == "0 dòng"
    page.select_option("#state", "")
    page.locator("[role=tab]", has_text="Huyện").click()
    assert shown(page, 0) == ["Huyện Đồng Xoài 0"] and shown(page, 1) == ["50"]
    page.fill("#words", "")
    assert len(shown(page, 0)) == 10
    page.locator("[role=tab]", has_text="Sổ").click()


def test_a_telephone_shows_it_without_scrolling_sideways(
    opened: tuple[Page, float, list[str]],
) -> None:
    page, *_ = opened
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_telephone_shows_a_book_without_scrolling_sideways(
    opened: tuple[Page, float, list[str]], tmp_path: Path
) -> None:
    with extracted_book.make(tmp_path / "book") as book:
        said = {"status": "read", "author": "lan@xa.vn", "time": "2026-11-22T08:00"}
        book.store.correct(book.name, 1, 1, "nksHoTen", value="Nguyễn Văn Tứ", **said)  # type: ignore[arg-type]
    browser = opened[0].context.browser
    assert browser
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(write_report(tmp_path / "book").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_the_workbook_has_the_same_tables(province: Path) -> None:
    book = load_workbook(province.with_suffix(".xlsx"))
    assert book.sheetnames == ["Sổ", "Huyện", "Xã", "Theo ngày", "Mẫu nghiệm thu"]
    rows = list(book["Sổ"].iter_rows(min_row=2))
    assert len(rows) == 500
    hostile = next(row for row in rows if row[2].value == HOSTILE)
    assert hostile[2].data_type == "s" and hostile[2].quotePrefix
    fields = [cell.value for cell in book["Sổ"][1]].index("Ô")
    assert sum(row[fields].value for row in rows) == sum(one.fields for one in books(500))
    assert sum(row[3].value for row in book["Huyện"].iter_rows(min_row=2)) > 0
    assert book["Mẫu nghiệm thu"]["E2"].value == 1


def test_books_are_found_in_their_folders_and_counted(tmp_path: Path) -> None:
    home = tmp_path / "Bến Tre"
    for name, place in (("01", "Ba Tri/An Hòa"), ("02", "Ba Tri/Tân Xuân")):
        extracted_book.make(home / place / name).store.close()
    broken = home / "Ba Tri" / "hỏng"
    broken.mkdir()
    (broken / "records.jsonl").write_text("")
    with Extracted.open(home / "Ba Tri/An Hòa/01") as book:
        record = book.records()[0]
        book.store.correct(
            book.name, *record.key, "nksHoTen", value="Nguyễn Văn Tứ", status="read",
            author="lan", time="2026-11-22T08:00",
        )  # fmt: skip
        keep([book], {})
    old = home / "Ba Tri" / "cũ"
    extracted_book.make(old).store.close()
    (old / "promise.json").write_text('{"round": 1, "options": {}}')  # of an earlier version
    sample = home / "mau-1"
    sample.mkdir()
    (sample / "sample.json").write_text(json.dumps({"packages": {"KS.1962.01": {}}, "cells": [1]}))
    spoilt = [home / "mau-2", home / "mau-3", home / "Ba Tri" / "sửa tay"]
    for folder, name in zip(spoilt, ("sample.json", "verdict.json"), strict=False):
        folder.mkdir()
        (folder / "sample.json").write_text('{"packages": [], "cells": []}')
        (folder / name).write_text("{")
    with extracted_book.make(spoilt[2]) as book, sqlite3.connect(spoilt[2] / "store.sqlite") as by:
        by.execute("UPDATE field_values SET content='x' WHERE id=9")
    area = area_of([home])
    assert [book.place for book in area.books] == [("Ba Tri", "An Hòa"), ("Ba Tri", "Tân Xuân")]
    first, second = area.books
    assert (first.pages, first.unread, first.cases) == (3, 1, 4)
    assert first.promise == "hopeless" and second.promise == ""
    assert first.waiting == second.waiting > 0
    assert (first.seen.n, first.seen.right, first.levels["person"]) == (1, 0, 1)
    assert [one.cells for one in area.samples] == [1]
    assert dict(area.troubles).keys() == {broken, old, *spoilt}
    assert "take it away" in dict(area.troubles)[old]
    write_area(area, tmp_path / "huyen.html")
    text = (tmp_path / "huyen.html").read_text("utf-8")
    assert "Bến%20Tre" not in text and "An Hòa/01/report.html" in text
    with pytest.raises(InputError, match="no book here"):
        area_of([sample])
