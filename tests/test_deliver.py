"""Delivery: the workbook and the PDFs opened again and compared with the records."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import extracted_book
import numpy as np
import pymupdf
import pytest
from openpyxl import Workbook, load_workbook

from common.errors import InputError, PackageError, UsageError
from common.geometry import Box
from extract.deliver import DeliverOptions, deliver
from extract.deliver.names import BookNumber, NameRules, case_name, parse_book_number
from extract.deliver.pages import own_box
from extract.deliver.pdfs import case_box, case_pdf
from extract.deliver.sheet import cell_text, column_code, sheet_form
from extract.record import FieldValue
from extract.registers import load_register
from extract.reopen import Extracted

NAMES = [
    "KS.1962.01.1962-07-10.001.pdf",
    "KS.1962.01.1962-07-11.002.pdf",
    "KS.1962.01.1962-07-12.003.pdf",
    "KS.1962.01.1962-07-13.004.pdf",
]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Extracted]:
    with extracted_book.make(tmp_path / "book") as made:
        yield made


def correct(book: Extracted, field: str, value: str | None, entry: int = 1) -> None:
    status = "read" if value else "blank"
    at = (book.name, 1, entry, field)
    book.store.correct(*at, value=value, status=status, author="lan@xa.vn", time="2026-11-21T08:00")


def rows(path: Path, sheet: str = "KS") -> list[dict[str, str]]:
    table = load_workbook(path)[sheet].iter_rows(values_only=True)
    head = [column_code(str(header)) if sheet == "KS" else str(header) for header in next(table)]
    return [dict(zip(head, (str(v or "") for v in row), strict=True)) for row in table]


def test_the_workbook_holds_the_records_as_coded_text(book: Extracted, tmp_path: Path) -> None:
    package = deliver(book, tmp_path / "out", DeliverOptions())
    assert package.xlsx.name == "KS.1962.01.xlsx" and package.zip.name == "KS.1962.01.zip"
    sheet = load_workbook(package.xlsx)["KS"]
    assert [cell.value for cell in sheet[1]] == list(sheet_form("KS").headers)
    assert len(sheet_form("KS").headers) == 60
    assert sheet["A1"].fill.fgColor.rgb.endswith("0070C0")
    assert sheet["A1"].font.color.rgb.endswith("FFFFFF")
    first, second, *_ = rows(package.xlsx)
    assert (first["so"], first["quyenSo"], first["ngayDangKy"]) == (
        "01/1962",
        "01/1962",
        "10.07.1962",
    )
    assert (first["nksGioiTinh"], second["nksGioiTinh"]) == ("1", "2")
    assert first["nksHoTen"] == "Nguyễn Văn Tư" and first["ghiChu"] == ""
    assert all(cell.data_type in "sn" and not isinstance(cell.value, int) for cell in sheet[2])


def test_one_pdf_a_case_cut_from_the_shared_page(book: Extracted, tmp_path: Path) -> None:
    package = deliver(book, tmp_path / "out", DeliverOptions())
    with zipfile.ZipFile(package.zip) as archive:
        assert archive.namelist() == NAMES
        pages = [pymupdf.open(stream=archive.read(name)) for name in NAMES]
        sizes = [len(archive.read(name)) for name in NAMES]
    assert all(document.page_count == 1 for document in pages)
    assert all(5_000 < size < 110_000 for size in sizes)
    shape = pages[0][0].rect
    assert shape.height < shape.width  # half of an upright page
    top = (900 + 1200) / 2 / extracted_book.HEIGHT  # half-way between the cases
    assert shape.height / shape.width == pytest.approx(
        top * extracted_book.HEIGHT / extracted_book.WIDTH, rel=0.1
    )


def test_the_manifest_names_the_bytes_and_equal_packages_are_equal(
    book: Extracted, tmp_path: Path
) -> None:
    package = deliver(book, tmp_path / "a", DeliverOptions())
    manifest = json.loads(package.manifest.read_text("utf-8"))
    assert manifest["pdfs"] == NAMES and manifest["cases"] == 4
    for path in (package.xlsx, package.zip):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert manifest["files"][path.name]["sha256"] == digest
    again = deliver(book, tmp_path / "b", DeliverOptions())
    assert again.zip.read_bytes() == package.zip.read_bytes()


def test_what_nobody_reviewed_is_counted(book: Extracted, tmp_path: Path) -> None:
    doubtful = [c for r in book.records() for c in r.fields if r.get(c).review]
    package = deliver(book, tmp_path / "before", DeliverOptions())
    assert package.unreviewed == len(doubtful) > 0
    correct(book, "nksHoTen", "Nguyễn Văn Tứ", entry=2)
    package = deliver(book, tmp_path / "after", DeliverOptions())
    assert package.unreviewed == len(doubtful) - 1
    assert json.loads(package.manifest.read_text("utf-8"))["unreviewed"] == package.unreviewed


def test_a_correction_stands_with_its_author(book: Extracted, tmp_path: Path) -> None:
    correct(book, "nksHoTen", "Nguyễn Văn Tứ")
    correct(book, "chaHoTen", None)
    package = deliver(book, tmp_path / "out", DeliverOptions())
    assert package.corrected == 2
    first = rows(package.xlsx)[0]
    assert (first["nksHoTen"], first["chaHoTen"]) == ("Nguyễn Văn Tứ", "")
    by_person = [r for r in rows(package.xlsx, "Nguon") if r["Nguồn"] == "người sửa"]
    assert [(r["Cột"], r["Máy đọc"], r["Giao"], r["Người sửa"]) for r in by_person] == [
        ("nksHoTen", "Nguyễn Văn Tư", "Nguyễn Văn Tứ", "lan@xa.vn"),
        ("chaHoTen", "Nguyễn Văn Ba", "", "lan@xa.vn"),
    ]


@pytest.mark.parametrize("text", ["=1+1", "+84 123", "-Tư", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_a_cell_never_computes(book: Extracted, tmp_path: Path, text: str) -> None:
    correct(book, "ghiChu", text)
    package = deliver(book, tmp_path / "out", DeliverOptions())
    (cell,) = [
        c for c in load_workbook(package.xlsx)["KS"][2] if c.value == text
    ]  # fmt: skip
    assert cell.data_type == "s" and cell.quotePrefix
    with zipfile.ZipFile(package.xlsx) as parts:
        assert all(b"<f>" not in parts.read(n) for n in parts.namelist() if "sheet" in n)


def test_the_customers_template_keeps_its_headers(book: Extracted, tmp_path: Path) -> None:
    raw = ["so ", "quyenSo", "loaiDangKy \ni=[1,2,3,4,5,6]", " nksHoTen", "cotLa"]
    raw += [column.code for column in load_register("KS").sheet if column.code not in raw]
    template, blank = tmp_path / "blank.xlsx", Workbook()
    blank.active.title = "Ghi chu"
    sheet = blank.create_sheet("DL Import")
    sheet["A1"] = "SỔ ĐĂNG KÝ KHAI SINH"
    for place, header in enumerate(raw, start=1):
        sheet.cell(3, place, header)
    sheet.cell(4, 1, "dòng mẫu")
    blank.save(template)
    package = deliver(book, tmp_path / "out", DeliverOptions(template=template))
    filled = load_workbook(package.xlsx)["DL Import"]
    assert [cell.value for cell in filled[3]] == raw and filled["A1"].value.startswith("SỔ")
    assert [filled.cell(row, 4).value for row in (4, 5)] == ["Nguyễn Văn Tư", "Trần Thị Lành"]
    assert filled.cell(4, 1).value == "01/1962" and filled.cell(4, 5).value is None


def test_what_is_no_template_is_refused(book: Extracted, tmp_path: Path) -> None:
    other = tmp_path / "other.xlsx"
    Workbook().save(other)
    text = tmp_path / "text.xlsx"
    text.write_text("not a zip")
    for path in (other, text, tmp_path / "none.xlsx"):
        with pytest.raises(InputError, match=path.name):
            deliver(book, tmp_path / "out", DeliverOptions(template=path))


def test_a_missing_number_or_date_stops_the_export_with_the_list(
    book: Extracted, tmp_path: Path
) -> None:
    correct(book, "so", None)
    correct(book, "ngayDangKy", "07.1962", entry=2)
    with pytest.raises(PackageError) as error:
        deliver(book, tmp_path / "out", DeliverOptions())
    said = str(error.value)
    assert said.splitlines()[0].endswith("settle them with hotich review push, pull:")
    assert "2 of 4 cases" in said and len(said.splitlines()) == 3
    assert "tờ 1 trường hợp 1: so thiếu" in said
    assert "tờ 1 trường hợp 2: ngayDangKy không dùng được (07.1962)" in said
    assert not (tmp_path / "out").exists()


def test_two_cases_of_one_name_and_an_unknown_code_stop_it(book: Extracted, tmp_path: Path) -> None:
    correct(book, "so", "02/1962")
    correct(book, "ngayDangKy", "11.07.1962")
    correct(book, "nksGioiTinh", "Namm", entry=2)
    with pytest.raises(PackageError, match=r"trùng tên .*002\.pdf") as error:
        deliver(book, tmp_path / "out", DeliverOptions())
    assert "nksGioiTinh không có trong bảng mã (Namm)" in str(error.value)


def test_an_unknown_sheet_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match=r"KS has no sheet v9 — known: v1_2019 hotich158_v2"):
        sheet_form("KS", "v9")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("01/1962", BookNumber("1962", 1)),
        ("2 / 2007-2009", BookNumber("2007-2009", 2)),
        ("KS.1962.01", BookNumber("1962", 1)),
        ("xalocthuan_hbd_tbt.KS.1898.12", BookNumber("1898", 12)),
        ("sách cũ", None),
        ("", None),
    ],
)
def test_book_numbers(text: str, number: BookNumber | None) -> None:
    assert parse_book_number(text) == number


@pytest.mark.parametrize(
    ("so", "names", "end"),
    [
        ("12/1962", "national", ".012.pdf"),
        ("012a/1962", "national", ".012a.pdf"),
        ("12bis/1962", "national", ".012bis.pdf"),
        ("7", "two-figures", ".07.pdf"),
        ("1234/1962", "national", None),
        ("1234/1962", "four-figures", ".1234.pdf"),
        ("0", "national", None),
        ("../12", "national", None),
        ("12/../../x", "national", None),
        ("12\0.pdf", "national", None),
        ("=12", "national", None),
        (None, "national", None),
    ],
)
def test_case_names(so: str | None, names: str, end: str | None) -> None:
    record = extracted_book.records()[0].with_fields({"so": FieldValue(value=so, status="read")})
    name, causes = case_name(record, BookNumber("1962", 1), NameRules.of(names))
    assert name.endswith(end) if end else (name == "" and causes)


def test_states_without_a_value_leave_the_cell_empty() -> None:
    register = load_register("KS")
    column = register.column("nksHoTen")
    form = sheet_form("KS")

    def cell(value: str, status: str) -> str | None:
        return cell_text(FieldValue(value=value, status=status), column, register, form)  # type: ignore[arg-type]

    assert [cell("x", status) for status in ("blank", "absent_on_form", "illegible")] == [None] * 3
    assert cell("A\x00\u200bB\nC", "ditto") == "AB C"
    for placeholder in ("null", "NaN", "None", "Nguyễn [?]"):
        with pytest.raises(UsageError, match="không phải giá trị"):
            cell(placeholder, "read")


def test_a_case_gets_its_part_beside_and_below_others() -> None:
    own, below, right = Box(0, 0, 40, 40), Box(0, 60, 40, 90), Box(60, 0, 90, 40)
    assert case_box(own, [below, right], 100, 100) == Box(0, 0, 50, 50)
    assert case_box(own, [], 100, 80) == Box(0, 0, 100, 80)


def test_a_place_that_cases_share_is_nobodys_own() -> None:
    first, second = extracted_book.records()[:2]
    head = FieldValue(value="Xã Tân Phú", status="read", box=(100, 20, 500, 60))
    cases = [case.with_fields({"noiDangKy": head}) for case in (first, second)]
    assert own_box(cases[1], cases, 0.5) == Box(150, 600, 700, 985)
    assert own_box(cases[1], [cases[1]], 1.0) == Box(100, 20, 1400, 1970)


def test_a_noisy_page_still_fits_the_size() -> None:
    page = np.random.default_rng(0).integers(0, 255, (2000, 1400, 3), np.uint8)
    content = case_pdf(page, Box(0, 0, 1400, 2000), "KS.1962.01.1962-05-10.012.pdf")
    assert len(content) < 115_000
    with pymupdf.open(stream=content) as document:
        pixmap = document[0].get_pixmap()
        assert cv2.countNonZero(np.frombuffer(pixmap.samples, np.uint8)) > 0


def test_a_full_page_keeps_its_pixels_before_its_quality() -> None:
    page = np.random.default_rng(0).normal(225, 4, (1771, 1240, 3)).clip(0, 255).astype(np.uint8)
    for y in range(40, 1771, 90):
        text = "Nguyen Van Tu 12/03/1962 Tan Phu, Go Vap 226434400"
        cv2.putText(page, text, (20, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (60, 50, 90), 2)
    content = case_pdf(page, Box(0, 0, 1240, 1771), "x")
    with pymupdf.open(stream=content) as document:
        assert document[0].get_images()[0][2] == 1240 and len(content) < 115_000


def test_a_book_number_that_is_none_is_not_passed_over(book: Extracted, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"1962-01 — --book-number 01/1962"):
        deliver(book, tmp_path / "out", DeliverOptions(book_number="1962-01"))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("case: 'NUL.{number}.pdf'", "cannot be a file's name"),
        ("case: 'Lpt1.{number}.pdf'", "cannot be a file's name"),
        ("case: 'k{number:Ễ>90}.pdf'", "cannot be a file's name"),  # 264 bytes, 95 letters
        ("case: '{number}.'", "cannot be a file's name"),
        ("case: '{number}'", r"must end in \.pdf"),
        ("case: '{so}.pdf'", r"a pattern names \{so\} — known: register"),
    ],
)
def test_names_that_some_system_cannot_hold(tmp_path: Path, rule: str, said: str) -> None:
    (tmp_path / "rules.yaml").write_text(rule)
    with pytest.raises((InputError, UsageError), match=said):
        NameRules.of(str(tmp_path / "rules.yaml"))


def test_a_device_of_windows_is_no_commune(book: Extracted, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no device of Windows"):
        deliver(book, tmp_path / "out", DeliverOptions(commune="nul"))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_delivery_that_stops_leaves_what_was_there(
    book: Extracted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"

    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    for error, where in ((OSError, "_zip"), (OSError, "archive_files")):
        with monkeypatch.context() as patched:
            patched.setattr(f"extract.deliver.package.{where}", full)
            with pytest.raises(error):
                deliver(book, out / "new", DeliverOptions())
        assert not out.exists()
    deliver(book, out, DeliverOptions())
    before = files_of(out)
    correct(book, "nksHoTen", "Nguyễn Văn Tứ")
    (out / ".KS.1962.01.manifest.json.part").mkdir()  # of a run that was killed
    with monkeypatch.context() as patched:
        patched.setattr("extract.deliver.package.archive_files", full)
        with pytest.raises(OSError, match="No space"):
            deliver(book, out, DeliverOptions())
    assert files_of(out) == before


def test_a_second_delivery_leaves_nothing_of_the_first(book: Extracted, tmp_path: Path) -> None:
    out = tmp_path / "out"
    deliver(book, out, DeliverOptions())
    (out / "KS.1962.01.archive" / "images" / "0001.jpg").write_bytes(b"somebody's")
    (out / "note.txt").write_text("the customer's")
    package = deliver(book, out, DeliverOptions(archive=False))
    told = json.loads(package.manifest.read_text("utf-8"))["files"]
    assert set(files_of(out)) == {*told, package.manifest.name, "note.txt",
                                  "KS.1962.01.archive/images/0001.jpg"}  # fmt: skip
