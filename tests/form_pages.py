"""Crude registers drawn for the tests: print, leaders, a scrawl in each slot, a bent scan."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from common.geometry import Box

FONTS = Path(__file__).parents[1] / "models" / "synth" / "fonts"
Grey = NDArray[np.uint8]
Line = list[tuple[str, str, float]]  # printed label, code written after it, share of the width


@dataclass
class Press:
    """One printed form: lines of labels with leaders, entries repeated down the page."""

    title: str
    lines: list[Line]
    font: str = "print/freeserif-freeserif.ttf"
    size: int = 26
    width: int = 1240
    height: int = 1754
    entries: int = 1
    leader: str = "."
    pitch: int = 54
    hand: str = "handwriting/patrick-hand-400regular.ttf"


@dataclass
class Page:
    """A drawn page: the scan, its blank form, and the true slots by entry and code."""

    grey: Grey
    blank: Grey
    slots: list[dict[str, Box]] = field(default_factory=list)
    matrix: NDArray[np.float64] = field(default_factory=lambda: np.eye(3))


RVN = Press(
    "KHAI-SANH",
    [
        [("Số hiệu:", "so", 0.4)],
        [("Tên, họ ấu-nhi:", "nksHoTen", 1.0)],
        [("Phái:", "nksGioiTinh", 0.3), ("Sanh (Ngày, tháng, năm):", "nksNgaySinh", 0.7)],
        [("Tại:", "nksNoiSinh", 1.0)],
        [("Cha (Tên, họ):", "chaHoTen", 0.7), ("Tuổi:", "chaNgaySinh", 0.3)],
        [("Nghề-nghiệp:", "chaNgheNghiep", 0.4), ("Cư-trú tại:", "chaNoiCuTru", 0.6)],
        [("Mẹ (Tên, họ):", "meHoTen", 0.7), ("Tuổi:", "meNgaySinh", 0.3)],
        [("Nghề-nghiệp:", "meNgheNghiep", 0.4), ("Cư-trú tại:", "meNoiCuTru", 0.6)],
        [("Vợ (Chánh hay thứ):", "meThuBacVo", 1.0)],
        [("Người khai (Tên, họ):", "nycHoTen", 0.7), ("Tuổi:", "nycTuoi", 0.3)],
        [("Nghề-nghiệp:", "nycNgheNghiep", 0.4), ("Cư-trú tại:", "nycNoiCuTru", 0.6)],
        [("Ngày khai:", "ngayDangKy", 1.0)],
        [("Người chứng thứ nhứt (Tên, họ):", "nhanChung1", 1.0)],
        [("Người chứng thứ nhì (Tên, họ):", "nhanChung2", 1.0)],
    ],
    pitch=84,
)

TT15 = Press(
    "SỔ ĐĂNG KÝ KHAI SINH",
    [
        [("Số:", "so", 0.3), ("Ngày, tháng, năm đăng ký:", "ngayDangKy", 0.7)],
        [("Họ, chữ đệm, tên:", "nksHoTen", 1.0)],
        [("Ngày, tháng, năm sinh:", "nksNgaySinh", 0.5), ("Giới tính:", "nksGioiTinh", 0.5)],
        [("ghi bằng chữ:", "nksNgaySinhBangChu", 1.0)],
        [("Dân tộc:", "nksDanToc", 0.5), ("Quốc tịch:", "nksQuocTich", 0.5)],
        [("Nơi sinh:", "nksNoiSinh", 1.0)],
        [("Quê quán:", "nksQueQuan", 1.0)],
        [("Họ, chữ đệm, tên mẹ:", "meHoTen", 0.7), ("Năm sinh:", "meNgaySinh", 0.3)],
        [("Dân tộc:", "meDanToc", 0.5), ("Quốc tịch:", "meQuocTich", 0.5)],
        [("Nơi cư trú:", "meNoiCuTru", 1.0)],
        [("Họ, chữ đệm, tên cha:", "chaHoTen", 0.7), ("Năm sinh:", "chaNgaySinh", 0.3)],
        [("Dân tộc:", "chaDanToc", 0.5), ("Quốc tịch:", "chaQuocTich", 0.5)],
        [("Nơi cư trú:", "chaNoiCuTru", 1.0)],
        [("Họ, chữ đệm, tên người đi khai sinh:", "nycHoTen", 1.0)],
        [("Giấy tờ tùy thân:", "nycSoGiayToTuyThan", 1.0)],
    ],
    font="print/dejavu-serif-dejavuserif.ttf",
    entries=2,
    leader="_",
    size=22,
    pitch=50,
    width=1340,
    height=1880,
)

MARRIAGE = Press(
    "HÔN-THÚ",
    [
        [("Số hiệu:", "so", 0.4)],
        [("Tên, họ chồng:", "chongHoTen", 1.0)],
        [("Nghề-nghiệp:", "a", 0.5), ("Cư-sở tại:", "b", 0.5)],
        [("Sanh ngày:", "c", 0.5), ("Tại:", "d", 0.5)],
        [("Tên, họ cha chồng (Sống chết phải nói):", "e", 1.0)],
        [("Tên, họ mẹ chồng (Sống chết phải nói):", "f", 1.0)],
        [("Tên, họ vợ:", "g", 1.0)],
        [("Nghề-nghiệp:", "h", 0.5), ("Cư-sở tại:", "i", 0.5)],
        [("Tên, họ cha vợ (Sống chết phải nói):", "j", 1.0)],
        [("Tên, họ mẹ vợ (Sống chết phải nói):", "k", 1.0)],
        [("Ngày cưới:", "l", 1.0)],
        [("Vợ chồng khai có hay không lập hôn-khế:", "m", 1.0)],
    ],
    pitch=90,
)

_SYLLABLES = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Văn",
    "Thị",
    "Hương",
    "Tư",
    "Sáu",
    "Gia",
    "Định",
    "Mỹ",
    "Tho",
    "năm",
    "mươi",
    "hai",
    "Làm",
    "ruộng",
    "Nam",
    "1962",
    "17",
]


def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / name), size)


def blank_page(press: Press) -> tuple[Grey, list[dict[str, Box]]]:
    """The printed form alone, and where each code is written."""
    image = Image.new("L", (press.width, press.height), 247)
    pen, font = ImageDraw.Draw(image), _font(press.font, press.size)
    head = _font(press.font, press.size * 3 // 2)
    pen.text((press.width / 2, 80), press.title, 40, font=head, anchor="mm")
    left, right, top = 110, press.width - 90, 200
    slots: list[dict[str, Box]] = []
    for entry in range(press.entries):
        y = top + entry * (press.height - top - 40) // press.entries
        slots.append({})
        for line in press.lines:
            x = float(left)
            for label, code, share in line:
                end = x + share * (right - left)
                pen.text((x, y), label, 50, font=font, anchor="ls")
                start = x + font.getlength(label) + 8
                if press.leader == ".":
                    for dot in np.arange(start, end - 12, 9):
                        pen.ellipse((dot, y - 1, dot + 2, y + 1), fill=70)
                else:
                    pen.line((start, y + 1, end - 12, y + 1), fill=80, width=2)
                slots[-1][code] = Box(start, y - 0.8 * press.size, end - 12, y + 0.3 * press.size)
                x = end
            y += press.pitch
    return np.asarray(image), slots


def page(press: Press, seed: int, *, bend: float = 4, turn: float = 1.5) -> Page:
    """One filled page as a clean scan would show it: turned, scaled, bent, faded, noisy."""
    rng = np.random.default_rng(seed)
    blank, slots = blank_page(press)
    image = Image.fromarray(blank)
    pen, hand = ImageDraw.Draw(image), _font(press.hand, press.size)
    for entry in slots:
        for box in entry.values():
            if rng.random() < 0.1:
                continue
            text = ""
            while hand.getlength(text) < box.width * rng.uniform(0.3, 0.8):
                text += " " + str(rng.choice(_SYLLABLES))
            at = (box.x0 + rng.uniform(2, 25), box.y1 - 8 + rng.uniform(-5, 3))
            pen.text(at, text, int(rng.integers(40, 110)), font=hand, anchor="ls")
    filled = np.asarray(image)
    height, width = filled.shape
    matrix = np.vstack(
        [
            cv2.getRotationMatrix2D(
                (width / 2, height / 2), rng.uniform(-turn, turn), rng.uniform(0.975, 1.025)
            ),
            [0, 0, 1],
        ]
    )
    matrix[:2, 2] += rng.uniform(-25, 25, 2)
    turned = cv2.warpPerspective(filled, matrix, (width, height), borderValue=60)
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    wave = bend * np.sin(2 * np.pi * (yy / height * rng.uniform(0.5, 1.2) + rng.random()))
    sag = bend * np.sin(np.pi * xx / width + rng.random())
    bent = cv2.remap(
        turned, xx + wave.astype(np.float32), yy + sag.astype(np.float32), 1, borderValue=60
    )
    fade = rng.uniform(0.55, 0.95)
    noisy = 250 - (250 - bent.astype(np.float64)) * fade + rng.normal(0, 6, bent.shape)
    return Page(np.clip(noisy, 0, 255).astype(np.uint8), blank, slots, matrix)


def book(press: Press, pages: int, seed: int = 0) -> list[Page]:
    return [page(press, 1000 * seed + index) for index in range(pages)]
