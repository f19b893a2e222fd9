"""A ledger that nobody described: columns, headings, rows and numbers of pages drawn here."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont
from typer.testing import CliRunner

from common.errors import FormError, PackageError
from extract.deliver.package import DeliverOptions, deliver
from extract.ledger.columns import find_table
from extract.ledger.form import LedgerForm, load_ledger, place_ledger, save_ledger
from extract.ledger.headings import distinct
from extract.record import read_records
from extract.reopen import Extracted
from hotich.cli import build
from models.reading import Image

EDGES = (120, 280, 1000, 1250, 1480)
HEADINGS = ("SO", "HO VA TEN", "NGAY SINH", "GHI CHU")
ROWS = 9
TOP, BODY, PITCH = 200, 330, 190


def ledger_page(first: int, *, turned: float = 0.0, guide: bool = True) -> Image:
    """A page (2300, 1600) of a ledger: numbers run on from ``first``, 9 rows, two lines in some."""
    page = Pictures.new("L", (1600, 2300), 238)
    draw = ImageDraw.Draw(page)
    bottom = BODY + ROWS * PITCH + 40
    draw.line((30, 60, 30, 2240), fill=90, width=4)  # the edge of the paper
    draw.line((EDGES[0], TOP, EDGES[-1], TOP), fill=20, width=8)
    for x in EDGES:
        draw.line((x, TOP, x, bottom), fill=30, width=4)
    for x0, x1 in pairwise(EDGES):
        draw.line((x0 + 8, BODY, x1 - 8, BODY), fill=30, width=4)
    if guide:  # dong | xu: it guides the writing and begins below the headings
        draw.line((1400, BODY, 1400, bottom), fill=60, width=3)
    for x, text in zip(EDGES, HEADINGS, strict=False):
        draw.text((x + 24, TOP + 45), text, fill=20, font=ImageFont.load_default(34))
    hand = ImageFont.load_default(40)
    for row in range(ROWS):
        y = BODY + 40 + row * PITCH
        draw.text((EDGES[0] + 40, y), str(first + row), fill=40, font=hand)
        draw.text((EDGES[1] + 30, y), "Nguyen Van Binh", fill=40, font=hand)
        if row % 2:
            draw.text((EDGES[1] + 30, y + 70), "o Long An", fill=40, font=hand)
        draw.text((EDGES[2] + 30, y), "12.5.1931", fill=40, font=hand)
    image = np.asarray(page, dtype=np.uint8)
    about = cv2.getRotationMatrix2D((800, 1150), turned, 1)
    return np.asarray(cv2.warpAffine(image, about, (1600, 2300), borderValue=238), dtype=np.uint8)


@pytest.mark.parametrize("guide", [False, True])
def test_columns_are_the_rules_through_the_heading(guide: bool) -> None:
    table = find_table(ledger_page(7, guide=guide))
    assert table is not None
    assert np.abs(table.edges(1000) - EDGES).max() < 6
    assert abs(table.body - BODY) < 8


def test_a_frame_that_runs_into_the_edge_of_the_paper_is_a_column_s_end() -> None:
    page = ledger_page(7)
    page[60:TOP, EDGES[-1] - 2 : EDGES[-1] + 2] = 60
    table = find_table(page)
    assert table is not None and len(table.rules) == len(EDGES)
    assert np.abs(table.edges(1000) - EDGES).max() < 6


def test_no_table_is_found_where_none_is() -> None:
    assert find_table(np.full((2300, 1600), 240, np.uint8)) is None
    lines = np.full((2300, 1600), 240, np.uint8)
    lines[300:2000:60] = 60  # ruled paper
    assert find_table(lines) is None


def test_the_books_columns_stand_where_a_page_lost_its_rule(tmp_path: Path) -> None:
    left = tuple((edge - EDGES[0]) / (EDGES[-1] - EDGES[0]) for edge in EDGES[:-1])
    form = LedgerForm(("a", "b", "c", "d"), left)
    page = ledger_page(7)
    page[:, 990:1010] = 238
    assert np.abs(place_ledger(page, form).edges(1000) - EDGES).max() < 8
    with pytest.raises(FormError, match="another table"):
        place_ledger(page, LedgerForm(tuple("abcdefgh"), tuple(i / 8 for i in range(8))))
    save_ledger(form, tmp_path / "form.yaml")
    assert load_ledger(tmp_path / "form.yaml").names == form.names
    for broken in ("columns: 3", "{register: ANY, numbers: 9, columns: [{name: a, left: 0}]}"):
        (tmp_path / "form.yaml").write_text(broken)
        with pytest.raises(FormError):
            load_ledger(tmp_path / "form.yaml")


def test_names_are_distinct_and_never_empty() -> None:
    assert distinct(["Ngày", "", "Ngày"]) == ["Ngày", "cột 2", "Ngày 3"]


def test_a_book_of_any_kind_becomes_records_named_by_its_headings(tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    letter = np.full((2300, 1600), 238, np.uint8)
    for y in range(300, 1900, 90):
        cv2.putText(letter, "a letter, no table", (200, y), 0, 1.6, 40, 3)
    pages = [ledger_page(7, turned=1.2), ledger_page(16, turned=-0.7), letter]
    for number, page in enumerate(pages):
        cv2.imwrite(str(scans / f"{number}.png"), page)
    call = ["extract", str(scans), "--register", "ANY", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(build("extract"), call)
    assert done.exit_code == 1, done.output  # the third page shows no table
    records = read_records(tmp_path / "out" / "records.jsonl")
    assert len(records) == 2 * ROWS
    form = load_ledger(tmp_path / "out" / "form.yaml")
    assert len(form.names) == 4 and "TEN" in form.names[1].upper()
    number, name, date, note = form.names
    assert [record.get(number).value for record in records] == [str(n) for n in range(7, 25)]
    assert all(record.get(note).status == "blank" for record in records)
    assert sum("1931" in (record.get(date).value or "") for record in records) >= 16
    two_lines = [record.get(name).box for record in records if record.entry % 2 == 0]
    assert all(box and box[3] - box[1] > 80 for box in two_lines)
    assert (tmp_path / "out" / "report.html").is_file()

    with pytest.raises(PackageError, match="nobody described"):
        deliver(Extracted.open(tmp_path / "out"), tmp_path / "package", DeliverOptions())

    named = yaml.safe_load((tmp_path / "out" / "form.yaml").read_text(encoding="utf-8"))
    named["columns"][1]["name"] = "Họ và tên"  # one correction for the whole book
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(named, allow_unicode=True), "utf-8")
    CliRunner().invoke(build("extract"), [*call, "--form", str(tmp_path / "mine.yaml")])
    again = read_records(tmp_path / "out" / "records.jsonl")
    assert [record.get("Họ và tên").value for record in again] == [
        record.get(name).value for record in records
    ]
