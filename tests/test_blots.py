"""Blots: what they hide is illegible, what stands beside them is read; dirt is no note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from common.geometry import Box
from extract.decision.choose import draft
from extract.decision.composite import split_shared
from extract.form.book_form import BookForm, Entry, FieldSlot
from extract.ink.blots import BlotOptions, find_blots, hidden
from extract.ink.lift import window_of
from extract.parse.dates import Era
from extract.parse.field import Context
from extract.reading.fields import read_fields
from extract.reading.options import FieldOptions
from extract.reading.readings import SlotReading
from extract.registers import load_register
from models.reading import Image, Reading

KS = load_register("KS")
LINE = 42.0
FIRST, SECOND = Box(150, 70, 850, 112), Box(150, 130, 850, 172)
NOTES = Box(600, 250, 850, 550)


def paper() -> Image:
    return np.full((600, 900), 250, np.uint8)


def write(page: Image, text: str, x: int, y: int) -> None:
    cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 70, 3, cv2.LINE_AA)


def blot(page: Image, box: tuple[int, int, int, int]) -> None:
    """A ragged dark patch."""
    x0, y0, x1, y1 = box
    cv2.rectangle(page, (x0, y0), (x1, y1), 40, -1)
    for x in range(x0, x1, 14):
        cv2.circle(page, (x, y1 + 3), 5, 40, -1)


class Sure:
    """A reader that reads ``text`` wherever it is given a line."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        chars = tuple((ch, 0.9) for ch in self.text)
        return [Reading(self.text, 0.9, chars, (), "sure@0", 1.0) for _ in lines]


def slots(page: Image, reader: Sure) -> dict[str, SlotReading]:
    fields = {
        "nksHoTen": FieldSlot((FIRST,), kind="person_name"),
        "meHoTen": FieldSlot((SECOND,), kind="person_name"),
        "ghiChu": FieldSlot((NOTES,), kind="text"),
    }
    form = BookForm("KS", "tt15-2015", paper(), (), (Entry(1, Box(0, 0, 1, 1), fields),), 1.0)
    ((entry,), _) = read_fields(
        page,
        form,
        KS,
        reader,
        lambda ink: page[window_of(ink, page)],
        lambda box: box,
        FieldOptions(),
    )
    return {slot.code: slot for slot in entry.slots}


def test_a_blot_is_broader_than_any_stroke_and_writing_is_none() -> None:
    page = paper()
    write(page, "Nguyen Van An", 160, 165)
    assert not find_blots(page, LINE, BlotOptions()).lifted.any()
    blot(page, (200, 72, 420, 122))
    page[:, 870:] = 20  # the edge of the sheet
    blots = find_blots(page, LINE, BlotOptions())
    assert blots.hiding[75:120, 205:415].all() and not blots.hiding[:, 865:].any()
    assert blots.lifted[300, 880]
    under = [hidden(blots, [box], LINE, BlotOptions()) for box in (FIRST, SECOND)]
    assert 200 < under[0] < 240 and under[1] == 0  # it reaches into the second line, and hides none
    clear = blots.off(page)
    assert (clear[72:130, 195:425] == 250).mean() > 0.98
    assert (clear[140:170, 160:420] < 120).sum() > 800  # the writing below it stays


def test_what_a_blot_hides_is_illegible_and_its_neighbour_is_read() -> None:
    page = paper()
    write(page, "Nguyen Van An", 160, 165)
    blot(page, (160, 72, 420, 126))
    found = slots(page, Sure("Nguyễn Văn An"))
    assert found["nksHoTen"].candidates == () and found["nksHoTen"].hidden > 0.9
    assert found["meHoTen"].text == "Nguyễn Văn An" and found["meHoTen"].hidden == 0
    context = Context(2015, Era(2000, 2016))
    states = {
        code: draft(KS.column(code), [found[code]], context).value.status
        for code in ("nksHoTen", "meHoTen", "ghiChu")
    }
    assert states == {"nksHoTen": "illegible", "meHoTen": "read", "ghiChu": "blank"}


def test_a_part_under_a_blot_is_not_blank() -> None:
    """Name and office share a place; only the name was read."""
    box = (0, 0, 100, 40)
    whole = SlotReading(
        "nguoiKy", "person_name", box, written=1.0, candidates=(("Lê Văn An", 0.9),)
    )
    office = replace(whole, code="chucVuNguoiKy")
    for share, written in ((0.0, 0.0), (0.4, 1.0)):
        shared = [replace(slot, hidden=share) for slot in (whole, office)]
        (*_, found) = split_shared(shared, KS)
        assert (found.candidates, found.written) == ((), written)


def test_dirt_in_a_column_for_notes_is_no_note() -> None:
    page = paper()
    for y in range(260, 540, 40):  # pieces of a stain
        cv2.line(page, (620, y), (640, y + 6), 120, 2)
    assert slots(page, Sure("Con 5"))["ghiChu"].candidates == ()
    assert slots(page, Sure("5"))["ghiChu"].written <= 0.5
    write(page, "ban sao", 620, 300)
    write(page, "5/4/1999", 620, 360)
    assert slots(page, Sure("bản sao"))["ghiChu"].text == "bản sao bản sao"
