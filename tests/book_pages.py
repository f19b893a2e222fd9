"""A tiny book for tests of the run: a drawn form, pages written on it, and a reader of marks."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from common.geometry import Box
from extract.form import BookForm, Entry, FieldSlot, save_form
from models.reading import Image, Reading

WIDTH, HEIGHT = 760, 1000
LABELS = ("So hieu", "Ten, ho au-nhi", "Phai", "Sanh ngay", "Cha ten ho", "Me ten ho", "Ngay khai")
CODES = {
    "so": ("number_token", 0),
    "nksHoTen": ("person_name", 1),
    "nksGioiTinh": ("enum", 2),
    "nksNgaySinh": ("partial_date", 3),
    "chaHoTen": ("person_name", 4),
    "meHoTen": ("person_name", 5),
    "ngayDangKy": ("partial_date", 6),
}
TEXTS = ("7", "Nguyễn-văn-Tư", "nam", "12-3-1962", "Nguyễn-văn-Ba", "Lê-thị-Sáu", "20-3-1962")


def line(row: int) -> Box:
    y = 190 + 110 * row
    return Box(330, y - 62, 720, y)


def blank_page() -> Image:
    page = np.full((HEIGHT, WIDTH), 244, np.uint8)
    cv2.rectangle(page, (20, 20), (WIDTH - 20, HEIGHT - 20), 60, 2)
    cv2.putText(page, "BO KHAI-SANH", (210, 90), cv2.FONT_HERSHEY_DUPLEX, 1.4, 30, 3)
    for row, text in enumerate(LABELS):
        y = int(line(row).y1)
        cv2.putText(page, text, (50, y - 6), cv2.FONT_HERSHEY_COMPLEX, 0.9, 40, 2)
        cv2.line(page, (330, y), (720, y), 70, 2)
    return page


def written_page(number: int) -> Image:
    """The form with a mark in every place: longer ones further down, the number's by its page."""
    page = blank_page()
    for row in range(len(LABELS)):
        y = int(line(row).y1)
        for letter in range(row + 1):
            x = 350 + 34 * letter
            cv2.ellipse(page, (x, y - 20), (9, 16), 15, 0, 300, 55, 3)
    for stroke in range(number):
        cv2.line(page, (420 + 14 * stroke, 150), (424 + 14 * stroke, 180), 55, 3)
    return page


def write_book(folder: Path, pages: int) -> Path:
    folder.mkdir()
    for number in range(1, pages + 1):
        cv2.imwrite(str(folder / f"{number:04d}.png"), written_page(number))
    return folder


def write_form(folder: Path) -> Path:
    fields = {
        code: FieldSlot((line(row),), Box(50, line(row).y0, 320, line(row).y1), kind)
        for code, (kind, row) in CODES.items()
    }
    form = BookForm(
        "KS",
        "rvn-1955-1975",
        blank_page(),
        (),
        (Entry(1, Box(20, 20, WIDTH - 20, HEIGHT - 20), fields),),
        1.0,
    )
    folder.mkdir()
    save_form(form, folder)
    return folder / "form.yaml"


@dataclass(frozen=True)
class MarkReader:
    """Reads a line by its width. ``calls`` counts its calls; at call ``dies`` it kills itself."""

    calls: Path
    dies: int = 0
    source: str = "marks@0"

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        with self.calls.open("a") as file:
            file.write("x")
        if len(self.calls.read_text()) == self.dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return [self._one(image) for image in lines]

    def _one(self, image: Image) -> Reading:
        above = image[: len(image) // 2]  # the rule that it stands on
        columns = np.flatnonzero((above < 160).any(axis=0))
        letters = max(1, min(len(TEXTS), round((columns[-1] - columns[0] + 16) / 34)))
        text = TEXTS[letters - 1]
        share = 0.5 + 0.4 * (image.mean() / 255)
        return Reading(text, share, ((text[0], share),), (("x", 0.05),), self.source, 0.99)
