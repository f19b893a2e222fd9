"""The commands that print the figures of docs/registers.md, on what costs nothing to read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from common.errors import FormError, InputError
from extract.evaluate import Score
from extract.folder import BookFolder
from extract.reading.readings import EntryReading, PageReading, SlotReading
from extract.record import ABSENT, FieldValue, Record
from extract.registers import Register, load_register, register_codes
from hotich.evaluation import books, refusal
from hotich.evaluation.books import BookFigure, add_rows, orders
from hotich.evaluation.effort import Book
from hotich.evaluation.extraction import Extraction
from hotich.evaluation.joint import Joint
from hotich.evaluation.rendered import Order
from hotich.evaluation.table_of_books import summary
from models.reading import Image

KS = load_register("KS")


def test_every_register_and_generation_has_its_book() -> None:
    asked = orders(register_codes(), None, ["moderate"], 6, [9])
    assert len(asked) == 25
    assert len({order.name for order in asked}) == 25
    assert "KH-tt15-2015-moderate-6-9" in {order.name for order in asked}


def test_a_table_goes_on_after_a_failed_book_and_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[str] = []

    def once(order: Order, work: Path) -> BookFigure:
        run.append(order.register_code)
        if order.register_code == "KT":
            raise InputError("the pages show | no form")
        extraction = Extraction(BookFolder(work), 10.0, 8.0, 100.0, 0)
        return BookFigure(order, Score(), extraction)

    monkeypatch.setattr(books, "evaluate_book", once)
    asked = orders(["KT", "HN"], ["tt15-2015"], ["clean"], 4, [9])
    table = tmp_path / "table.md"
    rows = list(add_rows(asked, tmp_path, table))
    assert len(rows) == 2 and "failed: the pages show / no form" in rows[0]
    assert rows[1].endswith("| 2.0 |")
    asked += orders(["TD"], ["tt15-2015"], ["clean"], 4, [9])
    assert len(list(add_rows(asked, tmp_path, table))) == 1
    assert run == ["KT", "HN", "TD"]  # what has its row is not run again
    lines = table.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 5 and lines[0] == books.HEAD
    assert len({line.count("|") for line in [*lines[:2], lines[3]]}) == 1


def test_a_table_says_together_which_forms_are_short(tmp_path: Path) -> None:
    table = tmp_path / "table.md"
    row = "| {} | f | severe | 6 | 9 | 100.0% (6) | {} | 97.0% (80) |{} 5.0 |"
    rest = " 50.0% (10) |" + " – |" * len(books.KINDS)
    table.write_text(
        f"{books.HEAD}\n{'|---' * (books.HEAD.count('|') - 1)}|\n"
        + "\n".join(
            [
                row.format("KS", "98.0% (300)", rest),
                row.format("KH", "90.0% (100)", rest),
                "| KT | f | severe | 6 | 9 | failed: the pages show no form |",
            ]
        ),
        encoding="utf-8",
    )
    said = list(summary(table))
    assert said[0] == "severe decay, 3 rendered books"
    assert said[2] == (
        "  box holds the true centre: 96.0 % (n 400); at least 98 % in 1 of 3; "
        "short: KH f 90.0, KT f failed"
    )
    assert "at least 97 % in 2 of 3" in said[3]
    assert said[4] == "  value exact: 50.0 % (n 20)"


def test_strays_and_wrong_books_and_right_pages_are_counted_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rendered(order: Order, work: Path) -> Path:
        """Every register's pages are of another height."""
        pages = work / order.name / "pages"
        pages.mkdir(parents=True, exist_ok=True)
        sheet = np.full((height_of(order.register_code), 600, 3), 245, np.uint8)
        for y in range(80, len(sheet) - 60, 40):
            cv2.putText(
                sheet, "khai sinh so 12", (40, y), cv2.FONT_HERSHEY_PLAIN, 2, (20, 20, 20), 2
            )
        for page in range(1, order.pages + 1):
            cv2.imwrite(str(pages / f"{page}.png"), sheet)
        return pages.parent

    def height_of(code: str) -> int:
        return 600 + 150 * register_codes().index(code)

    def learn(pages: Sequence[Image], register: Register, *_: object) -> SimpleNamespace:
        if abs(pages[0].shape[0] - height_of(register.code)) > 60:
            raise FormError("the pages show another register")
        return SimpleNamespace(generation="tt15-2015", high=height_of(register.code))

    def place(page: Image, form: SimpleNamespace) -> None:
        if abs(page.shape[0] - form.high) > 60:
            raise FormError("the page does not show | the book's form")

    monkeypatch.setattr(Order, "rendered", rendered)
    monkeypatch.setattr(refusal, "read_print", lambda pages, *_: pages)
    monkeypatch.setattr(refusal, "form_of", learn)
    monkeypatch.setattr(refusal, "place_form", place)
    asked = orders(["KS", "KT"], ["tt15-2015"], ["clean"], 3, [9])
    table = tmp_path / "rows.md"
    rows = list(refusal.add_rows(asked[:1], 3, 2, tmp_path, table))
    assert rows[0] == f"| {asked[0].name} | 0 of 3 | 2 of 2 | 3 of 3 |  |"
    monkeypatch.setattr(refusal, "place_form", lambda page, form: None)
    first, loose, both = refusal.add_rows(asked, 3, 2, tmp_path, table)
    assert first == rows[0]  # it is there already
    assert "| 0 of 3 | 0 of 2 | 3 of 3 | page 1 of" in loose and loose.count("not refused") == 2
    assert both.startswith("| **all 2** | 0 of 6 | 2 of 4 | 6 of 6 |")
    assert len(table.read_text(encoding="utf-8").splitlines()) == 4


def test_what_deciding_together_mends_and_breaks_is_counted() -> None:
    def page(number: int, own: str, signer: Sequence[tuple[str, float]]) -> PageReading:
        slots = (
            SlotReading("so", "number_token", (0, 0, 9, 9), candidates=((own, 0.9),)),
            SlotReading("nguoiKy", "person_name", (0, 9, 9, 18), candidates=tuple(signer)),
        )
        return PageReading(number, (EntryReading(1, slots),))

    usual = (("Lê Văn Rim", 0.9),)
    pages = [page(n, str(n), usual) for n in range(1, 8)]
    pages[3] = page(4, "9", (("Lê Văn Rum", 0.5), ("Lê Văn Rim", 0.4)))
    absent = dict.fromkeys((column.code for column in KS.columns), ABSENT)

    def true(number: int) -> Record:
        signer = "Lê Văn Rum" if number == 4 else "Lê Văn Rim"  # as it happens, another officer
        said = {"so": f"{number:02d}/1962", "nguoiKy": signer}
        fields = {code: FieldValue(value, value, status="read") for code, value in said.items()}
        return Record("b", number, 1, "KS", "rvn-1955-1975", {**absent, **fields})

    truth = {(n, 1): true(n) for n in range(1, 8)}
    joint = Joint()
    joint.include(Book("b", tuple(pages), KS, KS.generation("rvn-1955-1975"), truth))
    names = joint.gains["names"]
    assert (names.n, names.alone, names.joint, names.broke) == (7, 7, 6, 1)
    (broken,) = [change for change in joint.changes if change.broke]
    assert (broken.page, broken.code) == (4, "nguoiKy") and "broke" in str(broken)
    assert f"| {broken.rule} | names | 0 | 1 | 0 |" in joint.by_rule()
    assert broken.rule == "the book's own"
    rows = list(joint.rows())
    assert rows[-2].startswith("| **names** | 7 | 100.0% | 85.7% | -14.3 | 1 (14.29%)")
