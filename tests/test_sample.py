"""The blind sample: even draws, an interval that covers, a sheet without values, a statement."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import extracted_book
import pymupdf
import pytest
from openpyxl import load_workbook

from common.errors import InputError, UsageError
from extract.acceptance import find_packages
from extract.acceptance.sheet import Row
from extract.deliver import DeliverOptions, deliver
from extract.deliver.sheet import sheet_form
from extract.registers import load_register
from extract.sample import SampleOptions, draw_sample, lines, statement_pdf, take_sample
from extract.sample.cells import Package
from extract.sample.compare import agrees
from extract.sample.design import draw
from extract.sample.inspect import SHEET
from extract.sample.interval import interval, size_for
from hotich.evaluation.sample import coverage


@dataclass(frozen=True)
class Thing:
    name: str
    stratum: tuple[str, ...]


def test_the_interval_is_the_published_one() -> None:
    low, high = interval(0, 598, 0.9)  # one-sided 95 %: the rule of 598
    assert low == 0
    assert high == pytest.approx(0.005, abs=1e-5)
    assert interval(10, 100, 0.95) == pytest.approx((0.0490, 0.1762), abs=1e-4)  # Newcombe 1998
    assert interval(5, 5, 0.95)[1] == 1


def test_the_size_is_the_least_that_is_narrow_enough() -> None:
    size = size_for(0.01, 0.95, 0.01)
    widths = [b - a for a, b in (interval(round(0.01 * n), n, 0.95) for n in (size, size - 1))]
    assert widths[0] <= 0.02 < widths[1]


def test_every_stratum_gets_its_share_and_every_cell_its_chance() -> None:
    things = [
        Thing(f"{s}/{i}", (s,)) for s, n in (("a", 700), ("b", 200), ("c", 12)) for i in range(n)
    ]
    drawn = draw(things, 91, 5, "x")
    even = Counter(one.cell.stratum[0] for one in drawn if one.even)
    assert sum(even.values()) == 91
    assert abs(even["a"] - 91 * 700 / 912) < 1
    assert abs(even["b"] - 91 * 200 / 912) < 1
    assert sum(one.cell.stratum == ("c",) for one in drawn) == 5
    assert draw(things[::-1], 91, 5, "x") == drawn
    times = Counter(o.cell.name for s in range(150) for o in draw(things, 91, 0, str(s)) if o.even)
    assert max(times.values()) < 45  # 15 expected
    assert len(times) == len(things)


@pytest.mark.parametrize("errors", [(0.001, 0.001, 0.001), (0.0, 0.02, 0.15)])
def test_it_covers_the_true_share(errors: tuple[float, ...]) -> None:
    options = SampleOptions(half_width=0.03, least=10)
    found = coverage((600, 200, 60), errors, options, 150, 1)
    assert found.whole >= 0.95 - 2 * (0.05 * 0.95 / 150) ** 0.5
    assert found.strata >= 0.95


@pytest.mark.parametrize(
    ("code", "cell", "said", "same"),
    [
        ("nksHoTen", "Nguyễn Văn Tư", "nguyễn-văn-tư", True),
        ("nksHoTen", "Nguyễn Văn Tư", "Nguyễn Văn Từ", False),
        ("nksNgaySinh", "07.05.1962", "ngày 7 tháng 5 năm 1962", True),
        ("nksNgaySinh", "07.05.1962", "17.5.1962", False),
        ("chaNgaySinh", "1930", "32 tuổi", True),
        ("so", "12/1962", "12", True),
        ("nksGioiTinh", "1", "nam", True),
        ("nksGioiTinh", "1", "nữ", False),
        ("ghiChu", "", "-", True),
        ("ghiChu", "", "có ghi chú", False),
        ("ghiChu", "Bản sao", "-", False),
    ],
)
def test_the_same_normalisation_as_the_reader(code: str, cell: str, said: str, same: bool) -> None:
    assert inspected("KS", code, cell, said) is same


def inspected(of: str, code: str, cell: str, said: str) -> bool:
    register = load_register(of)
    row = Row(2, {"ngayDangKy": "10.07.1962", code: cell}, frozenset())
    return agrees(cell, said, register.column(code), row, sheet_form(of), register)


@pytest.mark.parametrize(
    ("of", "code", "cell", "said", "same"),
    [
        ("GH", "ghLoai", "2", "Giám hộ đương nhiên", True),  # no table of codes: only print
        ("GH", "ghLoai", "1", "Giám hộ đương nhiên", False),
        ("CMC", "loaiXacNhan", "4", "Con nhận cha, mẹ", True),  # printed so for 3 and 4
        ("CMC", "loaiXacNhan", "2", "Con nhận cha, mẹ", False),
        ("KS", "loaiDangKy", "4", "quá hạn", True),
        ("KS", "loaiDangKy", "1", "Quá hạn", False),
        ("CMC", "cmQuocTich", "", "//", True),  # as the clerk wrote for nothing
        ("CMC", "cmQuocTich", "", "Pháp", False),
        ("CMC", "cmQuocTich", "Pháp", "//", False),
        ("CMC", "cmLoaiCuTru", "0", "-", True),  # the code for nothing
        ("CMC", "cmLoaiCuTru", "1", "-", False),
    ],
)
def test_what_an_inspector_types_from_the_page(
    of: str, code: str, cell: str, said: str, same: bool
) -> None:
    assert inspected(of, code, cell, said) is same


def test_a_box_to_tick_has_its_printed_meaning() -> None:
    register = load_register("GH")
    choices = sheet_form("GH").choices(register.column("ghLoai"), register)
    assert choices == {"1": "Giám hộ cử", "2": "Giám hộ đương nhiên"}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    with extracted_book.make(tmp_path / "book") as book:
        deliver(book, tmp_path / "package", DeliverOptions.of(book_number="01/1962"))
    return tmp_path / "package"


def fill(sheet: Path, package: Path, change: Callable[[str, str], str]) -> None:
    """An inspector who reads what the package holds, but for what ``change`` makes of it."""
    (files,) = find_packages([package])
    held = load_workbook(files.file(".xlsx")).worksheets[0]
    headers = [str(cell.value).split()[0] for cell in held[1]]
    cells = json.loads((sheet.parents[1] / "sample.json").read_text("utf-8"))["cells"]
    book = load_workbook(sheet)
    for place, (_, number, code, *_) in enumerate(cells, start=3):
        cell = held.cell(number, headers.index(code) + 1).value
        book.worksheets[0].cell(place, 5).value = change(code, str(cell or "-"))
    book.save(sheet)


def test_from_drawing_to_statement(package: Path, tmp_path: Path) -> None:
    out = tmp_path / "sample"
    given = draw_sample(find_packages([package]), out, SampleOptions(half_width=0.05))
    sheet = given.folder / SHEET
    assert given.unseen == 0
    shown = "".join(
        str(cell.value or "")
        for row in load_workbook(sheet).worksheets[0].iter_rows(min_row=3, max_col=6)
        for cell in row
    )
    kept = (out / "sample.json").read_text("utf-8")
    for name, *_ in extracted_book.PEOPLE:
        assert name not in shown + kept
    assert "1962" not in shown
    assert not any("1962" in path.name for path in given.folder.rglob("*"))
    assert all(
        path.suffix in (".jpg", ".xlsx") for path in given.folder.rglob("*") if path.is_file()
    )
    with pytest.raises(UsageError, match="was drawn here"):
        draw_sample(find_packages([package]), out, SampleOptions())
    with pytest.raises(InputError, match="not filled in"):
        take_sample(out, sheet)

    fill(sheet, package, lambda code, cell: "Trần Văn Sai" if code == "chaHoTen" else cell)
    verdict = take_sample(out, sheet)
    wrong = [one.drawn.cell.code for one in verdict.checked if not one.right]
    assert wrong == ["chaHoTen"] * 4
    assert verdict.whole.wrong == 4
    assert verdict.whole.low < 4 / verdict.whole.looked < verdict.whole.high
    said = " ".join(lines(verdict, "Trần B", 0.01))
    assert "KHÔNG ĐẠT" in said
    made = statement_pdf(verdict, "Trần B", 0.01, date(2026, 11, 2))
    with pymupdf.open(stream=made, filetype="pdf") as pdf:
        text = " ".join("".join(page.get_text() for page in pdf).split())
        fonts = {font[3] for page in pdf for font in page.get_fonts()}
    head = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
            "ngày 02 tháng 11 năm 2026", "BIÊN BẢN NGHIỆM THU", "Bên giao:", "Bên nhận:",
            "Người kiểm tra: Trần B", "Kết luận:", "(Ký, ghi rõ họ tên)")  # fmt: skip
    places = [text.find(said) for said in head]
    assert -1 not in places and places == sorted(places)
    assert "Trần Văn Sai" in text
    assert "Nguyễn Văn Ba" in text
    assert "quyenSo" not in kept and "Quyển số (quyenSo) là của cả quyển" in text
    assert "KS, 1 sổ:" in text and "meNoiCuTru, " in text
    assert fonts


def test_an_illegible_cell_counts_against_the_package(package: Path, tmp_path: Path) -> None:
    given = draw_sample(find_packages([package]), tmp_path / "s", SampleOptions(half_width=0.05))
    sheet = given.folder / SHEET
    fill(sheet, package, lambda _, cell: cell)
    sure = take_sample(tmp_path / "s", sheet)
    assert sure.whole.wrong == 0
    book = load_workbook(sheet)
    book.worksheets[0].cell(3, 6).value = "x"
    book.save(sheet)
    verdict = take_sample(tmp_path / "s", sheet)
    assert verdict.illegible == 1
    assert verdict.whole.wrong == 0
    assert verdict.worst > sure.worst


def test_another_vendors_names_are_matched_as_people_count(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (files,) = find_packages([package])
    names = ["Trang 2.PDF", "Trang 9.PDF", "Trang 10.PDF", "Trang 11.PDF"]
    with ZipFile(files.file(".zip")) as archive:
        pdfs = [archive.read(name) for name in sorted(archive.namelist())]
    with ZipFile(files.file(".zip"), "w") as archive:
        for name, content in zip(names[::-1], pdfs[::-1], strict=True):
            archive.writestr(name, content)
    monkeypatch.chdir(tmp_path)
    books = find_packages([Path(package.name)])
    given = draw_sample(books, Path("s"), SampleOptions(half_width=0.05))
    assert given.unseen == 0 and given.by_place == (files.base,)
    assert list(Package.open(files).pdfs.values()) == names
    fill(given.folder / SHEET, package, lambda _, cell: cell)
    monkeypatch.chdir("/")  # whoever takes the sheet back sits elsewhere
    assert take_sample(tmp_path / "s", tmp_path / given.folder / SHEET).whole.wrong == 0
    book = load_workbook(tmp_path / given.folder / SHEET)
    book.worksheets[0].cell(3, 5).value = "  "
    book.save(tmp_path / given.folder / SHEET)
    with pytest.raises(InputError, match=r"1 of .* not filled in: 1"):
        take_sample(tmp_path / "s", tmp_path / given.folder / SHEET)


def test_another_package_is_refused(package: Path, tmp_path: Path) -> None:
    given = draw_sample(find_packages([package]), tmp_path / "s", SampleOptions(half_width=0.05))
    fill(given.folder / SHEET, package, lambda _, cell: cell)
    (files,) = find_packages([package])
    book = load_workbook(files.file(".xlsx"))
    book.worksheets[0].cell(2, 6).value = "khác"
    book.save(files.file(".xlsx"))
    with pytest.raises(InputError, match="not the one"):
        take_sample(tmp_path / "s", given.folder / SHEET)
