"""What is believed of what was read: dirt, writing that ran, marks that repeat."""

from __future__ import annotations

import cv2
import numpy as np

from common.geometry import Box
from extract.confidence.curves import Evidence
from extract.decision.choose import Drafted, chosen
from extract.ink.ditto import DittoOptions, is_ditto
from extract.ink.lift import Cut
from extract.reading.extent import Extent, in_room
from extract.reading.lines import Seen
from extract.reading.options import FieldOptions
from extract.reading.slots import Piece, Place, Usual, slot_of
from extract.reading.ticks import square_in, tick_cut
from extract.record import FieldValue
from models.reading import Image

OPTIONS = FieldOptions()
PAPER = np.full((20, 20), 250, np.uint8)
USUAL = Usual(40.0, 100.0, 8.0, -0.1)


def read(kind: str, text: str, clear: float, ink: float, density: float = 0.2) -> tuple[str, float]:
    """The text believed, and how surely anything is written, of one line read so clearly."""
    return read_on(
        USUAL, "ghiChu" if kind == "note" else "meNoiCuTru", kind, text, clear, ink, density
    )


def read_on(
    usual: Usual, code: str, kind: str, text: str, clear: float, ink: float, density: float
) -> tuple[str, float]:
    kind = "text" if kind == "note" else kind
    cut = Cut(PAPER, ink, Box(0, 0, 100, 40), density, 100.0, 100.0)
    seen = Seen(((text, 0.9),), 1.0, 0.6, 0.0, "r@1", clear)
    place = Place(code, kind, "", (0, 0, 9, 9), 0.0, False)
    slot = slot_of(place, [(Piece(1, code, kind, "", cut), seen)], usual, OPTIONS)
    return slot.text, slot.written


def test_little_ink_that_shows_no_letters_is_dirt() -> None:
    assert read("place", "ấp Chợ", -0.2, 0.2) == ("ấp Chợ", 1.0)
    assert read("place", "P an", -2.0, 0.1) == ("", 0.5)
    assert read("place", "nt", -2.0, 0.1) == ("nt", 1.0)  # two letters are never clear
    assert read("partial_date", "du à dg 1", -2.0, 0.2) == ("", 0.5)
    assert read("partial_date", "7 1 - 2004", -2.0, 0.2)[0] == "7 1 - 2004"
    pale = USUAL._replace(clear=-0.9)  # nothing on the page is clearer
    assert read_on(pale, "meNoiCuTru", "place", "P an", -2.0, 0.1, 0.2)[0] == "P an"


def test_much_ink_that_shows_no_letters_ran() -> None:
    stronger, weaker = USUAL._replace(strength=150.0), USUAL._replace(strength=60.0)
    line = ("meNoiCuTru", "place", "An Li Pho", -3.0, 3.7)
    assert read_on(stronger, *line, 0.2) == ("", 1.0)
    assert read_on(weaker, *line, 0.2) == ("", 1.0)  # one thing written over another
    assert read_on(stronger, *line, 0.04)[0] == "An Li Pho"  # a pale pen
    assert read_on(USUAL, *line, 0.2)[0] == "An Li Pho"  # a hand that the reader does not know
    assert read_on(stronger, "nguoiKy", "signature", "Phan", -3.0, 3.7, 0.2)[0] == "Phan"


def test_notes_are_clear_and_other_columns_are_not_mostly_empty() -> None:
    assert read("note", "Cấp bản sao", -0.3, 0.4)[0] == "Cấp bản sao"
    assert read("note", "Con nt", -1.8, 0.3) == ("", 0.5)
    assert read("text", "già", -0.3, 0.05)[0] == "già"


def pair(gap: int, second: int = 12) -> Image:
    page = np.full((30, 60), 250, np.uint8)
    cv2.line(page, (20, 6), (16, 18), 90, 3, cv2.LINE_AA)
    cv2.line(page, (20 + gap, 6), (16 + gap, 6 + second), 90, 3, cv2.LINE_AA)
    return page


def test_two_small_strokes_alike_are_a_ditto_mark() -> None:
    how = DittoOptions()
    assert is_ditto(pair(8), 40.0, 1.0, how)
    assert not is_ditto(pair(0), 40.0, 1.0, how)  # one stroke
    assert not is_ditto(pair(8), 40.0, 0.4, how)  # a smudge
    assert not is_ditto(pair(8), 12.0, 1.0, how)  # two letters of small writing
    comma = pair(8)
    cv2.circle(comma := np.hstack([np.full((30, 60), 250, np.uint8), comma]), (8, 22), 2, 90, -1)
    assert is_ditto(comma, 40.0, 1.0, how)


def test_figures_and_marks_are_written_larger_than_letters() -> None:
    assert in_room((("38", 1.0),), Extent(2.9, 1.2, 4.7))[0][0] == "38"
    assert in_room((("//", 1.0),), Extent(2.26, 1.14, 2.35))[0][0] == "//"
    assert in_room((("nt", 0.6), ("An", 0.4)), Extent(2.5, 0.9, 2.9))[0][0] == "nt"


def test_a_square_off_the_middle_of_its_box_is_no_tick() -> None:
    blank = np.full((60, 60), 250, np.uint8)
    cv2.rectangle(blank, (12, 12), (28, 28), 30, 4)
    cv2.line(blank, (0, 36), (59, 36), 30, 2)  # the rule below it
    box = Box(10, 10, 40, 38)
    assert tick_cut(blank, box, OPTIONS).ink > OPTIONS.tick_ink
    assert tick_cut(blank, square_in(blank, box, OPTIONS), OPTIONS).ink == 0.0
    assert square_in(PAPER, Box(0, 0, 20, 20), OPTIONS) == Box(0, 0, 20, 20)


def test_a_place_whose_value_is_known_is_not_blank() -> None:
    blank = Drafted(FieldValue(None, None, 0.9, "blank", (0, 0, 9, 9)), Evidence("blank", 0.9, 0.9))
    assert chosen(blank, "5", 1.0).value.status == "read"
