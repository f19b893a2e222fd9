"""A small book as `hotich extract` leaves it, made without reading anything: for tests of the ends.

Two births a page, drawn on a grainy page; the fields of every second case need a person.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from extract.folder import BookFolder
from extract.record import FieldValue, Issue, Record, write_records
from extract.registers import load_register
from extract.reopen import Extracted
from extract.store import Store

BOOK = "KS.1962.01"
WIDTH, HEIGHT = 1600, 2200
DAMAGED = "0003.jpg: the image is damaged or cut short — copy or scan it again"
PEOPLE = [
    ("Nguyễn Văn Tư", "Nam", "07.05.1962", "Nguyễn Văn Ba"),
    ("Trần Thị Lành", "Nữ", "12.05.1962", "Trần Văn Sửu"),
    ("Lê Hoàng Minh", "Nam", "01.06.1962", "Lê Văn Có"),
    ("Thạch Thị Sa Rây", "Nữ", "15.06.1962", "Thạch Sên"),
]


def field(value: str | None, box: tuple[int, int, int, int], confidence: float) -> FieldValue:
    return FieldValue(
        raw=value,
        value=value,
        confidence=confidence,
        status="read" if value else "blank",
        box=box,
        review=confidence < 0.9,
        alternatives=((f"{value}?", 0.1),) if value and confidence < 0.9 else (),
        source="handwriting@test",
    )


def records() -> list[Record]:
    """Four births on two pages, with every column of the register."""
    columns = [column.code for column in load_register("KS").columns]
    made = []
    for place, (name, sex, birth, father) in enumerate(PEOPLE):
        page, entry = place // 2 + 1, place % 2 + 1
        top = 200 + 1000 * (entry - 1)
        sure = 0.97 if entry == 1 else 0.6
        values = {
            "so": f"{place + 1:02d}/1962",
            "ngayDangKy": f"{10 + place}.07.1962",
            "noiDangKy": "Xã Tân Phú, Quận Gò Vấp, Tỉnh Gia Định",
            "nksHoTen": name,
            "nksGioiTinh": sex,
            "nksNgaySinh": birth,
            "chaHoTen": father,
            "ghiChu": None,
        }
        fields = dict.fromkeys(columns, FieldValue())
        for row, (code, value) in enumerate(values.items()):
            box = (300, top + 100 * row, 1400, top + 100 * row + 70)
            fields[code] = field(value, box, 0.99 if code == "so" else sure)
        made.append(Record(BOOK, page, entry, "KS", "rvn-1955-1975", fields))
    trouble = Issue("X05", ("nksHoTen", "chaHoTen"), "Họ của con khác họ của cha")
    made[1] = Record(**{**vars(made[1]), "issues": (trouble,)})
    return made


def make(root: Path) -> Extracted:
    """Write the book into ``root`` and open it; two pages done, a third one failed."""
    folder = BookFolder(root)
    folder.prepare()
    made = records()
    write_records(folder.records, made)
    store = Store.open(folder.store_url)
    store.save_records(BOOK, made)
    rng = np.random.default_rng(5)
    for page in (1, 2):
        picture = rng.normal(225, 6, (HEIGHT, WIDTH, 3)).clip(0, 255).astype(np.uint8)
        for record in (record for record in made if record.page == page):
            for code, value in record.fields.items():
                if value.box:
                    x, y = value.box[0], value.box[3] - 15
                    text = f"{code}: {(value.value or '').encode('ascii', 'ignore').decode()}"
                    cv2.putText(
                        picture, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (60, 50, 90), 3
                    )
                    x0, y0, x1, y1 = value.box
                    crop = folder.crop(page, record.entry, code)
                    cv2.imwrite(str(crop), picture[y0:y1, x0:x1])
        cv2.imwrite(str(folder.page_image(page)), picture[::2, ::2])
        store.save_page(BOOK, page, "done", "", {"picture_scale": 0.5})
    store.save_page(BOOK, 3, "failed", DAMAGED, {})
    store.close()
    return Extracted.open(root)
