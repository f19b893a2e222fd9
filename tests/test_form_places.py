"""Where fields are written, on forms drawn as lines alone; and the page number without a label."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from common.geometry import Box
from extract.form.case_rows import Ledger, entries_of, find_ledger
from extract.form.decode import Found
from extract.form.folio import find_folio
from extract.form.ground import Ground, unbroken, without_ghosts, without_letters
from extract.form.occurrences import Occurrence
from extract.form.slots import ruled_heads, slots_of
from extract.form.surroundings import Surroundings
from extract.form.wordings import State
from extract.form.words import Word
from extract.registers import load_register
from models.rules import Rules, Segment

SIZE = (1000, 1400)
FONT = Path(__file__).parents[1] / "models/synth/fonts/print/freeserif-freeserif.ttf"
LABELS = load_register("KS").generation("1976-1998").labels


def found(code: str, box: Box) -> Found:
    label = next(label for label in LABELS if label.codes == (code,))
    state = State((code,), label.texts[0], label, (code,))
    return Found(state, 0, Occurrence((Word(label.texts[0], box),), code), 1.0)


def surroundings(rules: Rules, labels: list[Box], bottom: float = 1380) -> Surroundings:
    ground = Ground.of(rules, labels, SIZE)
    blank = np.full(SIZE[::-1], 255, dtype=np.uint8)
    return Surroundings(ground, tuple(labels), (), bottom, {}, blank, False, 50.0)


def level(x0: float, x1: float, y: float) -> Segment:
    return Segment(x0, y, x1, y, 2)


def upright(x: float, y0: float, y1: float) -> Segment:
    return Segment(x, y0, x, y1, 2)


def test_heads_left_of_a_label_are_none_of_its_columns() -> None:
    """Else the father's place would end before it begins, and no file of the form could be read."""
    label = next(one for one in LABELS if one.codes == ("chaHoTen", "meHoTen"))
    box = Box(219, 957, 326, 981)
    word = Occurrence((Word(label.texts[0], box),), "chaHoTen")
    item = Found(
        State(("x",), label.texts[0], label, label.codes, section=label.section), 0, word, 1
    )
    near = surroundings(Rules((level(330, 900, 990),), ()), [box])
    heads = {label.section: ((150.0, 270.0), (274.0, 900.0))}
    assert slots_of(item, replace(near, heads=heads)) == {}
    heads = {label.section: ((330.0, 600.0), (604.0, 900.0))}
    places = slots_of(item, replace(near, heads=heads))
    assert all(place.x1 > place.x0 for slot in places.values() for place in slot.boxes)
    assert places.keys() == {"chaHoTen", "meHoTen"}


def head(label_index: int, text: str, box: Box, section: str) -> Found:
    state = State((text,), text, None, (), label_index, section)
    return Found(state, label_index, Occurrence((Word(text, box),), text), 1.0)


def test_a_fold_within_a_column_makes_no_column_of_it() -> None:
    """A crease crosses the rows, but not the heads: the mother's cell stands under her head."""
    label = next(one for one in LABELS if one.codes == ("chaHoTen", "meHoTen"))
    box = Box(80, 960, 180, 980)
    word = Occurrence((Word(label.texts[0], box),), "chaHoTen")
    state = State(("x",), label.texts[0], label, label.codes, section=label.section)
    heads = [
        head(0, "CHA", Box(350, 900, 400, 920), label.section),
        head(1, "MẸ", Box(700, 900, 740, 920), label.section),
    ]
    frame = tuple(upright(x, 880, 1100) for x in (60, 200, 550, 900))
    lines = tuple(level(60, 900, y) for y in (880, 940, 1000, 1100))
    for crease in ((), (upright(430, 942, 1098),)):
        rules = Rules((*lines,), (*frame, *crease))
        near = surroundings(rules, [box, *(item.occurrence.box for item in heads)])
        ruled = ruled_heads(heads, near.ground)
        places = slots_of(Found(state, 0, word, 1), replace(near, ruled=ruled))
        (father,), (mother,) = places["chaHoTen"].boxes, places["meHoTen"].boxes
        assert abs(father.x0 - 200) < 5 and abs(father.x1 - 550) < 5
        assert abs(mother.x0 - 550) < 5 and abs(mother.x1 - 900) < 5


def test_a_ledger_s_notes_stand_right_of_all_headings() -> None:
    """Their heading is worn; beyond them the paper's edge was taken for a rule."""
    generation = load_register("KT").generation("1976-1998")
    columns = tuple((100.0 * at, 100.0 * (at + 1)) for at in range(1, 9))
    ledger = Ledger(columns, ((100.0, 150.0),), ((150.0, 250.0), (250.0, 350.0)))
    labels = [label for label in generation.labels if label.codes][6:12]
    assert all("ghiChu" not in label.codes for label in labels)
    headed = {
        Found(
            State((label.texts[0],), label.texts[0], label, label.codes),
            at,
            Occurrence((Word(label.texts[0], Box(x0 + 10, 110, x0 + 80, 130)),), "x"),
            1.0,
        ): Box(x0, 100, x1, 150)
        for at, (label, (x0, x1)) in enumerate(zip(labels, columns, strict=False))
    }
    notes = next(label for label in generation.labels if "ghiChu" in label.codes)
    rows = entries_of(headed, ledger, None, notes)
    assert [round(row.fields["ghiChu"].box.x0, -1) for row in rows] == [700, 700]
    assert "ghiChu" not in entries_of(headed, ledger)[0].fields


def test_the_paper_s_edge_is_no_column_of_a_ledger() -> None:
    """It crosses the table's height as a rule does, but the rules between the rows do not reach it;
    one of them is a shadow that does, and one is worn."""
    whole = (level(100, 900, y) for y in (200, 300, 400, 500, 700))
    rules = Rules(
        (*whole, level(20, 980, 800), level(100, 700, 600)),
        tuple(upright(x, 200, 800) for x in (20, 100, 250, 400, 550, 700, 900, 980)),
    )
    ledger = find_ledger(rules, SIZE)
    assert ledger is not None
    ends = [round(x) for column in ledger.columns for x in column]
    assert (ends[0], ends[-1]) == (100, 900) and len(ledger.columns) == 5


def test_a_page_number_at_the_sheet_s_edge_stays_beside_its_label() -> None:
    """A line of the show-through below is not its own: a number needs little room."""
    label = Box(780, 300, 830, 320)
    rules = Rules((level(60, 950, 60),), dotted=(level(760, 860, 355),))
    boxes = slots_of(found("trangSo", label), surroundings(rules, [label]))["trangSo"].boxes
    assert boxes[0].contains(860, 310)


def test_a_note_column_ends_with_its_rule_not_with_the_paper() -> None:
    heading, other = Box(850, 100, 930, 120), Box(100, 100, 200, 120)
    rules = Rules(vertical=(upright(800, 90, 900),))
    (box,) = slots_of(found("ghiChu", heading), surroundings(rules, [heading, other]))[
        "ghiChu"
    ].boxes
    assert box.x0 >= 800 and box.y0 > heading.y1
    assert box.y1 == pytest.approx(900)


def test_a_note_at_the_foot_is_as_wide_as_the_page_and_a_few_lines_high() -> None:
    heading, other = Box(100, 1000, 180, 1020), Box(100, 100, 800, 120)
    near = surroundings(Rules(), [heading, other])
    beside, under = slots_of(found("ghiChu", heading), near)["ghiChu"].boxes
    assert beside.contains(500, 1010) and under.contains(500, 1080) and under.y1 < 1200


def test_a_cell_that_holds_labels_is_no_label_s_place() -> None:
    """Notes at the left of the form: the rule under their head looks like a row of a table."""
    heading, number = Box(140, 320, 220, 340), Box(330, 330, 400, 350)
    rules = Rules(
        horizontal=(level(100, 900, 280), level(300, 900, 400)),
        vertical=(upright(300, 270, 1200), upright(900, 270, 1200)),
    )
    near = surroundings(rules, [heading, number])
    assert near.ground.cells_right_of(heading, 1)
    places = slots_of(found("ghiChu", heading), near)["ghiChu"].boxes
    assert any(box.contains(200, 450) for box in places)
    assert not any(box.contains(600, 340) for box in places)


@pytest.mark.parametrize(("foot", "cells"), [(344, 1), (200, 0)])
def test_a_row_is_as_high_as_its_label_needs(foot: int, cells: int) -> None:
    """*Ngày, tháng, / năm sinh* in two lines stands in a row that is no page."""
    label, other = Box(140, 158, 240, foot - 142), Box(140, 500, 220, 520)
    rules = Rules(
        horizontal=(level(100, 900, 100), level(100, 900, 264)),
        vertical=(upright(300, 90, 1200), upright(600, 90, 1200), upright(900, 90, 1200)),
    )
    ground = Ground.of(rules, [other, other, label], SIZE)
    assert len(ground.cells_right_of(label, 1)) == cells


def test_dots_of_dirt_are_no_leader() -> None:
    """The officer's line is the rule below, and a name is beside a label in its narrow cell."""
    label = Box(100, 300, 600, 320)
    rules = Rules(horizontal=(level(100, 950, 372),), dotted=(level(870, 920, 322),))
    places = slots_of(found("nksNoiSinh", label), surroundings(rules, [label]))["nksNoiSinh"].boxes
    assert any(box.contains(300, 360) for box in places)
    born = Box(100, 500, 180, 520)
    table = Rules(
        horizontal=(level(90, 900, 470), level(90, 900, 550)),
        vertical=(upright(90, 400, 700), upright(300, 400, 700), upright(900, 400, 700)),
        dotted=(level(200, 250, 522),),
    )
    places = slots_of(found("nksNoiSinh", born), surroundings(table, [born]))["nksNoiSinh"].boxes
    assert all(box.x0 >= 300 for box in places)


def test_no_line_below_another_label_is_answered_on() -> None:
    """A short line whose leader is worn away, with another label's row under it."""
    label, beside, below = Box(100, 300, 300, 320), Box(460, 300, 540, 320), Box(100, 350, 180, 370)
    rules = Rules(dotted=(level(100, 900, 398),))
    near = surroundings(rules, [label, beside, below])
    places = slots_of(found("nksNgaySinh", label), near)["nksNgaySinh"].boxes
    assert places[0].contains(400, 310)


def test_a_row_of_small_letters_is_no_rule() -> None:
    """*quan* of a head was lifted as a rule, so that no reader understood the head."""
    font = ImageFont.truetype(str(FONT), 20)
    page = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(page)
    draw.text((200, 300), "nguyen nhan", font=font, fill=0, anchor="lm")
    draw.line((200, 400, 330, 400), fill=0, width=2)
    draw.text((210, 398), "quan", font=font, fill=0, anchor="ls")
    blank = np.asarray(cv2.GaussianBlur(np.asarray(page), (0, 0), 1.5))
    both = Rules(horizontal=(level(205, 300, 301), level(200, 330, 400)))
    assert without_letters(both, blank).horizontal == (level(200, 330, 400),)


def test_a_label_that_fills_its_line_is_answered_on_the_next() -> None:
    """The line under it is its own up to the label that stands there."""
    label, age = Box(100, 300, 900, 320), Box(600, 350, 650, 370)
    rules = Rules(dotted=(level(100, 590, 368), level(660, 900, 368)))
    box = slots_of(found("nycHoTen", label), surroundings(rules, [label, age]))["nycHoTen"].boxes[0]
    assert box.contains(300, 355) and not box.contains(700, 355)


def test_a_line_left_of_a_label_is_none_of_its_own() -> None:
    """*Trang* at the sheet's edge: its number stands beside it, not on the line of what is left."""
    label = Box(800, 300, 850, 320)
    rules = Rules((level(60, 900, 60),), dotted=(level(710, 780, 350),))
    item = found("trangSo", label)
    boxes = slots_of(item, surroundings(rules, [label]))["trangSo"].boxes
    assert boxes[0].contains(870, 310) and not any(box.contains(740, 345) for box in boxes)


def test_lines_of_a_column_go_on_under_its_label_alone() -> None:
    label, beside, below = Box(100, 300, 180, 320), Box(560, 340, 640, 360), Box(100, 400, 180, 420)
    rules = Rules(
        dotted=(level(190, 480, 318), level(100, 480, 366), level(190, 480, 418)),
        vertical=(upright(500, 280, 600),),
    )
    near = surroundings(rules, [label, beside, below])
    boxes = slots_of(found("nksNoiSinh", label), near)["nksNoiSinh"].boxes
    assert len(boxes) == 2 and boxes[1].contains(150, 350)
    assert max(box.x1 for box in boxes) <= 500


def test_rules_of_the_other_side_are_left_out() -> None:
    strict = np.full(SIZE[::-1], 255, dtype=np.uint8)
    strict[100:900, 299:302] = 0
    strict[100:900, 599:602] = 225
    kept = without_ghosts(Rules(vertical=(upright(300, 100, 900), upright(600, 100, 900))), strict)
    assert [segment.x0 for segment in kept.vertical] == [300]


def test_two_tables_in_line_are_ruled_apart_and_a_worn_rule_is_one() -> None:
    blank = np.full(SIZE[::-1], 255, dtype=np.uint8)
    blank[100:600, 299:302] = blank[640:900, 299:302] = 0
    blank[100:900, 599:602] = 0
    blank[400:408, 599:602] = 255
    found = unbroken([upright(300, 100, 900), upright(600, 100, 900)], blank)
    assert [(s.x0, s.y0, s.y1) for s in found] == [
        (300, 100, 600),
        (300, 640, 900),
        (600, 100, 900),
    ]


@dataclass(frozen=True)
class Reader:
    """Gives the same words of any picture."""

    words: list[Word]

    def read_page(self, grey: object, *, psm: int = 11) -> list[Word]:
        return self.words


@pytest.mark.parametrize(
    ("numbers", "seen"),
    [
        ([52, 53, 54, 55, 56], True),
        ([52, None, 54, None, 56], True),  # some unread
        ([52, 17, 80, 3, 41], False),  # numbers that do not run on
        ([7, 7, 7, 7, 7], False),  # the same on all pages: print
    ],
)
def test_a_number_that_runs_on_in_one_place_is_the_page_number(
    numbers: list[int | None], seen: bool
) -> None:
    words = [
        Word(str(number), Box(900 + page, 100 * page + 40, 925 + page, 100 * page + 60))
        for page, number in enumerate(numbers)
        if number is not None
    ]
    # the clerk's numbers elsewhere change their place
    words += [
        Word(str(3 * p), Box(90 * p, 100 * p + 10, 90 * p + 30, 100 * p + 30)) for p in range(5)
    ]
    layers = [np.full((1000, 1000), 255, dtype=np.uint8)] * 5
    box = find_folio(layers, range(5), (0, 100), [], 20.0, Reader(words))
    assert (box is not None) == seen
    if box is not None:
        assert box.contains(912, 50) and box.width < 120
    taken = find_folio(layers, range(5), (0, 100), [Box(880, 30, 960, 70)], 20.0, Reader(words))
    assert taken is None
