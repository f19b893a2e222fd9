"""Acceptance: a good package passes without a word; each planted fault is found by its rule."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import extracted_book
import pymupdf
import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner

from common.errors import InputError
from extract.acceptance import check_package, find_packages
from extract.deliver import DeliverOptions, deliver
from extract.record import Record
from hotich.commands.check import check

BASE = "KS.1962.01"
FIRST = "KS.1962.01.1962-07-10.001.pdf"


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("delivered")
    with extracted_book.make(home / "book") as book:
        book.store.save_records(book.name, [reviewed(record) for record in book.records()])
        deliver(book, home / "out", DeliverOptions())
    return home / "out"


def reviewed(record: Record) -> Record:
    fields = {code: replace(value, review=False) for code, value in record.fields.items()}
    return record.with_fields(fields)


@pytest.fixture
def package(delivered: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(delivered, tmp_path / "out"))


def found(folder: Path) -> set[str]:
    return {finding.rule for files in find_packages([folder]) for finding in check_package(files)}


def edit_cell(column: str, value: object, row: int = 2) -> Callable[[Path], None]:
    """Sets one cell; the manifest goes, as it would with another vendor's package."""

    def edit(folder: Path) -> None:
        path = folder / f"{BASE}.xlsx"
        book = load_workbook(path)
        sheet = book["KS"]
        at = [cell.value for cell in sheet[1]].index(column) + 1
        sheet.cell(row, at).value = value
        book.save(path)
        (folder / f"{BASE}.manifest.json").unlink()

    return edit


def edit_zip(change: Callable[[dict[str, bytes]], None]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / f"{BASE}.zip"
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        change(files)
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        (folder / f"{BASE}.manifest.json").unlink()

    return edit


def rename(new: str) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update({new: files.pop(FIRST)})


def blank_pdf() -> bytes:
    with pymupdf.open() as document:
        document.new_page()
        content: bytes = document.tobytes()
    return content


def drop_column(folder: Path) -> None:
    edit_cell("ghiChu", "x")(folder)
    path = folder / f"{BASE}.xlsx"
    book = load_workbook(path)
    book["KS"].delete_cols(60)
    book.save(path)


def tamper(folder: Path) -> None:
    with (folder / f"{BASE}.zip").open("ab") as file:
        file.write(b"x")


def unreviewed(folder: Path) -> None:
    path = folder / f"{BASE}.manifest.json"
    path.write_text(path.read_text("utf-8").replace('"unreviewed": 0', '"unreviewed": 7'))


def rename_headers(folder: Path) -> None:
    path = folder / f"{BASE}.xlsx"
    book = load_workbook(path)
    for cell in book["KS"][1]:
        cell.value = f"x{cell.column}"
    book.save(path)


FAULTS: list[tuple[str, Callable[[Path], None]]] = [
    ("F01", edit_cell("so", "")),
    ("F01", edit_cell("ngayDangKy", "")),
    ("F01-place", edit_cell("noiDangKy", "")),
    ("F02", edit_cell("so", "12")),
    ("F02", edit_cell("quyenSo", "một")),
    ("F03", edit_cell("nksNgaySinh", "31.02.1962")),
    ("F03", edit_cell("nksNgaySinh", "1962-05-10")),
    ("F03", edit_cell("ngayDangKy", "07.1962")),
    ("F04", edit_cell("so", "01/1963")),
    ("F08-ahead", edit_cell("ngayDangKy", "10.07.2150")),
    ("F05", edit_cell("trangSo", "x")),
    ("F06", edit_cell("nksGioiTinh", "Nam")),
    ("F06", edit_cell("loaiDangKy", "9")),
    ("F07-text", edit_cell("nksHoTen", "Nguyễn  Văn Tư")),
    ("F07-text", edit_cell("nksHoTen", "'Nguyễn Văn Tư")),
    ("F07-text", edit_cell("nksHoTen", "Nguye\u0302\u0303n Va\u0306n Tu\u031b")),
    ("F07", edit_cell("chaHoTen", "Nguyễn V4n Tư")),
    ("F07", edit_cell("chaHoTen", "+ Văn Tư")),
    ("F16", edit_cell("ghiChu", "=1+1")),
    ("B07", edit_cell("ghiChu", "null")),
    ("B07", edit_cell("meHoTen", "NaN")),
    ("B07", edit_cell("meHoTen", "Nguyễn [?] Tư")),
    ("X01", edit_cell("nksNgaySinh", "11.07.1962")),
    ("S02", edit_cell("so", "02/1962")),
    ("S03", edit_cell("so", "09/1962", row=5)),
    ("S04", edit_cell("ngayDangKy", "10.05.1962", row=4)),
    ("B02-row", edit_cell("ngayDangKy", "12.07.1962")),
    ("B01", edit_zip(lambda files: files.pop(FIRST) and None)),
    ("B02-row", edit_zip(lambda files: files.pop(FIRST) and None)),
    ("B02-pdf", edit_zip(rename("KS.1962.01.1962-07-10.009.pdf"))),
    ("B02-name", edit_zip(rename("1.pdf"))),
    ("B02-name", edit_zip(rename("../" + FIRST))),
    ("B07", edit_zip(rename("KS.1962.01.null.001.pdf"))),
    ("B04-broken", edit_zip(lambda files: files.update({FIRST: b"%PDF-1.7 broken"}))),
    ("B04-broken", edit_zip(lambda files: files.update({FIRST: b""}))),
    ("B04-empty", edit_zip(lambda files: files.update({FIRST: blank_pdf()}))),
    ("B03", lambda folder: (folder / f"{BASE}.zip").unlink()),
    ("B03", lambda folder: (folder / f"{BASE}.xlsx").unlink()),
    ("B11", tamper),
    ("B09", unreviewed),
    ("H01", lambda folder: (folder / f"{BASE}.zip").write_bytes(b"PK")),
    ("H01", lambda folder: (folder / f"{BASE}.xlsx").write_bytes(b"PK")),
    ("H01", lambda folder: (folder / f"{BASE}.manifest.json").write_text("[1]")),
    ("H02", rename_headers),
    ("H03", drop_column),
]


def edit_pdf(change: Callable[[pymupdf.Document], bytes]) -> Callable[[Path], None]:
    def edit(files: dict[str, bytes]) -> None:
        with pymupdf.open(stream=files[FIRST]) as document:
            files[FIRST] = change(document)

    return edit_zip(edit)


def with_script(document: pymupdf.Document) -> bytes:
    number = document.get_new_xref()
    document.update_object(number, "<</S/JavaScript/JS(app.alert(1))>>")
    document.xref_set_key(document.pdf_catalog(), "OpenAction", f"{number} 0 R")
    content: bytes = document.tobytes()
    return content


def locked(document: pymupdf.Document) -> bytes:
    content: bytes = document.tobytes(
        encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x", owner_pw="y"
    )
    return content


def another_books_name(folder: Path) -> None:
    for ending in (".xlsx", ".zip"):
        (folder / f"{BASE}{ending}").rename(folder / f"xa_b.KS.1962.02{ending}")
    (folder / f"{BASE}.manifest.json").unlink()


def second_sheet(folder: Path) -> None:
    edit_cell("ghiChu", "x")(folder)
    book = load_workbook(folder / f"{BASE}.xlsx")
    book.copy_worksheet(book["KS"]).delete_rows(4)
    book.save(folder / f"{BASE}.xlsx")


def hidden_row(folder: Path) -> None:
    edit_cell("ghiChu", "x")(folder)
    book = load_workbook(folder / f"{BASE}.xlsx")
    book["KS"].row_dimensions[3].hidden = True
    book.save(folder / f"{BASE}.xlsx")


def same_picture(files: dict[str, bytes]) -> None:
    with pymupdf.open(stream=files[max(files)]) as document:
        document.set_metadata({"title": "another"})
        files[FIRST] = document.tobytes()


ALONE: list[tuple[str, Callable[[Path], None]]] = [
    ("F16-date", edit_cell("ngayDangKy", datetime(1962, 7, 10))),
    ("F17", edit_cell("meHoTen", "Nguyễn")),
    ("F18", edit_cell("meHoTen", "Nguyeãn Thò Tö")),  # VNI
    ("F18", edit_cell("meHoTen", "Nguyễn Thị Тư")),  # Cyrillic
    ("F18", edit_cell("noiDangKy", "xaõ Taân Phuù")),
    ("F18-bare", edit_cell("meHoTen", "Nguyen Thi Tu")),
    ("F19", edit_cell("meNoiCuTru", "nt")),
    ("F19", edit_cell("meNoiCuTru", "Như cha")),
    ("F19", edit_cell("meHoTen", "………")),
    ("F20", edit_cell("meHoTen", "Bà Lê Thị Tư")),
    ("F20", edit_cell("meHoTen", "Lê Thị Hai và Lê Thị Ba")),
    ("F20", edit_cell("meHoTen", "Ng. Thị Tư")),
    ("F07", edit_cell("meHoTen", "Lê Thị Tư (?)")),
    ("H08", hidden_row),
    ("B02-book", another_books_name),
    ("B02-name", edit_zip(lambda files: files.update({f"KS/{FIRST}": files.pop(FIRST)}))),
    ("B02-other", edit_zip(lambda files: files.update({"Thumbs.db": b"x"}))),
    ("B04-broken", edit_pdf(lambda pdf: pdf[0].get_pixmap().tobytes("png"))),
    ("B04-active", edit_pdf(with_script)),
    ("B04-locked", edit_pdf(locked)),
    ("B10", edit_zip(same_picture)),
    ("H07", second_sheet),
]


@pytest.mark.parametrize(("rule", "plant"), ALONE, ids=[f"{n}-{f[0]}" for n, f in enumerate(ALONE)])
def test_a_fault_is_told_once_and_as_what_it_is(
    package: Path, rule: str, plant: Callable[[Path], None]
) -> None:
    plant(package)
    assert found(package) == {rule}


def test_what_another_program_writes_otherwise_is_no_fault(package: Path) -> None:
    path = package / f"{BASE}.xlsx"
    book = load_workbook(path)
    codes = [str(cell.value).split()[0] for cell in book["KS"][1]]
    for row in range(2, 6):
        cell = book["KS"].cell(row, codes.index("nksGioiTinh") + 1)
        cell.value, cell.number_format = float(cell.value), "0.0"
        book["KS"].cell(row + 4, 1).value = "  "
    book.create_sheet("Ghi chú").append(["so", "x"])
    book.save(path)
    below = package / "huyện" / "xã"
    below.mkdir(parents=True)
    for ending in (".xlsx", ".zip"):
        (package / f"{BASE}{ending}").rename(below / f"{BASE}{ending.upper()}")
    (below / f"~${BASE}.xlsx").write_bytes(b"Excel has it open")
    assert found(package) == set()


def test_a_good_package_passes_without_a_word(package: Path) -> None:
    assert found(package) == set()


@pytest.mark.parametrize(
    ("rule", "plant"), FAULTS, ids=[f"{n}-{f[0]}" for n, f in enumerate(FAULTS)]
)
def test_each_planted_fault_is_found(
    package: Path, rule: str, plant: Callable[[Path], None]
) -> None:
    plant(package)
    assert rule in found(package)


@pytest.mark.parametrize(
    "name", ["H'Bia Niê", "Và Y Dở", "Sáu", "Ông Thị Lan", "K'Brêm", "Lưu Cứu", "Krông Ƀuk"]
)
def test_rare_names_are_no_fault(package: Path, name: str) -> None:
    edit_cell("meHoTen", name)(package)
    assert found(package) == set()


def run(*paths: Path, json: bool = False) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(check)
    result = CliRunner().invoke(app, [*map(str, paths), *(["--json"] if json else [])])
    return result.exit_code, result.output


def test_the_command_accepts_and_refuses(package: Path) -> None:
    assert run(package) == (0, f"{BASE}: can be accepted (errors: 0, warnings: 0, notes: 0)\n")
    assert run(package / f"{BASE}.xlsx")[0] == 0
    edit_cell("nksGioiTinh", "Nam")(package)
    code, output = run(package)
    assert code == 1 and "F06" in output and "dòng 2" in output
    code, output = run(package, json=True)
    assert code == 1 and '"rule": "F06"' in output


def test_a_rule_that_a_whole_book_breaks_is_not_a_flood(package: Path) -> None:
    edit_cell("nksGioiTinh", "Nam")(package)
    book = load_workbook(package / f"{BASE}.xlsx")
    at = [cell.value for cell in book["KS"][1]].index("ghiChu") + 1
    for row in range(2, 32):
        book["KS"].cell(row, at).value = " x"
    book.save(package / f"{BASE}.xlsx")
    code, output = run(package)
    assert code == 1 and output.count("F07-text") == 11
    assert "F07-text   20 more: --all shows them" in output and output.count("F06 ") == 1
    assert "errors: 80, warnings: 82" in output  # 27 rows hold nothing else
    assert run(package, json=True)[1].count('"F07-text"') == 30


def test_a_case_that_two_books_hold_is_found(package: Path) -> None:
    for ending in (".xlsx", ".zip"):
        shutil.copy(package / f"{BASE}{ending}", package / f"xa_b.{BASE}{ending}")
    code, output = run(package)
    assert code == 1 and output.count("can be accepted") == 2
    assert output.count("B13") == 4 and "4 cases stand in two of these books" in output


def test_nothing_to_check_is_unusable_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no package here"):
        find_packages([tmp_path])
    with pytest.raises(InputError, match=r"none\.xlsx"):
        find_packages([tmp_path / "none.xlsx"])
