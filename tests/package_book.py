"""A small book of any register as `hotich extract` leaves it, made without reading anything.

Two cases on one page, which no rule objects to; the picture is drawn. For tests of packages.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from extract.folder import BookFolder
from extract.record import FieldValue, Record, write_records
from extract.registers import Column, Register, load_register
from extract.reopen import Extracted
from extract.store import Store

WIDTH, HEIGHT = 1240, 1754
YEAR = 2017
MEN = ["Nguyễn Văn Tư", "Trần Văn Sửu"]
WOMEN = ["Lê Thị Lành", "Phạm Thị Ngà"]
YOUNG = ["Nguyễn Văn An", "Trần Văn Bình"]
_YOUNG_OF = ("nksHoTen", "cnHoTen", "ncHoTen", "dghHoTen")
_WOMEN_OF = ("vo", "me", "meNuoi", "giaoBa")
_SPECIAL = {
    "quyenSo": "01/2017",
    "loaiDangKy": "1",
    "noiDangKy": "Ủy ban nhân dân xã Tân Phú",
    "noiCap": "Ủy ban nhân dân xã Tân Phú",
    "nguoiKy": "Ngô Văn Du",
    "chucVuNguoiKy": "Chủ tịch",
    "nguoiThucHien": "Đinh Thị Mai",
    "nycHoTen": "Hồ Văn Dư",
    "loaiXacNhan": "1",
    "nksLoaiKhaiSinh": "1",
    "nksNoiSinhDVHC": "Bến Tre",
    "nktGioPhutChet": "8 giờ 30",
}
_BIRTHS = {"nks": "07.03.2017", "nc": "05.1999", "cn": "2010", "dgh": "02.2008"}


def value_of(column: Column, register: Register, place: int) -> str | None:
    """A value that fits the column, for the first or the second case (``place`` 0, 1)."""
    code = column.code
    if code in _SPECIAL:
        return _SPECIAL[code]
    if code in ("so", "trangSo", "ngayDangKy"):
        own = {"so": f"{place + 1:02d}/{YEAR}", "trangSo": f"{place + 1}"}
        return own.get(code, f"{10 + place}.04.{YEAR}")
    person = next((w for w in _WOMEN_OF if code.startswith(w) and code[len(w)].isupper()), "")
    if column.type == "person_name":
        return (YOUNG if code in _YOUNG_OF else WOMEN if person else MEN)[place]
    if column.type == "partial_date" and code.endswith("NgaySinh"):
        return next((date for who, date in _BIRTHS.items() if code == f"{who}NgaySinh"), "1980")
    if column.enum in ("gioiTinh", "danToc", "quocGia"):
        return {"gioiTinh": "Nam", "danToc": "Kinh", "quocGia": "Việt Nam"}[column.enum]
    if code.endswith("NoiCuTru"):
        return "ấp 1, xã Tân Phú, tỉnh Bến Tre"
    if code == "nktNgayChet":
        return f"0{place + 5}.04.{YEAR}"
    return None


def records(register: str) -> list[Record]:
    """Two cases with the columns of the register."""
    known = load_register(register)
    form = known.generation("tt15-2015")
    made = []
    for place in (0, 1):
        fields = {}
        for row, column in enumerate(known.columns):
            value = value_of(column, known, place)
            top = 60 + 850 * place + 12 * row
            box = (100, top, 900, top + 12) if value else None
            state = "read" if value else "blank"
            fields[column.code] = FieldValue(value, value, 0.99, state, box, source="test")  # type: ignore[arg-type]
        made.append(Record(f"{register}.{YEAR}.01", 1, place + 1, register, form.id, fields))
    return made


def page(of: list[Record]) -> np.ndarray:
    """The picture of their page, (H, W, 3): every value at its place."""
    picture = np.random.default_rng(7).normal(235, 4, (HEIGHT, WIDTH, 3)).clip(0, 255)
    picture = picture.astype(np.uint8)
    for record in of:
        for value in record.fields.values():
            if value.box:
                text = (value.value or "").encode("ascii", "ignore").decode()
                at = (value.box[0], value.box[3])
                cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 30, 60), 1)
    return picture


def make(root: Path, register: str) -> Extracted:
    """Write the book into ``root`` and open it."""
    folder, made = BookFolder(root), records(register)
    folder.prepare()
    write_records(folder.records, made)
    store = Store.open(folder.store_url)
    store.save_records(made[0].book, made)
    cv2.imwrite(str(folder.page_image(1)), page(made))
    store.save_page(made[0].book, 1, "done", "", {"picture_scale": 1.0, "source": "book.pdf p. 1"})
    store.close()
    return Extracted.open(root)
