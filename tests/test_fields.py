"""Handwriting lifted off its form, and the places of a page read."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from common.geometry import Box
from extract.form.book_form import BookForm, Entry, FieldSlot
from extract.ink.lift import Cut, InkOptions, cut_line, lift_ink, window_of
from extract.reading.fields import _is_clear, read_fields
from extract.reading.lines import Seen
from extract.reading.options import FieldOptions
from extract.reading.slots import Piece, _joined
from extract.reading.ticks import tick_cut, tick_slot
from extract.reading.view import roomy
from extract.registers import load_register
from models.handwriting import HandwritingReader, ReaderOptions
from models.reading import Image, Reading

WIDTH, HEIGHT = 900, 400
OPTIONS = InkOptions()
PLACES = [Box(150, 70, 850, 112), Box(150, 170, 850, 212)]


def blank_form() -> Image:
    page = np.full((HEIGHT, WIDTH), 250, np.uint8)
    cv2.putText(page, "Ho ten", (20, 100), cv2.FONT_HERSHEY_SIMPLEX, 1, 40, 2)
    cv2.line(page, (140, 110), (860, 110), 60, 2)
    for x in range(140, 860, 8):
        cv2.circle(page, (x, 210), 1, 80, -1)
    return page


def written(page: Image, text: str, x: int, y: int) -> Image:
    page = page.copy()
    cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.2, 70, 2, cv2.LINE_AA)
    return page


class Measuring:
    """A reader that says whether a line's ink is long or short."""

    source = "measuring@0"

    def __init__(self) -> None:
        self.calls = 0

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        self.calls += 1
        return [
            Reading(
                "long" if line.shape[1] > 100 else "short",
                0.8,
                (("1", 0.7),),
                (("lung", 0.1),),
                self.source,
                0.97,
            )
            for line in lines
        ]


def test_print_goes_and_handwriting_stays() -> None:
    blank = blank_form()
    shifted = np.roll(blank, (1, 1), axis=(0, 1))  # the page's print lies a pixel off
    page = written(shifted, "gangway", 200, 112)
    lifted = lift_ink(page, blank, PLACES, OPTIONS)
    ink_alone = written(np.full_like(blank, 250), "gangway", 200, 112) < 200
    near_ink = cv2.dilate(ink_alone.astype(np.uint8), np.ones((13, 13))) > 0
    assert (lifted[(shifted < 200) & ~near_ink] < 200).mean() < 0.01
    assert (lifted[ink_alone] < 200).mean() > 0.75  # what runs along the rule goes


def test_strokes_across_a_rule_are_not_cut() -> None:
    blank = blank_form()
    page = blank.copy()
    cv2.line(page, (300, 80), (305, 140), 70, 3)
    cut = cut_line(lift_ink(page, blank, PLACES, OPTIONS), Box(250, 75, 400, 145), OPTIONS)
    pieces, *_ = cv2.connectedComponents((cut.image < 180).astype(np.uint8))
    assert pieces == 2  # the paper and one stroke


def test_an_empty_place_has_no_ink_and_specks_are_dirt() -> None:
    blank = blank_form()
    page = blank.copy()
    page[190, 300] = page[195, 500] = 0
    lifted = lift_ink(page, blank, PLACES, OPTIONS)
    for box in (Box(150, 70, 850, 112), Box(150, 170, 850, 212)):
        assert cut_line(lifted, box, OPTIONS).ink == 0.0


def test_a_line_keeps_its_own_ink_and_leaves_its_neighbours() -> None:
    page = written(np.full((HEIGHT, WIDTH), 250, np.uint8), "yyy", 200, 105)
    page = written(page, "HHHHHH", 400, 165)
    cut = cut_line(page, Box(150, 70, 850, 112), OPTIONS)
    assert cut.box.x1 < 400
    assert cut.box.y1 > 112  # the tails of y stand below the line and stay
    assert cut.image.shape[1] < 200


def form() -> BookForm:
    first = FieldSlot((Box(150, 70, 850, 112),), kind="person_name")
    second = FieldSlot((Box(150, 170, 850, 212), Box(150, 270, 850, 312)), kind="place")
    ticks = FieldSlot(
        (Box(600, 330, 760, 370),),
        kind="tick",
        parts={"1": Box(600, 330, 640, 370), "4": Box(700, 330, 740, 370)},
    )
    fields = {"nksHoTen": first, "nksNoiSinh": second, "loaiDangKy": ticks}
    return BookForm("KS", "tt15-2015", blank_form(), (), (Entry(1, Box(0, 0, 1, 1), fields),), 1.0)


def test_every_place_is_read_in_one_call() -> None:
    page = written(blank_form(), "hhhhhh", 200, 205)
    page = written(page, "hh", 200, 305)
    cv2.line(page, (705, 335), (735, 365), 60, 3)
    reader = Measuring()
    (entry,), figures = read_fields(
        page,
        form(),
        load_register("KS"),
        reader,
        lambda ink: page[window_of(ink, page)],
        lambda box: Box(*(2 * v for v in box)),
        FieldOptions(),
    )
    name, place, tick = entry.slots
    assert figures == {}
    assert reader.calls == 1
    assert (name.code, name.candidates, name.written) == ("nksHoTen", (), 0.0)
    assert place.text == "long short"  # two lines, joined
    assert round(place.candidates[0][1], 6) == 0.64 and len(place.candidates) == 4
    assert place.weakest == 0.7 and place.source == "measuring@0"
    assert place.box == (300, 340, 1700, 624)
    assert tick.text == "4" and tick.box == (1400, 660, 1480, 740)


def test_writing_too_pale_for_ink_is_read_where_nothing_else_is() -> None:
    """A typed name faded to a sixth of the paper's depth; paper alone is not read."""
    page = blank_form()
    cv2.putText(page, "Nguyen", (200, 100), cv2.FONT_HERSHEY_COMPLEX, 1, 213, 2, cv2.LINE_AA)
    (entry,), _ = read_fields(
        page,
        form(),
        load_register("KS"),
        HandwritingReader(options=ReaderOptions(beam=0)),
        lambda ink: page[window_of(ink.grown(6, 6), page)],
        lambda box: box,
        FieldOptions(),
    )
    name, place, _ = entry.slots
    assert name.text.startswith("Ng") and name.written > 0.9
    assert not place.candidates


def test_pale_ink_is_believed_by_what_the_page_shows_or_what_the_field_can_hold() -> None:
    options = FieldOptions()

    cut = Cut(blank_form(), 0.1, Box(0, 0, 9, 9))

    def believed(
        text: str,
        clear: float,
        kind: str = "person_name",
        p: float = 0.4,
        usual: float = -0.1,
        fit: float = 0.0,
    ) -> bool:
        seen = Seen(((text, p),), 1.0, 0.5, fit, "x", clear)
        return _is_clear(Piece(1, "x", kind, "", cut), seen, usual, options)

    assert believed("Lê Văn", -0.3) and not believed("Lê Văn", -0.9)
    assert believed("Lê Văn", -0.9, usual=-0.4)  # the whole page is as faint
    assert believed("Kinh", -1.4, "enum", 0.95)  # of the peoples that there are, none is as like
    assert not believed("Kinh", -1.4, "text", 0.95) and not believed("Kinh", -1.4, "enum")
    assert not believed("Kinh", -1.4, "enum", 0.95, fit=-16.0)
    assert not believed("Kinh", -2.5, "enum", 0.95)
    assert not believed("//", -0.3)


def test_a_lone_figure_is_read_with_the_paper_of_a_whole_line_about_it() -> None:
    assert roomy(Box(100, 50, 110, 60), 30.0) == Box(90, 40, 120, 70)
    assert roomy(Box(100, 50, 200, 90), 30.0) == Box(100, 50, 200, 90)


def test_a_place_of_many_lines_keeps_few_texts() -> None:
    line = Seen((("a", 0.5), ("b", 0.3), ("c", 0.2)), 1.0, 0.5, 0.0, "r@1")
    joined = _joined([line] * 40)  # 3 ** 40 combinations
    assert joined[0][0] == " ".join("a" * 40)
    assert 1 < len(joined) < 100


def test_a_tick_is_told_from_the_thick_square_printed_around_it() -> None:
    """The page lies a little off its form; the pen is thin."""
    box = Box(100, 100, 130, 130)
    empty = np.full((300, 300), 250, np.uint8)
    cv2.rectangle(empty, (107, 106), (125, 124), 30, 4)
    ticked = empty.copy()
    cv2.polylines(ticked, [np.array([[104, 114], [114, 122], [132, 98]])], False, 60, 3)
    bare, seen = (tick_cut(page, box, FieldOptions()).ink for page in (empty, ticked))
    assert bare < 0.1 and seen - bare > 2 * FieldOptions().tick_ink


def test_a_thin_tick_in_one_of_two_clean_boxes_is_one() -> None:
    """A severely faded tick darkens 0.05 of its box; empty boxes of such pages are clean."""
    slot = form().entries[0].fields["loaiDangKy"]
    ticked, bare = (
        tick_slot(
            "loaiDangKy", slot, [(ink, "1"), (0.0, "4")], 0.0, lambda box: box, FieldOptions()
        )
        for ink in (0.055, 0.03)
    )
    assert ticked.text == "1" and not bare.candidates
