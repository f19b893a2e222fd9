"""Labels that worn print leaves half read, and which layout, case and square they then show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from common.geometry import Box
from extract.form.decode import Found
from extract.form.expected import with_expected
from extract.form.ground import without_letters
from extract.form.marks import ticked_right
from extract.form.occurrences import Occurrence, find_occurrences, spans_of
from extract.form.wordings import State, states_of
from extract.form.words import Word, clear_of_rules, in_rows
from extract.registers import load_register
from models.reading import Image
from models.rules import Rules, Segment
from tests.test_form_decode import best_of, codes_of, words_of

ADOPTION = load_register("NCN").generation("tt15-2015")
PERSON = ["Họ và tên", "Ngày, tháng, năm sinh", "Dân tộc", "Quốc tịch", "Nơi thường trú"]


def state_of(code: str, states: tuple[State, ...]) -> tuple[int, State]:
    return next((i, s) for i, s in enumerate(states) if code in s.codes)


def lowered(box: Box, by: float) -> Box:
    return box._replace(y0=box.y0 + by, y1=box.y1 + by)


def word(text: str, x: float, y: float, width: float, height: float = 20) -> Word:
    return Word(text, Box(x, y, x + width, y + height), 0.9)


def test_a_row_read_twice_makes_no_blocks_of_a_table() -> None:
    """A table of two columns whose heads are unread, and *Quốc tịch* a second time in two."""
    head = ["SỔ ĐĂNG KÝ NUÔI CON NUÔI", "Số | | Quyển", "Ngày, tháng, năm đăng ký"]
    two = ["Phần ghi về cha, mẹ nuôi", *PERSON, "Phần ghi về bên giao con nuôi", *PERSON]
    two += ["Quan hệ của bên giao với trẻ được nhận làm con nuôi", "Tên cơ sở nuôi dưỡng"]
    words = words_of([*head, *two])
    again = [replace(w, box=lowered(w.box, 24)) for w in words if w.text in ("Quốc", "tịch")]
    best = best_of([*words, *again])
    pairs = [i.state.codes for i in best.cases[0] if i.state.section in ("adopters", "givers")]
    assert ("chaNuoiQuocTich", "meNuoiQuocTich") in pairs
    assert all(len(codes) == 2 for codes in pairs if codes)


def test_print_crosses_no_rule() -> None:
    rules = Rules(horizontal=(Segment(0, 120, 900, 120, 3), Segment(0, 160, 100, 160, 3)))
    through = word("Quốc", 200, 110, 60)
    low, high = word("Số", 200, 104, 25), word("Ngày", 300, 116, 60)
    elsewhere = word("tịch", 300, 150, 60)  # the short rule ends before it
    kept = list(clear_of_rules([through, low, high, elsewhere], rules, 1000))
    assert [w.text for w in kept] == ["Số", "Ngày", "tịch"]
    assert (kept[0].box.y0, kept[0].box.y1) == (104, 120)
    assert (kept[1].box.y0, kept[1].box.y1) == (120, 136)
    assert kept[2] == elsewhere


def test_a_long_row_of_small_letters_is_no_rule() -> None:
    """Its blurred middle runs on; a rule that is written on has paper on one side."""
    grey: Image = np.full((1000, 800), 255, np.uint8)
    for y in (300, 600):
        grey[y - 1 : y + 2, 100:700] = 60
        for x in range(100, 700, 9):
            grey[y - 6 : y, x : x + 3] = 60  # letters above both
            grey[y : y + 6 * (y == 300), x : x + 3] = 60  # and below the first
    found = tuple(Segment(100, y, 700, y, 3) for y in (300, 600))
    (rule,) = without_letters(Rules(found), grey).horizontal
    assert rule.y0 == 600


def test_a_second_line_is_a_label_of_its_own_where_other_readings_say_so() -> None:
    """*Sinh ngày* above *(bằng chữ)* is not *Sinh ngày (bằng chữ)*, though one reading loses it."""
    states = states_of(load_register("KS").generation("1976-1998"), "blocks")
    first = [word("Sinh", 80, 100, 45), word("ngày", 132, 100, 50)]
    below = [word("(bằng", 80, 150, 60), word("chữ)", 148, 150, 50)]
    lost = [*first, word("(bằng", 80, 154, 60), word("ch)©220-", 148, 150, 100)]
    other = [replace(w, confidence=0.8) for w in (*first, *below)]
    readings = [in_rows([*first, *below]), in_rows(other), in_rows(lost)]
    found = {item.text for item in find_occurrences(spans_of(readings), states)}
    assert found == {"Sinh ngày", "(bằng chữ)"}


def test_what_is_printed_last_closes_the_case_above() -> None:
    """The second case's *Những ghi chú về sau* is unread, and the first's stands nearer to it."""
    lines = [
        "Số | Đăng ký ngày",
        "Họ và tên | Giới tính | Dân tộc",
        "Ngày, tháng, năm sinh | Quốc tịch",
        "Nơi thường trú",
        "Nơi chết",
        "Nguyên nhân chết",
        "Họ và tên người đi khai | Quan hệ",
        "Họ, tên, chức vụ người ký",
    ]
    note = words_of(["Những ghi chú về sau"], top=560)
    best = best_of([*words_of(lines), *note, *words_of(lines, top=620)])
    assert len(best.cases) == 2
    assert ["ghiChu" in codes_of(best, case) for case in (0, 1)] == [True, False]


def test_a_label_is_known_by_its_end_where_its_beginning_is_unread() -> None:
    states = states_of(ADOPTION, "table")
    labels = {"quyenSo": (600, 100), "cnHoTen": (80, 200)}
    case = [
        Found(s, i, Occurrence((word("x", x, y, 60),), "x"), 1.0)
        for code, (x, y) in labels.items()
        for i, s in [next((i, s) for i, s in enumerate(states) if code in s.codes and i > 2)]
    ]
    end = [word("năm", 204, 150, 38), word("đăng", 250, 150, 46), word("ký", 304, 150, 20)]
    index, _ = state_of("ngayDangKy", states)

    def found(times: int, by: float = 0.0) -> list[Found]:
        moved = [replace(w, box=w.box._replace(x0=w.box.x0 + by, x1=w.box.x1 + by)) for w in end]
        readings = [in_rows([word("bi", 80, 150, 50), *moved])] * times
        return [f for f in with_expected(case, states, readings) if f.index == index]

    (label,) = found(3)
    assert label.occurrence.box == Box(80, 150, 324, 170)
    assert not found(2)  # fewer readings may all be wrong
    assert not found(3, by=200)  # no room is left for the letters before it


def test_a_very_short_label_begins_the_row_of_the_next() -> None:
    states = states_of(ADOPTION, "table")
    volume = next(i for i, s in enumerate(states) if s.text == "Quyển")
    index = volume - 1
    assert states[index].codes == ("so",)
    after = Found(states[volume], volume, Occurrence((word("Quyển", 600, 100, 60),), "quyen"), 1.0)
    name = Found(states[-1], len(states) - 1, Occurrence((word("x", 80, 200, 60),), "x"), 1.0)

    def found(x: float, *texts: str) -> bool:
        readings = [in_rows([word(t, x, 100, 22), word("Quyển", 600, 100, 60)]) for t in texts]
        return any(f.index == index for f in with_expected([after, name], states, readings))

    assert found(80, "Sẽ", "sẽ", "k4", "Sẽ")
    assert not found(80, "Sẽ", "k4", "tư")  # one reading of it is none
    assert not found(80, "Sẽ", "Sẽ")  # fewer readings may all be wrong
    assert not found(300, "Sẽ", "sẽ", "Sẽ")  # what stands there is written


def test_squares_to_tick_are_seen_where_a_label_s_box_has_taken_them_in() -> None:
    """The box of one holds its square, that of the other leaves its last letters out."""
    for right in (False, True):
        grey: Image = np.full((120, 900), 255, np.uint8)
        boxes = []
        for x, lost in ((100, 0), (600, 14)):
            letters = x if right else x + 30
            for at in range(letters, letters + 100, 10):
                grey[52:68, at : at + 3] = 0
            square = x + 110 if right else x
            grey[50:70, square : square + 20] = 0
            grey[53:67, square + 3 : square + 17] = 255
            boxes.append(Box(min(x, square), 50, x + 130 - lost, 70))
        assert ticked_right(boxes, 20, grey) is right
        assert ticked_right(boxes, 14, grey) is right  # squares larger than the letters
