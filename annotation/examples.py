"""Corrected fields as line images with their text: what a person's review teaches the reader.

What a person typed is what is written, so hyphens and the ways to write a date teach too. Where a
date or a number was typed as the records hold it, nobody knows how it stands there: it is left out.
Where only a value is known, its letters are the person's, and hyphens and case are the machine's
reading's where the letters agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import cv2
import numpy as np

from annotation.written import LETTERS, as_written, meant
from common.geometry import Box
from common.text import squeeze
from extract.form import load_form
from extract.form.book_form import BookForm, FieldSlot
from extract.ink.lift import InkOptions, cut_line, lift_ink, window_of
from extract.reading.view import around
from extract.record import MACHINE, FieldValue, Record
from extract.reopen import Extracted
from models.charset import default_charset
from models.reading import Image
from models.training.corrected import Corrected
from models.training.shards import limit_height

_AROUND = (12, 0.25)
"""What a kept crop shows around its place: pixels at the sides, share of its height above and
below (`extract.reading.page`)."""


def corrected_lines(book: Extracted) -> list[Corrected]:
    """Every written line of the book that a person has read, cut as the reader sees it.

    Places of several lines are left out: nobody said which words stand on which line.
    """
    form = load_form(book.folder.form)
    return [line for record in book.records() for line in _of_record(book, form, record)]


def _of_record(book: Extracted, form: BookForm, record: Record) -> Iterator[Corrected]:
    slots = next((one.fields for one in form.entries if one.index == record.entry), {})
    places = Counter(slot.box for slot in slots.values())
    for code, value in record.fields.items():
        slot = slots.get(code)
        if slot is None or slot.parts or len(slot.boxes) != 1 or places[slot.box] > 1:
            continue
        text = _written(book, record, code, value, slot.kind)
        crop = cv2.imread(str(book.folder.crop(*record.key, code)), cv2.IMREAD_GRAYSCALE)
        if crop is None or not text or not default_charset().covers(text):
            continue
        image = _line(np.asarray(crop, np.uint8), form, slot)
        yield Corrected(image, text, value.author, f"{record.page}/{record.entry}/{code}")


def _written(book: Extracted, record: Record, code: str, value: FieldValue, kind: str) -> str:
    """What a person says is written there; empty when nobody said, or only what it means.

    A ditto that was resolved is not written there.
    """
    if value.author == MACHINE or value.status not in ("read", "derived") or not value.value:
        return ""
    history = book.store.history(record.book, *record.key, code)
    if any(past.status == "ditto" for past in history):
        return ""
    raw = squeeze(value.raw or "")
    machine = [squeeze(past.raw or "") for past in history if past.author == MACHINE]
    if raw and meant(raw, record, code)[0] == value.value:
        return raw if kind in LETTERS or raw != value.value or raw in machine else ""
    return as_written(value) if kind in LETTERS else ""


def _line(crop: Image, form: BookForm, slot: FieldSlot) -> Image:
    """The writing of a place as the reader sees it, from the crop kept of it."""
    high, wide = form.blank.shape
    shown = slot.box.grown(_AROUND[0], _AROUND[1] * slot.box.height).clipped(wide, high)
    x0, y0, x1, y1 = shown.rounded()
    place = slot.boxes[0]
    inside = Box(place.x0 - x0, place.y0 - y0, place.x1 - x0, place.y1 - y0)
    options = InkOptions(overrun=0)
    lifted = lift_ink(crop, form.blank[y0:y1, x0:x1], [inside], options)
    return limit_height(crop[window_of(around(cut_line(lifted, inside, options).box), crop)])
