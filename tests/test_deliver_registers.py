"""Packages of all ten registers: opened again, held against the template, archived, checked."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import package_book
import pymupdf
import pytest
from openpyxl import Workbook, load_workbook

from common.errors import InputError, PackageError, UsageError
from common.geometry import Box
from extract.acceptance import check_package, find_packages
from extract.deliver import DeliverOptions, Package, deliver
from extract.deliver.names import NameRules
from extract.deliver.pdfs import case_pdf
from extract.deliver.sheet import column_code, sheet_form, sheet_forms
from extract.registers import load_register, register_codes

KEYED = {"NCN", "GH", "CDGH", "LH", "TD"}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Package]:
    """A package of each register, without the archive."""
    home, made = tmp_path_factory.mktemp("packages"), {}
    for register in register_codes():
        with package_book.make(home / register / "book", register) as book:
            options = DeliverOptions(archive=False)
            made[register] = deliver(book, home / register / "out", options)
    return made


def row(package: Package, register: str, number: int = 2) -> dict[str, str]:
    sheet = load_workbook(package.xlsx)[register]
    codes = [column_code(str(cell.value)) for cell in sheet[1]]
    cells = (str(cell.value or "") for cell in sheet[number])
    return dict(zip(codes, cells, strict=True))


def test_each_register_has_its_sheet_its_pdfs_and_no_false_alarm(
    packages: dict[str, Package],
) -> None:
    assert len(packages) == 10
    for register, package in packages.items():
        base, form = f"{register}.2017.01", sheet_form(register)
        headers = [cell.value for cell in load_workbook(package.xlsx)[register][1]]
        assert headers == list(form.headers)
        with zipfile.ZipFile(package.zip) as archive:
            names = archive.namelist()
            assert all(len(archive.read(name)) < 115_000 for name in names)
        assert names == [f"{base}.2017-04-10.001.pdf", f"{base}.2017-04-11.002.pdf"]
        assert form.imported == (register not in KEYED)
        keying = [path for path in package.more if path.name.endswith(".keying.pdf")]
        assert len(keying) == (register in KEYED)
        assert row(package, register)["so"] == "01/2017"
        (files,) = find_packages([package.xlsx.parent])
        assert [str(found) for found in check_package(files)] == [], register


def test_the_sheet_puts_the_husband_first_and_the_certificate_has_its_place(
    packages: dict[str, Package],
) -> None:
    marriage = row(packages["KH"], "KH")
    codes = list(marriage)
    assert codes.index("chongHoTen") < codes.index("voHoTen")
    assert (marriage["chongHoTen"], marriage["voHoTen"]) == ("Nguyễn Văn Tư", "Lê Thị Lành")
    assert row(packages["HN"], "HN")["noiCap"] == "Ủy ban nhân dân xã Tân Phú"
    assert row(packages["CMC"], "CMC")["ncNgaySinh"] == "05.1999"  # partial dates stay partial


def test_a_keying_sheet_shows_every_value_and_runs_nothing(packages: dict[str, Package]) -> None:
    for register in sorted(KEYED):
        (path,) = [p for p in packages[register].more if p.name.endswith(".keying.pdf")]
        with pymupdf.open(path) as document:
            text = " ".join(" ".join(page.get_text() for page in document).split())
            assert document.page_count in (2, 4)  # NCN's 44 fields take two pages a case
            assert all(kind != "n/a" for _, kind, *_ in document.get_page_fonts(0))  # embedded
        for record in package_book.records(register):
            said = [v.value for c, v in record.fields.items() if v.value and c != "quyenSo"]
            said = [value for value in said if value not in ("Nam", "1")]
            assert all(value in text for value in said), register


def test_versions_code_the_same_value_otherwise(tmp_path: Path) -> None:
    register = load_register("KS")
    old, new = sheet_forms("KS")
    assert [form.version for form in (old, new)] == ["v1_2019", "hotich158_v2"]
    assert (len(old.headers), len(new.headers)) == (60, 70)
    kind = register.column("loaiDangKy")
    assert "6" not in old.codes_of(kind, register) and "0" not in new.codes_of(kind, register)
    with package_book.make(tmp_path / "book", "KS") as book:
        at = (book.name, 1, 1)
        said = {"status": "read", "author": "lan", "time": "2026-11-22T08:00"}
        book.store.correct(*at, "loaiDangKy", value="6", **said)  # type: ignore[arg-type]
        book.store.correct(*at, "meQuocTich", value="Vương quốc Phù Nam", **said)  # type: ignore[arg-type]
        first = row(deliver(book, tmp_path / "a", DeliverOptions(archive=False)), "KS")
        options = DeliverOptions(archive=False, sheet="hotich158_v2")
        second = row(deliver(book, tmp_path / "b", options), "KS")
    assert (first["loaiDangKy"], second["loaiDangKy"]) == ("0", "6")
    assert (second["meQuocTichStr"], second["meQuocTich"]) == ("Vương quốc Phù Nam", "")
    assert (second["nksQuocTichStr"], second["nksQuocTich"]) == ("", "Việt Nam")
    assert second["STT"] == "1"


def header_bytes(path: Path) -> list[bytes]:
    """The texts of a workbook as its bytes hold them, spaces and line breaks included."""
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    return re.findall(rb"<t[^>]*>([^<]*)</t>", sheet)


def test_a_templates_headers_are_byte_equal(tmp_path: Path) -> None:
    for register, version in (("KS", "hotich158_v2"), ("KH", ""), ("TD", "")):
        blank, template = Workbook(), tmp_path / f"{register}.xlsx"
        raw = [
            f" {h}\n(*) " if n % 3 else h
            for n, h in enumerate(sheet_form(register, version).headers)
        ]
        blank.active.title = "Mẫu nhập"
        blank.active.append(["SỔ HỘ TỊCH  "])
        blank.active.append(raw)
        blank.active.append(["mẫu"] * len(raw))
        blank.save(template)
        with package_book.make(tmp_path / register, register) as book:
            options = DeliverOptions(template=template, archive=False)
            package = deliver(book, tmp_path / f"{register}-out", options)
        until = len(raw) + 1
        assert header_bytes(package.xlsx)[:until] == header_bytes(template)[:until]
        filled = load_workbook(package.xlsx)["Mẫu nhập"]
        assert [cell.value for cell in filled[2]] == raw and filled["A1"].value == "SỔ HỘ TỊCH  "


@pytest.mark.parametrize(
    "pattern", ["../{number}.pdf", "/tmp/{number}.pdf", "a/{date}.pdf", ".{number}"]
)
def test_a_rule_set_makes_names_and_never_paths(tmp_path: Path, pattern: str) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(f"case: '{pattern}'")
    with pytest.raises((UsageError, InputError)):
        NameRules.of(str(rules))
    rules.write_text("case: 'TINH.{register}.{date}.{number}{suffix}.pdf'\nwidth: 4")
    with package_book.make(tmp_path / "book", "KT") as book:
        package = deliver(book, tmp_path / "out", DeliverOptions(names=str(rules), archive=False))
    with zipfile.ZipFile(package.zip) as archive:
        assert archive.namelist()[0] == "TINH.KT.2017-04-10.0001.pdf"
    with pytest.raises(UsageError, match="commune"):
        deliver(book, tmp_path / "x", DeliverOptions(commune="../x", archive=False))


def test_covers_go_with_the_book_and_scans_must_be_the_ones_read(tmp_path: Path) -> None:
    with package_book.make(tmp_path / "book", "KT") as book:
        shutil.copy(book.folder.page_image(1), book.folder.page_image(2))
        book.store.save_page(book.name, 2, "empty", "", {})
        package = deliver(book, tmp_path / "out", DeliverOptions(archive=False))
        manifest = json.loads(package.manifest.read_text("utf-8"))
        assert manifest["pages_without_case"] == 1
        with pymupdf.open(tmp_path / "out" / "Cover.KT.2017.01.pdf") as cover:
            assert cover.page_count == 1
        scans = (book.folder.page_image(1), book.folder.page_image(2))
        with pytest.raises(PackageError, match="page 1 is not the scan that was read"):
            deliver(book, tmp_path / "new", DeliverOptions(scans=scans))
        assert not (tmp_path / "new").exists()


def blurred(content: bytes) -> bytes:
    return redrawn(content, lambda image: cv2.GaussianBlur(image, (0, 0), 6))


def faded(content: bytes) -> bytes:
    return redrawn(content, lambda image: (210 + image // 9).astype(np.uint8))


def shrunk(content: bytes) -> bytes:
    return redrawn(content, lambda image: cv2.resize(image, None, fx=0.4, fy=0.4))


def redrawn(content: bytes, change: Callable[[np.ndarray], np.ndarray]) -> bytes:
    with pymupdf.open(stream=content) as document:
        shown = document[0].get_pixmap(dpi=150)
    image = np.frombuffer(shown.samples, np.uint8).reshape(shown.height, shown.width, 3)
    image = np.ascontiguousarray(change(image))
    return case_pdf(image, Box(0, 0, image.shape[1], image.shape[0]), "x")


def cell(code: str, value: str) -> Callable[[Path, str], None]:
    def plant(folder: Path, register: str) -> None:
        path = next(folder.glob("*.xlsx"))
        book = load_workbook(path)
        sheet = book[register]
        at = [column_code(str(c.value)) for c in sheet[1]].index(code) + 1
        sheet.cell(2, at).value = value
        book.save(path)

    return plant


def pdf(change: Callable[[bytes], bytes]) -> Callable[[Path, str], None]:
    def plant(folder: Path, register: str) -> None:
        path = next(folder.glob("*.zip"))
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        name = min(files)
        files[name] = change(files[name]) if change is not twin else files[max(files)]
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)

    return plant


def twin(content: bytes) -> bytes:
    """Stands for the other case's PDF."""
    return content


WOMAN, MAN = "Lê Thị Lành", "Nguyễn Văn Tư"
PLANTED: list[tuple[str, str, Callable[[Path, str], None]]] = [
    ("KH", "X17", lambda f, r: [cell("chongHoTen", WOMAN)(f, r), cell("voHoTen", MAN)(f, r)][0]),
    ("KH", "F14", cell("voDanToc", "Kimh")),
    ("KH", "F12", cell("voSoGiayToTuyThan", "083080000001")),
    ("KH", "F06", cell("loaiDangKy", "3")),
    ("KT", "X11", cell("nktNgayChet", "30.04.2017")),
    ("KT", "B07", cell("nycHoTen", "null")),
    ("KT", "X15", cell("nktGioPhutChet", "31 giờ")),
    ("CMC", "X20", cell("cmNgaySinh", "1995")),
    ("CMC", "F06", cell("loaiXacNhan", "Cha nhận con")),
    ("HN", "F01-place", cell("noiCap", "")),
    ("HN", "X21", cell("nxnThoiGianCuTruTu", "06.2017")),
    ("NCN", "X22", cell("chaNuoiNgaySinh", "2000")),
    ("GH", "F03", cell("dghNgaySinh", "31.02.2008")),
    ("CDGH", "F16", cell("cdghLyDo", "=1+1")),
    ("LH", "F10", cell("voHoTen", "lê Thị lành")),
    ("TD", "F05", cell("trangSo", "một")),
    ("KS", "F06-version", cell("loaiDangKy", "6")),
    ("KS", "X06", cell("nksLoaiKhaiSinh", "5")),
    ("KS", "X10", cell("nksNoiSinh", "xã Tân Phú, tỉnh Long An")),
    ("GH", "B04-blurred", pdf(blurred)),
    ("LH", "B04-faint", pdf(faded)),
    ("KT", "B04-poor", pdf(shrunk)),
    ("HN", "B10", pdf(twin)),
]


@pytest.mark.parametrize(
    ("register", "rule", "plant"), PLANTED, ids=[f"{r}-{f}" for r, f, _ in PLANTED]
)
def test_each_fault_planted_in_any_register_is_found(
    packages: dict[str, Package], tmp_path: Path, register: str, rule: str,
    plant: Callable[[Path, str], None],
) -> None:  # fmt: skip
    folder = tmp_path / "out"
    folder.mkdir()
    for path in (packages[register].xlsx, packages[register].zip):  # as from another vendor
        shutil.copy(path, folder)
    plant(folder, register)
    (files,) = find_packages([folder])
    assert {found.rule for found in check_package(files)} == {rule}


def test_a_register_is_known_by_its_headers(packages: dict[str, Package], tmp_path: Path) -> None:
    for ending in (".xlsx", ".zip"):
        shutil.copy(packages["LH"].xlsx.with_suffix(ending), tmp_path / f"so-ly-hon{ending}")
    (files,) = find_packages([tmp_path])
    assert files.register == "LH" and check_package(files) == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_every_workbook(packages: dict[str, Package], tmp_path: Path) -> None:
    files = [str(package.xlsx) for package in packages.values()]
    profile, kind = f"file://{tmp_path}/profile", "csv:Text - txt - csv (StarCalc):44,34,76,1"
    call = ["soffice", "--headless", f"-env:UserInstallation={profile}"]
    call += ["--convert-to", kind, "--outdir", str(tmp_path)]
    subprocess.run([*call, *files], check=True, capture_output=True, timeout=240)
    for register, package in packages.items():
        written = tmp_path / package.xlsx.with_suffix(".csv").name
        with written.open(encoding="utf-8", newline="") as file:
            header, first, *_ = csv.reader(file)
        assert header == list(sheet_form(register).headers)
        assert "01/2017" in first and "10.04.2017" in first  # text, not Excel's numbers
