"""From a page laid on its form to what is written in every place of every case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from common.options import Options
from extract.form.book_form import BookForm, FieldSlot
from extract.ink.beside import bare_places, beside, crossings, own_page
from extract.ink.blots import BlotOptions, find_blots, hidden
from extract.ink.lift import BESIDE, PAPER, Cut, InkOptions, cut_line, lift_ink, without_rules
from extract.ink.rows import fullest_band, rows_in, without_run_in
from extract.parse.dates import Era
from extract.reading.extent import Extent
from extract.reading.grammars import grammar_for, grammar_for_several
from extract.reading.lines import FIGURES, Expected, Seen, read_lines
from extract.reading.printed import cut_figures
from extract.reading.readings import EntryReading, Figures, SlotReading, merged
from extract.registers import Register
from extract.roles import roles_of
from models.reading import Image, Reader
from models.rules import Rules, find_rules

_PARTS = {"day": "d", "month": "m", "year": "y"}
_JOINED = 3  # readings of each line that are combined with the other lines'
_KEPT = 24  # texts kept for a place
_LATEST = 15  # years by which an event may come before its registration
_LONGEST_LIFE = 90
_CELL, _LINE = 4.0, 2.2  # heights of print from which a place is a cell; of a line written in it
_FRAME = 0.32  # share of a tick's box at each side that its printed square may fill
_TALL = 1.5  # lines' heights from which a place is searched for its lines
_NOTE = 3.0  # lines' heights from which a place for any text is a column for notes, mostly empty
_LOW = 0.75  # lines' heights under which a place is too low for a line
_FAINTER = 1.3  # how much stronger than a smudge a line must be that was searched for
_UNKNOWN = 0.5  # probability of writing where nothing can be read
_UPRIGHT = 1.5  # heights to widths of a stroke that stands
_SHORT = {"age": 0.2, "number_token": 0.2, "enum": 0.2}  # heights: the least that is written there
_LONG = 3.0  # heights of its ink from which a line tells how high the page's writing is


class FieldOptions(Options):
    """How fields are read.

    Attributes:
        ink: how ink is told from paper and print.
        least_ink: ink (area over height squared) under which a place is blank without reading.
        pale: ink less strong than this share of the page's usual writing is a smudge.
        least_written: the same for the reader's word that something is written; ``least_stroke``
            where a lone stroke may stand for 1.
        unread_ink: ink under which a line that nothing was read on is not called illegible.
        note_ink, note_density, note_letters: ink, its density, and letters that a line in a column
            for notes has at least: there dirt stands where nobody wrote, and a reader makes a
            letter or two of it.
        note_blot: ink from which such a line hides a note.
        blots: how blots are found; ``hidden``: share of a place's writing under them from which the
            place is illegible, ``hidden_together`` where several columns share it.
        blot, blot_ink: ink that fills more than ``blot`` of its extent, and is more than
            ``blot_ink`` (area over height squared), hides what was written.
        flourish: strokes of a signature that fill less of their extent are no letters.
        tick_ink: share of a tick's box that ink fills when it is ticked, beyond the other boxes.
    """

    ink: InkOptions = InkOptions()
    least_ink: float = 0.012
    pale: float = 0.55
    least_written: float = 0.35
    least_stroke: float = 0.2
    unread_ink: float = 0.1
    note_ink: float = 0.12
    note_density: float = 0.05
    note_letters: int = 3
    note_blot: float = 1.0
    blots: BlotOptions = BlotOptions()
    hidden: float = 0.25
    hidden_together: float = 0.9
    blot: float = 0.7
    blot_ink: float = 0.2
    flourish: float = 0.25
    tick_ink: float = 0.08


@dataclass(frozen=True)
class _Piece:
    """One line of one place, cut out and waiting to be read; ``room``: lines' heights of its place.
    A line of a higher place was searched for: most smudges are there."""

    entry: int
    code: str
    kind: str
    part: str
    cut: Cut
    room: float = 1.0


class _Place(NamedTuple):
    """What all lines of a place have in common; ``box`` on the scan, ``under``: pixels of writing
    hidden by blots, ``shared`` with other columns."""

    code: str
    kind: str
    part: str
    box: tuple[int, int, int, int]
    under: float
    shared: bool


def read_fields(
    page: Image,
    form: BookForm,
    register: Register,
    reader: Reader,
    to_scan: Callable[[Box], Box],
    options: FieldOptions,
) -> tuple[tuple[EntryReading, ...], Figures]:
    """Read every field of a page, all lines in one call of the reader.

    What is printed in places for numbers is left to `extract.reading.printed.read_printed`: they
    are cut out.

    Args:
        page: (H, W) grey, clean, in the form's geometry.
        to_scan: carries a box of the form to pixels of the page as scanned.
    """
    labels = _words(form)
    places = [*_written(form), *(box for slot in _ticked(form) for box in slot.boxes)]
    blank, printed_rules, knots = _bare(form, options.ink)
    height = _line_height(form)
    blots = find_blots(page, height, options.blots)
    spared = blots.off(page)
    ruleless = without_rules(spared, find_rules(spared), printed_rules)
    lifted = lift_ink(spared, blank, places, options.ink, labels, height, ruleless)
    lifted[knots] = PAPER
    pieces = list(_pieces(page, lifted, form, options))
    least = options.pale * _usual_strength(pieces, options)
    inked = [
        p
        for p in pieces
        if _is_writing(p, options)
        and p.cut.strength >= least * (_FAINTER if p.room >= _TALL else 1.0)
    ]
    usual = _usual_writing([piece.cut for piece in inked], form)
    expected = {id(piece): _expected(piece, register, form, usual) for piece in inked}
    alike = {(id(piece.cut), expected[id(piece)]): piece for piece in inked}
    images = [piece.cut.image for piece in alike.values()]
    seen = dict(zip(alike, read_lines(reader, images, [what for _, what in alike]), strict=True))
    read = {id(piece): seen[id(piece.cut), expected[id(piece)]] for piece in inked}
    bare = _bare_tick(pieces, form, options)
    entries = []
    for entry in form.entries:
        slots: list[SlotReading] = []
        for code, slot in entry.fields.items():
            own = [p for p in pieces if p.entry == entry.index and p.code == code]
            if slot.kind == "tick":
                slots.append(_tick(code, slot, own, bare, to_scan, options))
                continue
            for part in dict.fromkeys(piece.part for piece in own):
                lines = [(p, read.get(id(p))) for p in own if p.part == part]
                boxes = _lines(slot, height) if not part else [_part_box(slot, part)]
                box = to_scan(slot.box if not part else boxes[0]).rounded()
                under = hidden(blots, boxes, height, options.blots)
                shared = sum(other.boxes == slot.boxes for other in entry.fields.values()) > 1
                place = _Place(code, slot.kind, part, box, under, shared)
                slots.append(_slot(place, lines, options))
        entries.append(EntryReading(entry.index, tuple(slots)))
    return tuple(entries), cut_figures(ruleless, _numbers(form))


def _pieces(page: Image, lifted: Image, form: BookForm, options: FieldOptions) -> Iterator[_Piece]:
    """Every line of every place cut out; a date with parts also as a whole."""
    height = _line_height(form)
    places = _places(form)
    known: dict[tuple[Box, InkOptions], Sequence[Cut]] = {}  # several columns may share a place
    for entry in form.entries:
        for code, slot in entry.fields.items():
            if slot.kind == "tick":
                for value, box in slot.parts.items():
                    yield _Piece(entry.index, code, "tick", value, _tick_cut(page, box, options))
                continue
            for name, box in slot.parts.items():
                tight = options.ink.model_copy(update={"overrun": 0.0})
                cut = cut_line(lifted, box, tight)
                yield _Piece(entry.index, code, slot.kind, _PARTS[name], cut)
            sparse = options.flourish if slot.kind == "signature" else 0.0
            short = _SHORT.get(slot.kind, options.ink.short)
            how = options.ink.model_copy(update={"sparse": sparse, "short": short})
            for box in _lines(slot, height):
                if (box, how) not in known:
                    own = own_page(lifted, box, places, how, height)
                    cell = any(beside(other, box) for other in places)
                    known[box, how] = _cuts(own, box, height, how, cell)
                for cut in known[box, how]:
                    yield _Piece(entry.index, code, slot.kind, "", cut, box.height / height)


@lru_cache(maxsize=2)
def _bare(form: BookForm, options: InkOptions) -> tuple[Image, Rules, NDArray[np.bool_]]:
    """The blank form without what many cases' writing left in places; its rules, and where they
    cross."""
    printed = [*_words(form), *(box for slot in _ticked(form) for box in slot.boxes)]
    blank = bare_places(form.blank, _written(form), printed, options)
    return blank, find_rules(blank), crossings(form.blank)


def _numbers(form: BookForm) -> dict[tuple[int, str], Box]:
    """The places of numbers, by entry and column."""
    return {
        (entry.index, code): slot.box
        for entry in form.entries
        for code, slot in entry.fields.items()
        if slot.kind == "number_token"
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
        for slot in entry.fields.values()
        if slot.kind != "tick"
        for box in slot.parts.values() or slot.boxes
        if slot.kind != "text" or box.height < tall
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


def _cuts(lifted: Image, box: Box, height: float, options: InkOptions, cell: bool) -> Sequence[Cut]:
    """The written lines of a box: its own ink, or that of each line found in a tall one.

    ``cell``: what runs into it from the cell on its left is lifted already.
    """
    page, rows = lifted, [box]
    if box.height >= _TALL * height:
        page = lifted if cell else without_run_in(lifted, box, height, options)
        rows = rows_in(page, box, height, options)
    if options.sparse:  # a signature
        rows += [fullest_band(page, row, height, options) for row in list(rows)]
    cuts = [cut_line(page, row, options) for row in rows]
    return cuts or [Cut(np.full((8, 8), PAPER, np.uint8), 0.0, box)]


def _line_height(form: BookForm) -> float:
    """The usual height of a line of the form, in pixels; by its print where places are cells of
    several lines."""
    slots = [slot for entry in form.entries for slot in entry.fields.values()]
    heights = sorted(b.height for slot in slots if slot.kind != "tick" for b in slot.boxes)
    labels = sorted(slot.label_box.height for slot in slots if slot.label_box)
    usual = heights[len(heights) // 2] if heights else 1.0
    print_height = labels[len(labels) // 5] if labels else usual
    return _LINE * print_height if usual > _CELL * print_height else usual


def _usual_writing(cuts: Sequence[Cut], form: BookForm) -> tuple[float, float]:
    """The usual height of a written line of the page, ascenders and tails counted, and how many
    pixels of ink a pixel of its length has; 0 where no line is long enough to tell."""
    long = [cut for cut in cuts if cut.box.width > _LONG * cut.box.height]
    if not long:
        return 0.6 * _line_height(form), 0.0
    height = float(np.median([cut.box.height for cut in long]))
    return height, float(np.median([cut.density * cut.box.height for cut in long]))


def _extent(cut: Cut, usual: tuple[float, float]) -> Extent:
    height, ink = usual
    wide, high = cut.written / height, cut.box.height / height
    return Extent(wide, high, cut.density * cut.box.area / (ink * height) if ink else 0.0)


def _tick_cut(page: Image, box: Box, options: FieldOptions) -> Cut:
    """How much of a tick's box is dark, its printed edges left out."""
    x0, y0, x1, y1 = box.grown(-_FRAME * box.width, -_FRAME * box.height).rounded()
    inner = page[max(y0, 0) : y1, max(x0, 0) : x1]
    dark = inner < PAPER - options.ink.dark
    return Cut(inner, float(dark.mean()) if inner.size else 0.0, box)


def _bare_tick(pieces: Sequence[_Piece], form: BookForm, options: FieldOptions) -> float:
    """What the print of a tick's box fills of it: the emptiest box of the page and the form."""
    boxes = [box for slot in _ticked(form) for box in slot.parts.values()]
    printed = [_tick_cut(form.blank, box, options).ink for box in boxes]
    return min([*printed, *(p.cut.ink for p in pieces if p.kind == "tick")], default=0.0)


def _usual_strength(pieces: Sequence[_Piece], options: FieldOptions) -> float:
    """The median strength of the page's writing."""
    strengths = sorted(p.cut.strength for p in pieces if _is_writing(p, options))
    return strengths[len(strengths) // 2] if strengths else 0.0


def _is_writing(piece: _Piece, options: FieldOptions) -> bool:
    return (
        piece.kind != "tick"
        and piece.cut.ink >= options.least_ink
        and not _is_blot(piece.cut, options)
    )


def _is_blot(cut: Cut, options: FieldOptions) -> bool:
    return cut.density > options.blot and cut.ink > options.blot_ink


def _expected(
    piece: _Piece, register: Register, form: BookForm, usual: tuple[float, float]
) -> Expected:
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
        _extent(piece.cut, (usual[0], 0.0) if piece.kind == "signature" else usual),
    )


def _sharing(piece: _Piece, form: BookForm) -> list[str]:
    """The columns written in the same place as a piece's, its own among them."""
    fields = next(entry.fields for entry in form.entries if entry.index == piece.entry)
    return [code for code, slot in fields.items() if slot.boxes == fields[piece.code].boxes]


def _part_box(slot: FieldSlot, part: str) -> Box:
    return next(box for name, box in slot.parts.items() if _PARTS[name] == part)


def _slot(
    place: _Place, lines: Sequence[tuple[_Piece, Seen | None]], options: FieldOptions
) -> SlotReading:
    lines = [(p, _believed(p, r, options) if r else None) for p, r in lines]
    ink = sum(piece.cut.ink for piece, r in lines if not _is_dirt(piece, r, options))
    seen = [r for _, r in lines if r and r.written >= options.least_written and r.texts]
    if place.kind == "signature" and len(seen) > 1:  # the name, not the flourish above it
        seen = [max(seen, key=lambda one: one.texts[0][1] * len(one.texts[0][0]))]
    clear = sum(piece.cut.written for piece, r in lines if r and r.texts)
    share = place.under / (place.under + clear) if place.under else 0.0
    most = options.hidden_together if place.shared else options.hidden
    blotted = share > most or any(_is_blot(piece.cut, options) for piece, _ in lines)
    strokes = [(p.cut, r) for p, r in lines if r]
    candidates = _joined(seen) or _stroke(place.kind, place.part, strokes, options)
    return SlotReading(
        code=place.code,
        kind=place.kind,
        box=place.box,
        part=place.part,
        ink=ink,
        written=1.0 if blotted else max((r.written for _, r in lines if r), default=0.0),
        hidden=share,
        candidates=() if blotted else candidates,
        weakest=min((r.weakest for r in seen), default=0.0),
        fit=sum(r.fit for r in seen),
        source=seen[0].source if seen else "",
    )


def _believed(piece: _Piece, seen: Seen, options: FieldOptions) -> Seen:
    """What was read on a line, less what dirt is taken for: then nothing may be written there."""
    ink, stands, least = piece.cut.ink, bool(seen.texts), options.unread_ink
    dense = piece.cut.density >= options.note_density
    if _is_note(piece):
        letters = sum(ch.isalnum() for ch in seen.texts[0][0]) if stands else 0
        stands = letters >= options.note_letters and ink >= options.note_ink and dense
        least = options.note_blot
    if stands or piece.kind in FIGURES:
        return seen
    written = seen.written if ink >= least else min(seen.written, _UNKNOWN)
    return replace(seen, texts=(), written=written)


def _is_dirt(piece: _Piece, seen: Seen | None, options: FieldOptions) -> bool:
    """Ink of a column for notes that no text was read on and that hides none."""
    unread = seen is None or not (seen.texts or piece.cut.ink >= options.note_blot)
    return _is_note(piece) and unread


def _is_note(piece: _Piece) -> bool:
    return piece.kind == "text" and piece.room >= _NOTE


def _stroke(
    kind: str, part: str, lines: Sequence[tuple[Cut, Seen]], options: FieldOptions
) -> tuple[tuple[str, float], ...]:
    """One upright stroke where figures are expected, too little for the reader: 1."""
    if kind != "number_token" and part not in ("d", "m"):
        return ()
    upright = [
        seen.written
        for cut, seen in lines
        if cut.box.height > _UPRIGHT * cut.box.width and seen.written >= options.least_stroke
    ]
    return (("1", max(upright)),) if len(upright) == len(lines) > 0 else ()


def _joined(lines: Sequence[Seen]) -> tuple[tuple[str, float], ...]:
    """Texts of all lines of a place: the likeliest combinations of each line's likeliest texts."""
    texts: Sequence[tuple[str, float]] = [("", 1.0)] if lines else []
    for line in lines:
        kept = line.texts if len(lines) == 1 else line.texts[:_JOINED]
        texts = merged((f"{a} {b}".strip(), p * q) for a, p in texts for b, q in kept)[:_KEPT]
    return tuple(texts)


def _tick(
    code: str,
    slot: FieldSlot,
    pieces: Sequence[_Piece],
    bare: float,
    to_scan: Callable[[Box], Box],
    options: FieldOptions,
) -> SlotReading:
    """The coded value whose box is ticked: the one with by far the most ink beyond its print."""
    inked = sorted(((p.cut.ink, p.part) for p in pieces), reverse=True)
    ink, value = inked[0] if inked else (0.0, "")
    second = max(bare, inked[1][0] if len(inked) > 1 else 0.0)
    ticked = ink - second >= options.tick_ink
    share = (ink - second) / ink if ticked else 0.0
    return SlotReading(
        code=code,
        kind="tick",
        box=to_scan(slot.parts[value] if ticked else slot.box).rounded(),
        ink=ink,
        written=1.0 if ticked else 0.0,
        candidates=((value, 0.5 + 0.5 * share),) if ticked else (),
        weakest=0.5 + 0.5 * share,
        source="tick",
    )
