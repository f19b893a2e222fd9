"""Print between close rules, and print that damp paper has moved about: both are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from common.geometry import Box
from extract.form.agreed import agreed
from extract.form.between_rules import read_between_rules
from extract.form.occurrences import Occurrence
from extract.form.sharpen import sharpened
from extract.form.words import (
    Word,
    in_rows,
    in_their_room,
    key_of,
    read_words,
    told_from_writing,
)
from models.print_reader import PrintReader
from models.reading import Image
from models.rules import find_rules, lift_rules

FACE = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"
LABELS = (
    "Phần ghi về con nuôi",
    "Ngày, tháng, năm đăng ký:",
    "Quan hệ của bên giao với trẻ:",
    "Họ tên, chức vụ người ký:",
    "Giấy chứng nhận số:",
    "Tên cơ sở nuôi dưỡng:",
)
TOP, PITCH, LEFT = 300, 22, 170


def set_close(slope: int, pitch: int = PITCH) -> Image:
    """A sheet of 2,000 pixels ruled under every label, the rules ``slope`` pixels lower right."""
    page = Picture.new("L", (1400, 2000), 255)
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(FACE, 16)
    for row in range(len(LABELS) + 1):
        y = TOP + row * pitch
        draw.line([(150, y), (1250, y + slope)], fill=0, width=4)
        if row < len(LABELS):
            draw.text((LEFT, y + 1), LABELS[row], fill=20, font=font)
    return np.asarray(page, dtype=np.uint8)


@pytest.mark.parametrize("slope", [0, 6])
def test_print_between_close_rules_is_read_where_it_stands(slope: int) -> None:
    page = set_close(slope)
    rules = find_rules(page)
    reader = PrintReader()
    read = read_between_rules(lift_rules(page, rules), rules, reader)
    keys = {word.key for word in read}
    assert {"nuoi", "thang", "dang", "giao", "chuc", "giay"} <= keys
    registered = next(word for word in read if word.key == "thang")
    assert TOP + PITCH <= registered.box.y0 < registered.box.y1 <= TOP + 2 * PITCH + slope
    assert LEFT + 40 < registered.box.x0 < LEFT + 80
    # the usual reading of the same sheet has fewer of them right
    whole = {word.key for word in read_words(lift_rules(page, rules), reader)}
    every = {key for label in LABELS for key in map(key_of, label.split())}
    assert len(keys & every) > len(whole & every)


def test_a_sheet_without_close_rules_is_not_read_again() -> None:
    page = set_close(0, pitch=90)
    assert read_between_rules(page, find_rules(page), PrintReader()) == ()


def test_print_that_cockled_paper_moved_is_drawn_together() -> None:
    sheet = printed_form()
    chance = np.random.default_rng(5)
    layers = [cockled(sheet, chance) for _ in range(6)]
    blank = agreed(layers)
    sharp, drawn = sharpened(blank, layers)
    assert blur(sharp, sheet) < 0.6 * blur(blank, sheet)
    nearly_all = agreed(layers, share=0.8), agreed(drawn, share=0.8)
    assert blur(nearly_all[1], sheet) < 0.6 * blur(nearly_all[0], sheet)


def test_two_pages_cannot_tell_where_most_have_a_word() -> None:
    sheet = printed_form()
    blank = agreed([sheet, sheet])
    assert np.array_equal(sharpened(blank, [sheet, sheet])[0], blank)


def printed_form() -> Image:
    page = Picture.new("L", (900, 900), 255)
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(FACE, 17)
    for row in range(14):
        for column in range(2):
            label = LABELS[(row + column) % len(LABELS)]
            draw.text((60 + 420 * column, 60 + 56 * row), label, fill=20, font=font)
    return np.asarray(page, dtype=np.uint8)


def cockled(sheet: Image, chance: np.random.Generator) -> Image:
    """The sheet, moved by up to some 4 pixels in waves about 150 pixels long."""
    height, width = sheet.shape
    nodes = chance.normal(0, 2.2, (height // 75, width // 75, 2)).astype(np.float32)
    moved = cv2.resize(nodes, (width, height), interpolation=cv2.INTER_CUBIC)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.asarray(
        cv2.remap(sheet, xs + moved[..., 0], ys + moved[..., 1], cv2.INTER_LINEAR, borderValue=255),
        dtype=np.uint8,
    )


def blur(image: Image, sheet: Image) -> float:
    """The share of a sheet's ink that an image lacks, after the best shift as a whole."""
    inside = image[20:-20, 20:-20]
    found = cv2.matchTemplate(sheet, inside, cv2.TM_CCORR_NORMED)
    best = np.unravel_index(found.argmax(), found.shape)
    own = sheet[best[0] : best[0] + inside.shape[0], best[1] : best[1] + inside.shape[1]]
    ink = own < 120
    return float(np.clip(inside[ink].astype(float) - own[ink], 0, None).mean()) / 255


def test_a_word_ends_where_one_that_stands_within_it_begins() -> None:
    wide = Word("đăng", Box(252, 137, 375, 157))  # Tesseract gave it the room of the next two
    tail = (Word("ký", Box(297, 138, 313, 157)), Word("hộ", Box(318, 138, 333, 155)))
    below = Word("Số", Box(300, 180, 330, 198))
    words = in_their_room((wide, *tail, below))
    assert words[0].box == Box(252, 137, 297, 157) and words[1:] == (*tail, below)
    (row,) = in_rows(words[:3])
    assert [word.text for word in row] == ["đăng", "ký", "hộ"]


def test_a_label_s_line_is_as_high_as_most_of_its_words() -> None:
    """The reader gave *ký* the room of a leader and of a stroke below it."""
    words = tuple(
        Word(text, Box(x, y0, x + 40, y1))
        for text, x, y0, y1 in (
            ("Đăng", 384, 246, 265),
            ("ký", 432, 232, 285),
            ("ngày", 480, 247, 266),
        )
    )
    line = Occurrence(words, "dangkyngay").last_line
    assert line == Box(384, 246, 520, 266)


def test_print_that_cockled_paper_moved_is_no_writing() -> None:
    """As the pages lie, few agree on where a word is; drawn together, nearly all do."""
    sheet = printed_form()
    chance = np.random.default_rng(7)
    layers = [cockled(sheet, chance) for _ in range(6)]
    as_they_lie = agreed(layers), agreed(layers, share=0.8)
    sharp, drawn = sharpened(as_they_lie[0], layers)
    flat = [word for word in read_words(sheet, PrintReader()) if len(word.key) > 2]
    known = {word.key for word in flat}

    def steady(
        together: tuple[Image, Image], printed: set[str], read: Sequence[Word] = flat
    ) -> int:
        (words, _) = told_from_writing([read, ()], printed, as_they_lie, together)
        return sum(word.steady for word in words)

    together = sharp, agreed(drawn, share=0.8)
    assert steady(as_they_lie, known) < 0.9 * len(flat) <= steady(together, known)
    others = {word.key for word in flat[::2]}
    assert steady(together, others) < steady(together, known)
    unsure = [replace(word, confidence=0.3) for word in flat]
    assert steady(together, known, unsure) == steady(as_they_lie, known)
