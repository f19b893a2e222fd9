"""From a page laid on its form to what is written in every place of every case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from extract.form.book_form import BookForm, Entry, FieldSlot
from extract.form.ground import without_letters
from extract.ink.beside import bare_places, beside, crossings, own_page
from extract.ink.blots import Blots, find_blots, hidden
from extract.ink.lift import BESIDE, PAPER, Cut, InkOptions, cut_line, lift_ink, without_rules
from extract.ink.rows import fullest_band, rows_in, without_run_in
from extract.ink.shadow import Shade, shade_of, shadow_in
from extract.parse.dates import Era
from extract.reading.extent import Extent
from extract.reading.grammars import grammar_for, grammar_for_several
from extract.reading.lines import FIGURES, Expected, Seen, read_lines
from extract.reading.options import FieldOptions
from extract.reading.printed import cut_figures
from extract.reading.readings import EntryReading, Figures, SlotReading
from extract.reading.slots import Piece, Place, Usual, is_notes, is_solid, slot_of
from extract.reading.ticks import bare_tick, square_in, tick_cut, tick_slot
from extract.reading.view import roomy
from extract.registers import Register
from extract.roles import roles_of
from models.reading import Image, Reader
from models.rules import Rules, find_rules

_PARTS = {"day": "d", "month": "m", "year": "y"}
_LATEST = 15  # years by which an event may come before its registration
_LONGEST_LIFE = 90
_CELL, _LINE = 4.0, 2.2  # heights of print from which a place is a cell; of a line written in it
_TALL = 1.5  # lines' heights from which a place is searched for its lines
_TALL_CELL = 1.25  # the same of a cell in a row of them, which may be lower than a line elsewhere
_NOTE = 3.0  # lines' heights from which a place for notes is a column
_LOW = 0.75  # lines' heights under which a place is too low for a line
_FAINTER = 1.3  # how much stronger than a smudge a line must be that was searched for
_LOWER = 0.72  # of the usual height of places: a quarter of them lower than that tells of lines
_SHORT = {"age": 0.2, "number_token": 0.2, "enum": 0.2}  # heights: the least that is written there
_LONG = 3.0  # heights of its ink from which a line tells how high the page's writing is

At = tuple[int, str]
"""A place: its case and its column."""


class _Lifted(NamedTuple):
    """A page less its rules, less its print too, its blots and how dark it is where."""

    ruleless: Image
    page: Image
    blots: Blots
    shade: Shade


def read_fields(
    page: Image,
    form: BookForm,
    register: Register,
    reader: Reader,
    line: Callable[[Box], Image],
    to_scan: Callable[[Box], Box],
    options: FieldOptions,
) -> tuple[tuple[EntryReading, ...], Figures]:
    """Read every field of a page, all lines in one call of the reader. Where nothing was read,
    lone figures, smudges and paler ink are looked at again, and believed where they are clear.

    What is printed in places for numbers is left to `extract.reading.printed.read_printed`: they
    are cut out.

    Args:
        page: (H, W) grey, clean, in the form's geometry.
        line: the image to read of a line whose ink fills a box of the form.
        to_scan: carries a box of the form to pixels of the page as scanned.
    """
    height = _line_height(form)
    lifted = _lifted(page, form, height, options)
    pieces = list(_pieces(page, lifted.page, form, options))
    strength = _usual_strength(pieces, options)
    inked = [p for p in pieces if _is_inked(p, strength, options)]
    usual = _usual_writing([piece.cut for piece in inked], strength, form)
    read = _read(inked, register, form, usual, reader, line)
    usual = usual._replace(clear=_usual_clear(read.values()))
    ticks = [p.cut.ink for p in pieces if p.kind == "tick"]
    bare = bare_tick(form.blank, _squares(form, options).values(), ticks, options)
    common = _Page(form, lifted, height, usual, bare, to_scan, options)

    def with_room(ink: Box) -> Image:
        return line(roomy(ink, usual.height))

    found = {at: common.slots(at, own, read) for at, own in _by_place(pieces).items()}
    empty = {at for at, of in found.items() if not any(s.candidates for s in of)}
    unread = {at for at, of in found.items() if not any(_has_letters(s.text) for s in of)}
    figures = [p for p in pieces if p.kind in FIGURES and (p.entry, p.code) in empty]
    smudges = [p for p in pieces if id(p) not in read]
    pale = _pale(page, lifted.page, form, unread, options)
    for look, shown in ((figures, with_room), (smudges, line), (pale, line)):
        again = [p for p in look if (p.entry, p.code) in unread and not p.is_note]
        written = [p for p in again if _is_writing(p, options)]
        seen = _read(written, register, form, usual, reader, shown)
        clear = {
            (p.entry, p.code) for p in written if _is_clear(p, seen[id(p)], usual.clear, options)
        }
        own = _by_place(again)
        found |= {at: common.slots(at, own[at], seen) for at in clear}
        unread -= clear
    entries = [
        EntryReading(e.index, tuple(s for code in e.fields for s in found.get((e.index, code), ())))
        for e in form.entries
    ]
    return tuple(entries), cut_figures(lifted.ruleless, _numbers(form), _beside_numbers(form))


class _Page(NamedTuple):
    """What the places of a page have in common; ``height``: pixels of the form's usual line,
    ``bare``: ink of a box that nobody ticked."""

    form: BookForm
    lifted: _Lifted
    height: float
    usual: Usual
    bare: float
    to_scan: Callable[[Box], Box]
    options: FieldOptions

    def slots(self, at: At, own: Sequence[Piece], read: Mapping[int, Seen]) -> list[SlotReading]:
        """A place's readings, of its own lines: one, or one of each part of a date."""
        entry = next(entry for entry in self.form.entries if entry.index == at[0])
        code, slot = at[1], entry.fields[at[1]]
        if slot.kind == "tick":
            inks = [(p.cut.ink, p.part) for p in own]
            return [tick_slot(code, slot, inks, self.bare, self.to_scan, self.options)]
        found = []
        for part in dict.fromkeys(piece.part for piece in own):
            lines = [(p, read.get(id(p))) for p in own if p.part == part]
            boxes = _lines(slot, self.height) if not part else [_part_box(slot, part)]
            how = (self.lifted, self.height, self.to_scan, self.options)
            place = _place(entry, code, part, boxes, *how)
            found.append(slot_of(place, lines, self.usual, self.options))
        return found


def _read(
    pieces: Sequence[Piece],
    register: Register,
    form: BookForm,
    usual: Usual,
    reader: Reader,
    line: Callable[[Box], Image],
) -> dict[int, Seen]:
    """What is seen on lines, by their identity; places that share a line have it read once."""
    if not pieces:
        return {}
    expected = {id(piece): _expected(piece, register, form, usual) for piece in pieces}
    alike = {(id(piece.cut), expected[id(piece)]): piece for piece in pieces}
    images = [line(piece.cut.box) for piece in alike.values()]
    seen = dict(zip(alike, read_lines(reader, images, [what for _, what in alike]), strict=True))
    return {id(piece): seen[id(piece.cut), expected[id(piece)]] for piece in pieces}


def _by_place(pieces: Iterable[Piece]) -> dict[At, list[Piece]]:
    """Lines by their place."""
    found: dict[At, list[Piece]] = {}
    for piece in pieces:
        found.setdefault((piece.entry, piece.code), []).append(piece)
    return found


def _pale(
    page: Image,
    lifted: Image,
    form: BookForm,
    unread: Set[At],
    options: FieldOptions,
) -> list[Piece]:
    """The lines of places that nothing was read in, paler ink counted too."""
    ink = options.ink.model_copy(update={"dark": options.pale_dark})
    return list(_pieces(page, lifted, form, options.model_copy(update={"ink": ink}), unread))


def _is_clear(piece: Piece, seen: Seen, usual: float, options: FieldOptions) -> bool:
    """Whether letters show so clearly that a line looked at again is believed; ``usual``: how
    clear those of the page are."""
    text, p = seen.texts[0] if seen.texts else ("", 0.0)
    if seen.written < options.least_written or not _has_letters(text):
        return False
    least = min(options.pale_clear, options.pale_faint * usual)
    if piece.kind == "enum" and p >= options.known and seen.fit >= options.known_fit:
        least = min(least, options.known_clear)
    return least <= seen.clear < 0


def _has_letters(text: str) -> bool:
    """Whether a text is more than a dash or a mark, as pale writing is read at first."""
    return any(map(str.isalnum, text))


def _lifted(page: Image, form: BookForm, height: float, options: FieldOptions) -> _Lifted:
    """What people wrote on a page, lifted off its print."""
    places = [*_written(form), *(box for slot in _ticked(form) for box in slot.boxes)]
    blank, printed_rules, knots = _bare(form, options.ink)
    blots = find_blots(page, height, options.blots)
    spared = blots.off(page)
    ruleless = without_rules(spared, find_rules(spared), printed_rules)
    lifted = lift_ink(spared, blank, places, options.ink, _words(form), height, ruleless)
    lifted[knots] = PAPER
    return _Lifted(ruleless, lifted, blots, shade_of(lifted, height, options.shadow))


def _place(
    entry: Entry,
    code: str,
    part: str,
    boxes: Sequence[Box],
    lifted: _Lifted,
    height: float,
    to_scan: Callable[[Box], Box],
    options: FieldOptions,
) -> Place:
    """A place, or the part of a date in it, with what blots hide there and what ran."""
    slot = entry.fields[code]
    box = to_scan(boxes[0] if part else slot.box).rounded()
    under = hidden(lifted.blots, boxes, height, options.blots)
    shadow = shadow_in(lifted.shade, boxes, height, options.shadow)
    shared = sum(other.boxes == slot.boxes for other in entry.fields.values()) > 1
    return Place(code, slot.kind, part, box, under, shared, shadow)


def _pieces(
    page: Image,
    lifted: Image,
    form: BookForm,
    options: FieldOptions,
    only: Set[At] | None = None,
) -> Iterator[Piece]:
    """Every line of every place cut out, or of some by entry and column; a date with parts also as
    a whole."""
    height = _line_height(form)
    places = _places(form)
    known: dict[tuple[Box, InkOptions], Sequence[Cut]] = {}  # several columns may share a place
    for entry in form.entries:
        for code, slot in entry.fields.items():
            if only is not None and (entry.index, code) not in only:
                continue
            if slot.kind == "tick":
                for value, box in slot.parts.items():
                    cut = tick_cut(page, _squares(form, options)[box], options)
                    yield Piece(entry.index, code, "tick", value, cut)
                continue
            for name, box in slot.parts.items():
                tight = options.ink.model_copy(update={"overrun": 0.0})
                cut = cut_line(lifted, box, tight)
                yield Piece(entry.index, code, slot.kind, _PARTS[name], cut)
            sparse = options.flourish if slot.kind == "signature" else 0.0
            short = _SHORT.get(slot.kind, options.ink.short)
            how = options.ink.model_copy(update={"sparse": sparse, "short": short})
            for box in _lines(slot, height):
                if (box, how) not in known:
                    own = own_page(lifted, box, places, how, height)
                    known[box, how] = _cuts(own, box, height, how, places)
                for cut in known[box, how]:
                    yield Piece(entry.index, code, slot.kind, "", cut, box.height / height)


@lru_cache(maxsize=2)
def _squares(form: BookForm, options: FieldOptions) -> Mapping[Box, Box]:
    """The printed square of each box to tick."""
    boxes = [box for slot in _ticked(form) for box in slot.parts.values()]
    return {box: square_in(form.blank, box, options) for box in boxes}


@lru_cache(maxsize=2)
def _bare(form: BookForm, options: InkOptions) -> tuple[Image, Rules, NDArray[np.bool_]]:
    """The blank form without what many cases' writing left in places; its rules, and where they
    cross."""
    printed = [*_words(form), *(box for slot in _ticked(form) for box in slot.boxes)]
    blank = bare_places(form.blank, _written(form), printed, options)
    return blank, without_letters(find_rules(blank), form.blank), crossings(form.blank)


def _numbers(form: BookForm) -> dict[tuple[int, str], Box]:
    """The places of numbers, by entry and column."""
    return {
        (entry.index, code): slot.box
        for entry in form.entries
        for code, slot in entry.fields.items()
        if slot.kind == "number_token"
    }


def _beside_numbers(form: BookForm) -> dict[At, Box]:
    """The labels that stand left of the places of numbers, level with them."""
    return {
        (entry.index, code): label
        for entry in form.entries
        for code, slot in entry.fields.items()
        if slot.kind == "number_token"
        and (label := slot.label_box)
        and label.x1 <= slot.box.x0 + label.height
        and slot.box.y0 < label.centre[1] < slot.box.y1
    }


def _places(form: BookForm) -> list[Box]:
    """Every line of every place of the form."""
    return [box for entry in form.entries for slot in entry.fields.values() for box in slot.boxes]


def _written(form: BookForm) -> list[Box]:
    """Where people write: every line of every place; of a date with printed words between its
    parts, the parts. A column for notes is mostly empty: what many pages have there is print."""
    tall = _NOTE * _line_height(form)
    return [
        box
        for entry in form.entries
        for code, slot in entry.fields.items()
        if slot.kind != "tick"
        for box in slot.parts.values() or slot.boxes
        if not is_notes(code) or box.height < tall
    ]


def _words(form: BookForm) -> list[Box]:
    """The form's labels, and the printed words between the parts of dates."""
    return [*(label.box for label in form.labels), *_words_between(form)]


def _ticked(form: BookForm) -> list[FieldSlot]:
    """The places with boxes to tick."""
    slots = (slot for entry in form.entries for slot in entry.fields.values())
    return [slot for slot in slots if slot.kind == "tick"]


def _words_between(form: BookForm) -> Iterator[Box]:
    """The printed words between the parts of dates, less what belongs to any print about it."""
    for slot in (slot for entry in form.entries for slot in entry.fields.values()):
        if slot.kind != "tick":
            parts = sorted(slot.parts.values(), key=lambda box: box.x0)
            for left, right in pairwise(parts):
                if left.x1 < right.x0:
                    box = Box(left.x1, right.y0, right.x0, right.y1)
                    yield box.grown(-min(BESIDE * box.height, box.width / 2), 0)


def _lines(slot: FieldSlot, height: float) -> list[Box]:
    """The lines of a place; what is lower than a line is joined to the line above or below."""
    lines: list[Box] = []
    for box in slot.boxes:
        if lines and min(box.height, lines[-1].height) < _LOW * height:
            lines[-1] = lines[-1].union(box)
        else:
            lines.append(box)
    return [box.grown(0, max(0.0, _LOW * height - box.height) / 2) for box in lines]


def _cuts(
    lifted: Image, box: Box, height: float, options: InkOptions, places: Sequence[Box]
) -> Sequence[Cut]:
    """The written lines of a box: its own ink, or that of each line found in a tall one. Where
    another place is just left of it, what runs in from there is lifted already."""
    page, rows = lifted, [box]
    after = any(beside(other, box) for other in places)
    cell = after or any(beside(box, other) for other in places)
    if box.height >= (_TALL_CELL if cell else _TALL) * height:
        page = lifted if after else without_run_in(lifted, box, height, options)
        rows = rows_in(page, box, height, options)
    if options.sparse:  # a signature
        rows += [fullest_band(page, row, height, options) for row in list(rows)]
    cuts = [cut_line(page, row, options) for row in rows]
    return cuts or [Cut(np.full((8, 8), PAPER, np.uint8), 0.0, box)]


def _line_height(form: BookForm) -> float:
    """The usual height of a line of the form, in pixels: that of its lowest places where many are
    much lower; by its print where places are cells of several lines."""
    slots = [slot for entry in form.entries for slot in entry.fields.values()]
    heights = sorted(b.height for slot in slots if slot.kind != "tick" for b in slot.boxes)
    labels = sorted(slot.label_box.height for slot in slots if slot.label_box)
    usual, low = (heights[len(heights) // share] if heights else 1.0 for share in (2, 4))
    usual = low if low < _LOWER * usual else usual
    print_height = labels[len(labels) // 5] if labels else usual
    return _LINE * print_height if usual > _CELL * print_height else usual


def _usual_writing(cuts: Sequence[Cut], strength: float, form: BookForm) -> Usual:
    """The page's usual written line, ascenders and tails counted in its height."""
    long = [cut for cut in cuts if cut.box.width > _LONG * cut.box.height]
    if not long:
        return Usual(0.6 * _line_height(form), strength, 0.0)
    height = float(np.median([cut.box.height for cut in long]))
    return Usual(height, strength, float(np.median([c.density * c.box.height for c in long])))


def _extent(cut: Cut, usual: Usual) -> Extent:
    height, ink = usual.height, usual.ink
    wide, high = cut.written / height, cut.box.height / height
    return Extent(wide, high, cut.density * cut.box.area / (ink * height) if ink else 0.0)


def _usual_strength(pieces: Sequence[Piece], options: FieldOptions) -> float:
    """The median strength of the page's writing."""
    strengths = sorted(p.cut.strength for p in pieces if _is_writing(p, options))
    return strengths[len(strengths) // 2] if strengths else 0.0


def _usual_clear(read: Iterable[Seen]) -> float:
    """The median clarity of the page's lines on which something was read."""
    clear = sorted(seen.clear for seen in read if seen.texts)
    return clear[len(clear) // 2] if clear else 0.0


def _is_inked(piece: Piece, strength: float, options: FieldOptions) -> bool:
    """Whether a line is to be read: no smudge, by what is usual on the page."""
    least = options.pale * strength * (_FAINTER if piece.room >= _TALL else 1.0)
    return _is_writing(piece, options) and piece.cut.strength >= least


def _is_writing(piece: Piece, options: FieldOptions) -> bool:
    return (
        piece.kind != "tick"
        and piece.cut.ink >= options.least_ink
        and not is_solid(piece.cut, options)
    )


def _expected(piece: Piece, register: Register, form: BookForm, usual: Usual) -> Expected:
    """What may be written on a line. Dates of the event lie near the book's years, others may
    reach back to the oldest parent's birth."""
    first, last = register.generation(form.generation).years
    roles = roles_of(register.code)
    near = piece.code in (roles.get("registered"), roles.get("number"), *roles.get("events", ()))
    era = Era(first - (_LATEST if near else _LONGEST_LIFE), last + 1)
    column = register.column(piece.code)
    together = [] if piece.part else [register.column(code) for code in _sharing(piece, form)]
    grammar = grammar_for_several(together) if len(together) > 1 else None
    return Expected(
        piece.kind,
        grammar or grammar_for(column, piece.kind, piece.part, era),
        _extent(piece.cut, usual._replace(ink=0.0) if piece.kind == "signature" else usual),
    )


def _sharing(piece: Piece, form: BookForm) -> list[str]:
    """The columns written in the same place as a piece's, its own among them."""
    fields = next(entry.fields for entry in form.entries if entry.index == piece.entry)
    return [code for code, slot in fields.items() if slot.boxes == fields[piece.code].boxes]


def _part_box(slot: FieldSlot, part: str) -> Box:
    return next(box for name, box in slot.parts.items() if _PARTS[name] == part)
