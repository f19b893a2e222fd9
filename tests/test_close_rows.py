"""Forms printed so small that a row's place reaches into the next row, and cells hold two lines."""

from __future__ import annotations

import cv2
import numpy as np

from common.geometry import Box
from extract.form.book_form import BookForm, Entry, FieldSlot
from extract.form.ground import without_ghosts, without_letters
from extract.form.slots import slots_of
from extract.ink.grain import GrainOptions, without_grain
from extract.ink.lift import InkOptions, cut_line, lift_ink
from extract.ink.rows import rows_in
from extract.reading.fields import _line_height
from models.reading import Image
from models.rules import Rules, Segment
from tests.test_form_places import found, level, surroundings, upright


def paper(height: int = 300, width: int = 900) -> Image:
    return np.full((height, width), 250, np.uint8)


def put(page: Image, text: str, x: int, y: int, scale: float = 0.6, grey: int = 60) -> None:
    cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, grey, 2, cv2.LINE_AA)


def test_a_place_ends_above_the_label_close_below_it() -> None:
    label, below, far = Box(100, 300, 180, 320), Box(100, 324, 300, 344), Box(100, 700, 180, 720)
    rules = Rules((level(60, 900, 60),), dotted=(level(190, 900, 320),))
    close, free = (
        slots_of(found("nksHoTen", label), surroundings(rules, [label, other]))["nksHoTen"].boxes[0]
        for other in (below, far)
    )
    assert close.y1 <= 324 < free.y1
    assert close.contains(500, 312)


def test_print_below_a_place_goes_and_writing_beside_a_label_of_two_lines_stays() -> None:
    blank = paper()
    put(blank, "Giay chung nhan so", 20, 100)
    put(blank, "Ho ten nguoi ky giay chung nhan", 20, 128)
    page = blank.copy()
    put(page, "72", 300, 100)
    place, label = Box(270, 78, 600, 122), Box(20, 110, 390, 134)
    lifted = lift_ink(page, blank, [place], InkOptions(), [label])
    assert (lifted[112:134, 270:390] > 200).all()
    assert (lifted[84:102, 300:330] < 150).any()
    two = Box(20, 80, 390, 134)  # here the label's first line runs on over the place
    assert (lift_ink(page, blank, [place], InkOptions(), [two])[84:102, 300:330] < 150).any()


def test_a_word_alone_below_a_long_line_is_a_line() -> None:
    page = paper()
    put(page, "to dan pho Thoi Binh xa Tam Quan Bac huyen Hoai Nhon tinh", 20, 80)
    put(page, "an", 60, 112)
    place = Box(10, 50, 890, 130)
    assert len(rows_in(page, place, 28, InkOptions())) == 2
    page[100:120] = 250
    assert len(rows_in(page, place, 28, InkOptions())) == 1  # tails alone are no line


def test_what_many_wrote_at_one_height_is_no_rule() -> None:
    strict = np.full((1400, 1000), 255, np.uint8)
    real = [level(100, 900, y) for y in (200, 400, 600, 800)]
    for rule in real:
        strict[round(rule.y0) - 1 : round(rule.y0) + 2, 100:900] = 60
    strict[497:503, 300:700] = 170
    written = Segment(300, 500, 700, 500, 6)
    assert without_ghosts(Rules((*real, written)), strict).horizontal == tuple(real)
    thin = Segment(300, 500, 700, 500, 2)  # a rule may be paler than others
    strict[497:503, 300:700] = 255
    strict[499:502, 300:700] = 150
    assert without_ghosts(Rules((*real, thin)), strict).horizontal == (*real, thin)


def test_letters_above_and_below_a_thick_row_tell_that_it_is_writing() -> None:
    blank = np.full((1400, 1000), 255, np.uint8)
    blank[197:203, 100:900] = blank[497:503, 100:900] = 40
    blank[398:401, 100:900] = blank[598:601, 100:900] = 40
    for x in range(110, 900, 40):  # ascenders and tails, an eighth of the row
        blank[486:514, x : x + 5] = 40
    rules = [Segment(100, y, 900, y, t) for y, t in ((200, 6), (500, 6), (400, 3), (600, 3))]
    thin = [Segment(100, y, 900, y, 3) for y in (700, 800, 900)]
    for rule in thin:
        blank[round(rule.y0) - 1 : round(rule.y0) + 2, 100:900] = 40
    kept = without_letters(Rules((*rules, *thin)), blank).horizontal
    assert [rule.y0 for rule in kept] == [200, 400, 600, 700, 800, 900]


def test_a_leader_s_piece_in_a_cell_parts_no_line() -> None:
    label = Box(100, 305, 180, 325)
    frame = (level(60, 900, 290), level(60, 900, 340), *(level(60, 900, y) for y in (100, 700)))
    rules = Rules(frame, (upright(60, 100, 700), upright(300, 100, 700), upright(900, 100, 700)))
    dirt = Rules(rules.horizontal, rules.vertical, (level(350, 420, 315),))
    for seen in (rules, dirt):
        boxes = slots_of(found("nksHoTen", label), surroundings(seen, [label]))["nksHoTen"].boxes
        assert len(boxes) == 1 and boxes[0].height > 40


def test_a_thin_word_a_little_paler_than_the_rest_is_no_dirt() -> None:
    """2020 of a date, fallen to pieces, was taken for the rim of a stain."""
    page = paper(400, 700)
    for at, x in enumerate(range(40, 660, 30)):
        cv2.ellipse(page, (x, 100), (8, 14), 20, 0, 300, 164 + 3 * (at % 7), 2)
    cv2.ellipse(page, (160, 300), (40, 14), 0, 0, 360, 182, 3)
    page[260:340, 100:220][np.indices((80, 120)).sum(axis=0) % 4 == 0] = 222
    stain = page[260:340, 400:520]
    stain[np.random.default_rng(3).random(stain.shape) < 0.25] = 200
    kept = without_grain(page, [Box(20, 20, 680, 380)], 205, GrainOptions(), 250)
    before, after = (
        [int((image[260:340, x : x + 120] < 205).sum()) for x in (100, 400)]
        for image in (page, kept)
    )
    assert after[0] > 0.95 * before[0] and after[1] < 0.2 * before[1]


def test_letters_tied_to_the_line_above_by_what_is_left_of_a_rule_are_cut_off() -> None:
    page = paper(200, 600)
    put(page, "HHHHHH", 40, 60, 1.0)
    put(page, "1952", 60, 112, 1.2)
    page[60:90, 66:70] = 60  # a tail, and a rest of the rule that it crosses
    cut = cut_line(page, Box(30, 78, 500, 124), InkOptions())
    assert cut.box.y0 >= 77 and cut.box.width < 150


def test_lines_are_as_low_as_a_quarter_of_the_places() -> None:
    def line_height(*heights: int) -> float:
        slots = {
            f"c{at}": FieldSlot((Box(100, 100 * at, 500, 100 * at + high),), kind="text")
            for at, high in enumerate(heights)
        }
        form = BookForm(
            "KS", "x", paper(2000, 600), (), (Entry(1, Box(0, 0, 600, 2000), slots),), 1.0
        )
        return _line_height(form)

    assert line_height(22, 23, 23, 34, 46, 46, 46, 46) == 23
    assert line_height(45, 50, 50, 54, 54, 54, 54, 107) == 54
