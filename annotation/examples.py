"""Corrected fields as line images with their text: what a person's review teaches the reader.

A correction's value is normalised; what stands on the paper keeps its hyphens and its case. So
the letters are the person's, and hyphens and case are the machine's reading's where the letters
agree. Dates, numbers and coded values are left out: their value is not what was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

import cv2
import numpy as np

from common.geometry import Box
from common.text import squeeze
from extract.form import load_form
from extract.form.book_form import BookForm, FieldSlot
from extract.ink import InkOptions, cut_line, lift_ink
from extract.record import MACHINE, FieldValue, Record
from extract.reopen import Extracted
from models.charset import default_charset
from models.reading import Image
from models.training.corrected import Corrected
from models.training.shards import limit_height

KINDS = frozenset({"person_name", "place", "text"})
"""Kinds of places whose value is what was written."""
_AROUND = (12, 0.25)
"""What a kept crop shows around its place: pixels at the sides, share of its height above and
below (`extract.page`)."""


def corrected_lines(book: Extracted) -> list[Corrected]:
    """Every written line of the book that a person has read, cut as the reader sees it.

    Places of several lines are left out: nobody said which words stand on which line.
    """
    form = load_form(book.folder.form)
    return [line for record in book.records() for line in _of_record(book, form, record)]


def _of_record(book: Extracted, form: BookForm, record: Record) -> Iterator[Corrected]:
    slots = next((one.fields for one in form.entries if one.index == record.entry), {})
    for code, value in record.fields.items():
        slot = slots.get(code)
        if slot is None or slot.kind not in KINDS or len(slot.boxes) != 1:
            continue
        if not _was_read(book, record, code, value):
            continue
        crop = cv2.imread(str(book.folder.crop(*record.key, code)), cv2.IMREAD_GRAYSCALE)
        text = as_written(value)
        if crop is None or not default_charset().covers(text):
            continue
        image = _line(np.asarray(crop, np.uint8), form, slot)
        yield Corrected(image, text, value.author, f"{record.page}/{record.entry}/{code}")


def _was_read(book: Extracted, record: Record, code: str, value: FieldValue) -> bool:
    """Whether a person read it there; a ditto that was resolved is not written there."""
    if value.author == MACHINE or value.status != "read" or not value.value:
        return False
    history = book.store.history(record.book, *record.key, code)
    return not any(past.status in ("ditto", "derived") for past in history)


def as_written(value: FieldValue) -> str:
    """The person's letters with the hyphens and the case that the machine saw in the same place."""
    said, seen = squeeze(value.value or ""), squeeze(value.raw or "")
    compared = SequenceMatcher(None, _plain(said), _plain(seen), autojunk=False)
    pieces = []
    for kind, start, end, first, last in compared.get_opcodes():
        letters, there = said[start:end], seen[first:last]
        pieces.append(there if kind == "equal" else letters.upper() if there.isupper() else letters)
    return "".join(pieces)


def _plain(text: str) -> str:
    """Lower case, hyphens as spaces; as long as the text itself, which is in NFC."""
    return text.replace("-", " ").lower()


def _line(crop: Image, form: BookForm, slot: FieldSlot) -> Image:
    """The writing of a place lifted off the form, from the crop kept of it."""
    high, wide = form.blank.shape
    around = slot.box.grown(_AROUND[0], _AROUND[1] * slot.box.height).clipped(wide, high)
    x0, y0, x1, y1 = around.rounded()
    place = slot.boxes[0]
    inside = Box(place.x0 - x0, place.y0 - y0, place.x1 - x0, place.y1 - y0)
    options = InkOptions(overrun=0)
    lifted = lift_ink(crop, form.blank[y0:y1, x0:x1], [inside], options)
    return limit_height(cut_line(lifted, inside, options).image)
