"""Print that no reader understood is read again by itself; what belongs together is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from common.geometry import Box
from extract.form.second_look import look_again
from extract.form.words import Word, read_words, with_dates
from models.reading import Image, Reading

KNOWN = frozenset({"ngay", "thang", "nam", "so", "bo", "tai", "nghenghiep"})


def word(text: str, x: float, y: float = 200, confidence: float = 0.9) -> Word:
    return Word(text, Box(x, y, x + 12 * len(text), y + 20), confidence)


class Crops:
    """Reads every picture as the same text, and remembers the pictures."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.seen: list[Image] = []

    def read_page(self, grey: Image, *, psm: int = 11) -> Sequence[Word]:
        raise AssertionError("the page has been read")

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        self.seen = list(lines)
        return [Reading(self.text, 0.8, (), "crops", 1.0) for _ in lines]


def printed(*boxes: Box) -> Image:
    page = np.full((400, 900), 255, np.uint8)
    for box in boxes:
        x0, y0, x1, y1 = box.rounded()
        page[y0:y1:3, x0:x1] = 0
    return page


def test_what_no_word_covers_is_read_and_what_was_understood_is_not() -> None:
    label, rule, speck = Box(700, 60, 760, 80), Box(100, 300, 800, 304), Box(500, 200, 503, 203)
    page = printed(word("tháng", 300).box, label, rule, speck)
    crops = Crops("Số bộ")
    found = look_again(page, page, [[word("tháng", 300), word("~x7", 700, 60, 0.1)]], KNOWN, crops)
    assert [w.text for w in found] == ["tháng", "Số", "bộ"]
    assert len(crops.seen) == 1 and crops.seen[0].shape[0] < 40
    assert abs(found[1].box.x0 - label.x0) < 3 and abs(found[2].box.x1 - label.x1) < 3
    assert found[1].box.x1 < found[2].box.x0


def test_words_of_several_readings_make_one_label() -> None:
    page = printed(word("Số", 100).box, word("bộ", 130).box)
    readings = [[word("Số", 100), word("bó", 130, confidence=0.1)], [word("bộ", 130)]]
    found = look_again(page, page, readings, KNOWN, Crops(""))
    assert sorted(w.text for w in found) == ["Số", "bộ"]


def days(*readings: Sequence[Word]) -> list[list[str]]:
    return [[w.key for w in words] for words in with_dates(readings, KNOWN)]


def test_a_worn_day_is_known_by_its_month_and_year() -> None:
    worn, month, year = word("Hgày", 100), word("tháng", 300), word("năm", 500)
    assert days([worn, month, year]) == [["ngay", "thang", "nam"]]
    assert days([worn, month]) == [["hgay", "thang"]]
    assert days([worn, word("tháng", 300, 260), year])[0][0] == "hgay"
    assert days([worn], [month, year]) == [["ngay"], ["thang", "nam"]]  # read another time
    again = [word("ngày", 600), word("tháng", 700), word("năm", 800)]
    assert days([worn, month, year, *again])[0][::3] == ["ngay", "ngay"]


def test_two_letters_of_a_worn_day_are_forgiven_where_it_is_surely_print() -> None:
    worn, month, year = word("Hgàv", 100), word("tháng", 300), word("năm", 500)
    assert days([worn, month, year])[0][0] == "ngay"
    assert days([replace(worn, steady=False), month, year])[0][0] == "hgav"
    assert days([word("tại", 100), month, year])[0][0] == "tai"


class Page:
    """Reads every page as one token."""

    def __init__(self, token: Word) -> None:
        self.token = token

    def read_page(self, grey: Image, *, psm: int = 11) -> Sequence[Word]:
        return [self.token]


def test_a_label_that_writing_or_a_box_runs_into_is_a_word_of_its_own() -> None:
    page = printed()
    for text, words in (
        ("4#12ngày", ["4#12", "ngày"]),
        ("P]Quáhạn", ["P]", "Quáhạn"]),
        ("hôn/hủy", ["hôn/hủy"]),
    ):
        assert [w.text for w in read_words(page, Page(word(text, 100)))] == words
