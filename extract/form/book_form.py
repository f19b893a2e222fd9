"""The form a book teaches: its labels, and the places where each entry's fields are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from common.geometry import Box
from extract.form.align import Features, features
from models.reading import Image


@dataclass(frozen=True)
class FoundLabel:
    """A printed label found on the blank form.

    Attributes:
        text: as read.
        label: the wording of the generation it matches.
        codes: the columns it leads to.
        box: around its words, in form pixels.
        score: likeness of the two wordings, 0..1.
        entry: the entry it belongs to, from 1.
    """

    text: str
    label: str
    codes: tuple[str, ...]
    box: Box
    score: float
    entry: int


@dataclass(frozen=True)
class FieldSlot:
    """Where one field is written.

    Attributes:
        boxes: one for each written line, in reading order.
        label_box: the printed label; None where only a person placed the field.
        kind: what is written there (`extract.registers.KINDS`).
        parts: boxes inside, by name: ``day``, ``month``, ``year`` between the printed words of a
            date; the coded value beside each tick.
    """

    boxes: tuple[Box, ...]
    label_box: Box | None = None
    kind: str = "text"
    parts: dict[str, Box] = field(default_factory=dict)

    @property
    def box(self) -> Box:
        """The box around all lines."""
        whole = self.boxes[0]
        for box in self.boxes[1:]:
            whole = whole.union(box)
        return whole


@dataclass(frozen=True)
class Entry:
    """One case on the page: its number there from 1, its extent, its fields by column code."""

    index: int
    anchor: Box
    fields: dict[str, FieldSlot]


@dataclass(frozen=True, eq=False)
class BookForm:
    """The printed form of one book, in the pixels of its blank image.

    Attributes:
        register: code of the register.
        generation: id of the form's generation.
        blank: (H, W) consensus of the pages, handwriting averaged away.
        labels: printed labels found.
        entries: cases on a page, in reading order.
        score: weighted share of the generation's labels that were found, 0..1.
        missing: codes that the generation prints and this book's form was not seen to.
        pages: positions (from 1) of the pages it was learnt from.
    """

    register: str
    generation: str
    blank: Image
    labels: tuple[FoundLabel, ...]
    entries: tuple[Entry, ...]
    score: float
    missing: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.blank.shape[1], self.blank.shape[0]

    @cached_property
    def features(self) -> Features:
        """Keypoints of the blank form, found once."""
        return features(self.blank, keypoints=2500)
