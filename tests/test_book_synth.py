"""Rendered books: their truth against their own pictures, and against themselves."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pymupdf
import pytest
from numpy.typing import NDArray

from common.errors import UsageError
from models.synth.book import BookOptions, render_book
from models.synth.faces import faces
from models.synth.people import personal_number, society
from models.synth.plan import plan_book
from models.synth.press import load_form
from models.synth.spoken import PLAIN, SOUTH, spoken, spoken_date
from models.synth.truth import register_codes

SAMPLE = Path(__file__).parent.parent / "sample"
CODES = Path(__file__).parent.parent / "extract" / "parse" / "province_codes.csv"
FORMS = ("rvn-1955-1975", "1976-1998", "tt15-2015")
WRITTEN = ("read", "ditto", "derived")
DATE = re.compile(r"\d{2}\.\d{2}\.\d{4}$|\d{2}\.\d{4}$|\d{4}$")


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two pages of every form, in clean condition, at a low resolution."""
    folder = tmp_path_factory.mktemp("books")
    return {
        form: render_book(
            BookOptions(form=form, pages=2, seed=5, severity="clean", split="test", dpi=130),
            folder / form,
        )
        for form in FORMS
    }


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def fields_of(book: Path) -> list[tuple[dict[str, Any], str, dict[str, Any]]]:
    """Every field of a book, with its record and code."""
    return [(r, c, f) for r in lines(book / "truth.jsonl") for c, f in r["fields"].items()]


@pytest.mark.parametrize("form", FORMS)
def test_every_record_lists_every_code_and_boxes_what_the_form_has(
    books: dict[str, Path], form: str
) -> None:
    facts = json.loads((books[form] / "book.json").read_text(encoding="utf-8"))
    on_form = {*facts["codes_on_form"], "nksNoiSinhDVHC"}
    assert {"so", "ngayDangKy", "nksHoTen", "nksNgaySinh", "chaHoTen", "meHoTen"} <= on_form
    records = lines(books[form] / "truth.jsonl")
    assert len(records) == facts["cases"] == 2 * facts["entries_per_page"]
    for record in records:
        assert tuple(record["fields"]) == register_codes("KS")
        image = grey_of(books[form] / f"pages/{record['page']:04d}.jpg")
        for code, field in record["fields"].items():
            absent = field["status"] == "absent_on_form"
            assert absent == (code not in on_form), code
            assert absent == (field["box"] is None), code
            assert (field["value"] is not None) == (field["status"] in WRITTEN), code
            if field["box"]:
                x0, y0, x1, y1 = field["box"]
                assert 0 <= x0 < x1 <= image.shape[1]
                assert 0 <= y0 < y1 <= image.shape[0]


@pytest.mark.parametrize("form", FORMS)
def test_boxes_lie_tightly_around_the_ink(books: dict[str, Path], form: str) -> None:
    """Ink reaches within 3 px of all four sides of a box, and not when the box is moved."""
    fitting, moved, n = 0, 0, 0
    for record, code, field in fields_of(books[form]):
        if field["status"] != "read" or code in ("loaiDangKy", "nksLoaiKhaiSinh"):
            continue
        grey = grey_of(books[form] / f"pages/{record['page']:04d}.jpg")
        n += 1
        fitting += touches_all_sides(grey, field["box"])
        x0, y0, x1, y1 = field["box"]
        away = 12 + (y1 - y0) // 2
        moved += touches_all_sides(grey, [x0 + 9, y0 - away, x1 + 9, y1 - away])
    assert n >= 30
    assert fitting / n > 0.93
    assert moved / n < 0.5


def grey_of(path: Path) -> NDArray[np.uint8]:
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)


def touches_all_sides(grey: NDArray[np.uint8], box: list[int]) -> bool:
    x0, y0, x1, y1 = (max(0, v) for v in box)
    around = grey[max(0, y0 - 15) : y1 + 15, max(0, x0 - 15) : x1 + 15]
    inside = grey[y0:y1, x0:x1]
    if not inside.size:
        return False
    ink = inside < np.median(around) - 28
    sides = (ink[:3], ink[-3:], ink[:, :3], ink[:, -3:])
    return all(bool(side.any()) for side in sides)


@pytest.mark.parametrize("form", FORMS)
def test_the_printed_form_is_the_same_on_all_pages(books: dict[str, Path], form: str) -> None:
    pages: dict[int, list[str]] = {}
    for mark in lines(books[form] / "layout.jsonl"):
        if mark["kind"] in ("label", "title"):
            pages.setdefault(mark["page"], []).append(mark["text"])
    assert len(pages) == 2
    assert pages[1] == pages[2]
    assert len(pages[1]) >= 15


@pytest.mark.parametrize("form", FORMS)
def test_values_follow_the_contract(books: dict[str, Path], form: str) -> None:
    for record, code, field in fields_of(books[form]):
        value = field["value"]
        if value is None:
            continue
        assert value == re.sub(r"\s+", " ", value).strip()
        year = record["fields"]["ngayDangKy"]["value"][-4:]
        if code in ("so", "quyenSo"):
            assert re.fullmatch(rf"\d{{2,}}/{year}", value)
        elif code in ("ngayDangKy", "nksNgaySinh", "chaNgaySinh", "meNgaySinh"):
            assert DATE.match(value)
        elif code == "nksGioiTinh":
            assert value in ("Nam", "Nữ")
        elif code.endswith("HoTen") and "-" not in (field["raw"] or ""):
            assert value == (field["raw"] or "").title() or field["status"] == "ditto"
        elif code.endswith("HoTen"):
            assert "-" not in value and value.lower() == field["raw"].replace("-", " ").lower()


def test_ages_give_birth_years_and_dittos_the_other_parents_home(tmp_path: Path) -> None:
    derived = dittos = 0
    for seed in (1, 2, 3):
        options = BookOptions(form=FORMS[0], pages=4, seed=seed, dpi=60, severity="clean")
        for record, code, field in fields_of(render_book(options, tmp_path / str(seed))):
            fields = record["fields"]
            if code in ("chaNgaySinh", "meNgaySinh") and field["status"] == "derived":
                age = re.match(r"\d+", field["raw"])
                year = int(fields["ngayDangKy"]["value"][-4:])
                derived += 1
                assert age is None or int(field["value"]) == year - int(age.group())
            if code == "meNoiCuTru" and field["status"] == "ditto":
                dittos += 1
                assert field["value"] == fields["chaNoiCuTru"]["value"]
    assert derived > 10
    assert dittos > 0


@pytest.mark.parametrize("form", FORMS)
def test_families_and_sequence_are_plausible(form: str) -> None:
    plan = plan_book(BookOptions(form=form, seed=9))
    cases = list(plan.community.cases(150, 31))
    assert [case.number for case in cases] == list(range(31, 181))
    days = [case.registered for case in cases]
    assert days == sorted(days)
    assert len({day.year for day in days}) == 1
    for case in cases:
        assert case.child.born < case.registered
        assert 16 < (case.child.born - case.mother.born).days / 365.25 < 45
        assert case.child.surname == (case.father or case.mother).surname
        assert case.late == ((case.registered - case.child.born).days > 60)
    assert any(case.father is None for case in cases)
    assert any(case.late for case in cases)


def test_same_seed_same_bytes_other_seed_other_book(tmp_path: Path) -> None:
    def rendered(name: str, seed: int) -> dict[str, bytes]:
        options = BookOptions(form=FORMS[1], pages=1, seed=seed, severity="severe", dpi=70)
        folder = render_book(options, tmp_path / name)
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    first, again, other = rendered("a", 3), rendered("b", 3), rendered("c", 4)
    assert first == again
    assert set(first) == {"pages/0001.jpg", "truth.jsonl", "layout.jsonl", "book.json"}
    assert first["pages/0001.jpg"] != other["pages/0001.jpg"]
    assert first["truth.jsonl"] != other["truth.jsonl"]


@pytest.mark.parametrize("form", FORMS)
def test_test_books_use_presses_and_faces_that_training_never_sees(form: str) -> None:
    presses: dict[str, set[str]] = {split: set() for split in ("train", "test")}
    for press in load_form(form).presses:
        presses[press.split].add(press.name)
    assert len(presses["train"]) >= 3
    assert len(presses["test"]) >= 2
    assert not presses["train"] & presses["test"]
    trained = {face.path for look in ("handwriting", "typewriter") for face in faces(look, "train")}
    for seed in range(6):
        plan = plan_book(BookOptions(form=form, seed=seed, split="test"))
        assert plan.press.name in presses["test"]
        assert all(writer.hand.face.path not in trained for writer in plan.writers)


def test_severity_shows_on_the_page_and_in_the_truth(tmp_path: Path) -> None:
    illegible: dict[str, int] = {}
    dark: dict[str, float] = {}
    for severity in ("clean", "severe"):
        values = {"form": FORMS[0], "pages": 6, "seed": 8, "dpi": 60, "severity": severity}
        book = render_book(BookOptions.of(**values), tmp_path / severity)
        illegible[severity] = sum(f["status"] == "illegible" for _, _, f in fields_of(book))
        dark[severity] = float(np.mean([grey_of(p).mean() for p in book.glob("pages/*")]))
    assert illegible["severe"] > illegible["clean"]
    assert dark["severe"] < dark["clean"]


def test_a_pdf_holds_the_scans_untouched_and_covers_are_no_cases(tmp_path: Path) -> None:
    options = BookOptions(form=FORMS[0], pages=2, seed=6, dpi=72, covers=True)
    book = render_book(options, tmp_path / "pdf", pdf=True)
    pages = sorted((render_book(options, tmp_path / "jpg") / "pages").iterdir())
    facts = json.loads((book / "book.json").read_text(encoding="utf-8"))
    with pymupdf.open(book / f"{facts['book']}.pdf") as document:
        assert len(document) == 4
        for page, path in zip(document, pages, strict=True):
            (image,) = page.get_images()
            assert document.extract_image(image[0])["image"] == path.read_bytes()
    assert facts["non_case_pages"] == [1, 4]
    assert {record["page"] for record in lines(book / "truth.jsonl")} == {2, 3}


def test_a_form_or_a_layout_that_is_not_described_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no form"):
        render_book(BookOptions(form="1850"), tmp_path)
    with pytest.raises(UsageError, match="9 entries"):
        render_book(BookOptions(form=FORMS[0], entries_per_page=9), tmp_path)


def test_the_sample_book_is_what_its_command_renders(tmp_path: Path) -> None:
    facts = json.loads((SAMPLE / "book.json").read_text(encoding="utf-8"))
    kept = {name: facts[name] for name in ("form", "seed", "severity", "split", "dpi")}
    first = render_book(BookOptions(**kept, pages=2, name=facts["book"]), tmp_path)
    sample = lines(SAMPLE / "truth.jsonl")
    for fresh, stored in zip(lines(first / "truth.jsonl"), sample, strict=False):
        for code, field in fresh["fields"].items():
            assert {**field, "box": 0} == {**stored["fields"][code], "box": 0}, code
    with pymupdf.open(SAMPLE / f"{facts['book']}.pdf") as document:
        assert len(document) == facts["pages"] == len(sample) == 8
        assert all(len(page.get_images()) == 1 for page in document)
    assert (SAMPLE / f"{facts['book']}.pdf").stat().st_size < 5_000_000


def test_dates_in_words() -> None:
    assert spoken_date(date(1975, 4, 21), SOUTH) == (
        "ngày hai mươi mốt tháng tư năm một ngàn chín trăm bảy mươi lăm"
    )
    assert spoken_date(date(2004, 1, 5), PLAIN) == (
        "ngày năm tháng một năm hai nghìn không trăm linh bốn"
    )
    assert spoken(110, PLAIN) == "một trăm mười"


def test_personal_numbers_are_of_a_province_that_has_that_code() -> None:
    rng, codes = np.random.default_rng(0), society()["codes"]
    known = {row.split(",")[0]: row.split(",")[1] for row in CODES.read_text("utf-8").splitlines()}
    assert {known[code]: code for code in codes.values()} == codes
    numbers = [personal_number(rng, date(2001, 5, 1), "Nữ", "Bến Tre") for _ in range(200)]
    assert {number[:3] for number in numbers} <= set(codes.values())
    assert all(number[3:6] == "301" and len(number) == 12 for number in numbers)
    assert 100 < sum(number.startswith("083") for number in numbers) < 200
